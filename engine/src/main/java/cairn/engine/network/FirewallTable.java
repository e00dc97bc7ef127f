package cairn.engine.network;

import cairn.linux.Nftables;
import cairn.linux.NftablesException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One nftables table of our own for a bridge, of family {@code ip}, and one of the same name of family {@code ip6} where it has IPv6. Their
 * rules are put in place as a whole in one transaction; published ports are elements of maps and sets, so that neither a packet nor a change
 * costs more when there are many. Nobody else's rules are read or changed.
 */
final class FirewallTable {
    private static final System.Logger LOG = System.getLogger(FirewallTable.class.getName());

    private final String name;
    private final boolean allowed;
    private final Nftables nftables;
    private final Map<String, List<PortElement>> elements = new LinkedHashMap<>();
    private @Nullable TableRules rules;
    private @Nullable String fault;

    /** @param allowed whether there may be a table at all */
    FirewallTable(String bridge, boolean allowed, Nftables nftables) {
        this.nftables = nftables;
        this.name = "cairn_" + bridge.replaceAll("[^A-Za-z0-9_]", "_");
        this.allowed = allowed;
        this.fault = allowed ? null : "it is switched off";
    }

    String name() {
        return name;
    }

    /** Why there is no table, null while there is one: then published ports go through user space alone. */
    synchronized @Nullable String fault() {
        return fault;
    }

    /** Puts the table in place, with the ports that are known. Without a firewall, that is told once and no error. */
    synchronized void put(TableRules wanted) {
        rules = wanted;
        replace();
    }

    /** Somebody has changed it. */
    synchronized void repair() {
        if (rules != null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "somebody has changed the firewall table {0}; it is put in place again",
                    name);
            replace();
        }
    }

    private void replace() {
        TableRules wanted = rules;
        if (wanted == null || !allowed) {
            return;
        }
        try {
            nftables.transact(wanted.table(name, all()));
            fault = null;
        } catch (NftablesException e) {
            if (fault == null) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "no firewall ({0}): published ports go through user space, and containers reach other hosts only where those"
                                + " know a way back",
                        e.getMessage());
            }
            fault = e.getMessage();
        }
    }

    private List<PortElement> all() {
        List<PortElement> all = new ArrayList<>();
        elements.values().forEach(all::addAll);
        return all;
    }

    /** A container's ports, in one transaction; they come with {@link #put} if the table is not there yet. */
    synchronized void add(String id, List<PortElement> added) {
        remove(id);
        if (added.isEmpty()) {
            return;
        }
        elements.put(id, added);
        change("add", added);
    }

    synchronized void remove(String id) {
        List<PortElement> removed = elements.remove(id);
        if (removed != null) {
            change("delete", removed);
        }
    }

    private void change(String verb, List<PortElement> changed) {
        TableRules known = rules;
        String text = known == null ? "" : known.change(verb, name, changed);
        if (text.isEmpty()) {
            return;
        }
        if (fault == null) {
            try {
                nftables.transact(text);
                return;
            } catch (NftablesException e) {
                // Somebody has flushed the table just now.
                LOG.log(System.Logger.Level.INFO, "firewall table {0}: {1}", name, e.getMessage());
            }
        }
        replace();
    }

    /** Takes the tables of these families away, also where an earlier daemon has put them in place: the bridge goes. */
    synchronized void delete(boolean ipv4, boolean ipv6) {
        rules = null;
        if (allowed) {
            nftables.transact(
                    (ipv4 ? TableRules.gone("ip " + name) : "") + (ipv6 ? TableRules.gone("ip6 " + name) : ""));
        }
    }
}
