package cairn.engine.network;

import cairn.linux.LinuxException;
import cairn.linux.Nftables;
import cairn.linux.NftablesException;
import cairn.linux.TableWatch;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One nftables table of our own for a bridge. Its rules are put in place as a whole in one transaction; published ports are elements
 * of two maps, so that neither a packet nor a change costs more when there are many. Nobody else's rules are read or changed. When somebody
 * flushes it, it is put in place again.
 */
final class FirewallTable implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FirewallTable.class.getName());

    /** A flush comes as many messages, and whoever flushes may go on with rules of his own. */
    private static final long SETTLE_MILLIS = 200;

    /** Where packets for a host's port go; without a host address for those to all of the host's. */
    record Element(@Nullable String hostAddress, Transport transport, int hostPort, String target, int targetPort) {
        private String key() {
            return (hostAddress == null ? "" : hostAddress + " . ") + transport + " . " + hostPort;
        }

        private String text() {
            return key() + " : " + target + " . " + targetPort;
        }
    }

    private final String bridge;
    private final boolean allowed;
    private final boolean masquerade;
    private final Map<String, List<Element>> elements = new LinkedHashMap<>();
    private @Nullable Subnet subnet;
    private @Nullable TableWatch watch;
    private @Nullable String fault;
    private boolean closed;

    /** @param allowed whether there may be a table at all */
    FirewallTable(String bridge, boolean allowed, boolean masquerade) {
        this.bridge = bridge;
        this.allowed = allowed;
        this.fault = allowed ? null : "it is switched off";
        this.masquerade = masquerade;
    }

    String name() {
        return "cairn_" + bridge.replaceAll("[^A-Za-z0-9_]", "_");
    }

    /** Why there is no table, null while there is one: then published ports go through user space alone. */
    synchronized @Nullable String fault() {
        return fault;
    }

    /** Puts the table in place, with the ports that are known. Without a firewall, that is told once and no error. */
    synchronized void put(Subnet network) {
        subnet = network;
        replace();
    }

    private void replace() {
        Subnet network = subnet;
        if (network == null || !allowed) {
            return;
        }
        try {
            Nftables.run(text(name(), bridge, network, masquerade, all()));
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

    private List<Element> all() {
        List<Element> all = new ArrayList<>();
        elements.values().forEach(all::addAll);
        return all;
    }

    /** The whole table, in nft's language. */
    static String text(String name, String bridge, Subnet subnet, boolean masquerade, List<Element> elements) {
        String table = "ip " + name;
        // The containers' own traffic to the host's ports goes through user space, so that its answers come back the
        // same way.
        StringBuilder text = new StringBuilder("""
                add table %1$s
                delete table %1$s
                table %1$s {
                  map any {
                    type inet_proto . inet_service : ipv4_addr . inet_service
                  }
                  map one {
                    type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service
                  }
                  chain published {
                    dnat ip to ip daddr . meta l4proto . th dport map @one
                    dnat ip to meta l4proto . th dport map @any
                  }
                  chain prerouting {
                    type nat hook prerouting priority dstnat; policy accept;
                    iifname != "%2$s" fib daddr type local jump published
                  }
                  chain output {
                    type nat hook output priority -100; policy accept;
                    ip daddr != 127.0.0.0/8 fib daddr type local jump published
                  }
                """.formatted(table, bridge));
        // Where the network is not masqueraded it is meant to be routed, and answers come to its addresses.
        if (masquerade) {
            text.append("""
                      chain foreign {
                        type filter hook prerouting priority raw; policy accept;
                        ip daddr %1$s iifname != { "%2$s", "lo" } drop
                      }
                      chain postrouting {
                        type nat hook postrouting priority srcnat; policy accept;
                        ip saddr %1$s oifname != "%2$s" masquerade
                      }
                    """.formatted(subnet, bridge));
        }
        return text.append("}\n").append(change("add", table, elements)).toString();
    }

    private static String change(String verb, String table, List<Element> elements) {
        StringBuilder text = new StringBuilder();
        for (String map : List.of("any", "one")) {
            List<String> members = new ArrayList<>();
            for (Element element : elements) {
                if (map.equals("any") == (element.hostAddress() == null)) {
                    members.add(verb.equals("add") ? element.text() : element.key());
                }
            }
            if (!members.isEmpty()) {
                text.append(verb + " element " + table + " " + map + " { " + String.join(", ", members) + " }\n");
            }
        }
        return text.toString();
    }

    /** A container's ports, in one transaction; they come with {@link #put} if the table is not there yet. */
    synchronized void add(String id, String target, List<PublishedPort> ports) {
        List<Element> added = elements(target, ports);
        remove(id);
        if (added.isEmpty()) {
            return;
        }
        elements.put(id, added);
        change("add", added);
    }

    synchronized void remove(String id) {
        List<Element> removed = elements.remove(id);
        if (removed != null) {
            change("delete", removed);
        }
    }

    private void change(String verb, List<Element> changed) {
        if (subnet == null) {
            return;
        }
        if (fault == null) {
            try {
                Nftables.run(change(verb, "ip " + name(), changed));
                return;
            } catch (NftablesException e) {
                // Somebody has flushed the table just now.
                LOG.log(System.Logger.Level.INFO, "firewall table {0}: {1}", name(), e.getMessage());
            }
        }
        replace();
    }

    /** Loopback ports have none: the kernel's rules never see what comes for them from outside. Nor has IPv6. */
    static List<Element> elements(String target, List<PublishedPort> ports) {
        List<Element> elements = new ArrayList<>();
        for (PublishedPort port : ports) {
            if (port.hostAddress() instanceof Inet4Address address && !address.isLoopbackAddress()) {
                elements.add(new Element(
                        address.isAnyLocalAddress() ? null : address.getHostAddress(),
                        port.port().transport(),
                        port.hostPort(),
                        target,
                        port.port().number()));
            }
        }
        return elements;
    }

    /** From now on a table that somebody else has taken away or emptied is put in place again. */
    synchronized void guard() {
        if (watch != null || fault != null || closed) {
            return;
        }
        try {
            TableWatch opened = TableWatch.open(name());
            watch = opened;
            Thread.ofPlatform().daemon().name("cairn-firewall").start(() -> watch(opened));
        } catch (LinuxException e) {
            LOG.log(System.Logger.Level.WARNING, "changes of the firewall are not noticed: {0}", e.getMessage());
        }
    }

    private void watch(TableWatch changes) {
        try {
            while (changes.awaitDamage()) {
                Thread.sleep(SETTLE_MILLIS);
                synchronized (this) {
                    if (closed || subnet == null) {
                        return;
                    }
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "somebody has changed the firewall table {0}; it is put in place again",
                            name());
                    replace();
                }
                changes.skip();
            }
        } catch (LinuxException e) {
            LOG.log(System.Logger.Level.WARNING, "changes of the firewall are no longer noticed: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            changes.close();
        }
    }

    /** Takes the table away: no container is on the bridge any more. */
    synchronized void delete() {
        if (subnet != null && fault == null) {
            subnet = null;
            Nftables.run("delete table ip " + name());
        }
    }

    /** Leaves the table as it is. */
    @Override
    public synchronized void close() {
        closed = true;
        TableWatch open = watch;
        if (open != null) {
            open.stop();
        }
    }
}
