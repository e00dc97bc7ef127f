package cairn.engine.name;

import cairn.linux.Nftables;
import cairn.linux.NftablesException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The rules in a container's network namespace that lead port 53 to the sockets there. Those that a daemon finds are kept if nobody has changed
 * a rule since they were put in place: to put others in their place waits for grace periods of the kernel, 50 ms for each container.
 *
 * @param generation number of the transaction that has put them in place
 */
record Redirection(int udp, int tcp, int generation) {
    private static final System.Logger LOG = System.getLogger(Redirection.class.getName());

    /**
     * Both ways packet by packet and not by translation of addresses, which would have the kernel follow every connection of the container,
     * and cost each of its packets time.
     */
    private String rules() {
        return """
                table ip cairn_names {
                  chain output {
                    type filter hook output priority raw; policy accept;
                    ip daddr 127.0.0.11 udp dport 53 udp dport set %1$d
                    ip daddr 127.0.0.11 tcp dport 53 tcp dport set %2$d
                    ip saddr 127.0.0.11 udp sport %1$d udp sport set 53
                    ip saddr 127.0.0.11 tcp sport %2$d tcp sport set 53
                  }
                }
                """.formatted(udp, tcp);
    }

    /** What is noted down. With the rules, for another version of the program may want others. */
    private String text() {
        return udp + " " + tcp + " " + generation + "\n" + rules();
    }

    /** Those that are in place here, as they were noted down; null if others may be, or none. */
    static @Nullable Redirection standing(Path note) {
        try {
            String text = Files.readString(note);
            String[] words = text.lines().findFirst().orElse("").split(" ", -1);
            if (words.length != 3) {
                return null;
            }
            Redirection noted =
                    new Redirection(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            return noted.text().equals(text) && noted.generation == Nftables.generation() ? noted : null;
        } catch (IOException | NumberFormatException | NftablesException e) {
            return null;
        }
    }

    /**
     * Puts them in place here, and notes them down for the next daemon.
     *
     * @throws NftablesException if there is no firewall
     */
    static void put(int udp, int tcp, Path note) {
        // If somebody else's transaction comes between, the number is never found again.
        Redirection wanted = new Redirection(udp, tcp, Nftables.generation() + 1);
        // Whoever deletes something waits for a grace period of the kernel, so that is left to the daemons behind the
        // first.
        try {
            Nftables.run("create table ip cairn_names\n" + wanted.rules());
        } catch (NftablesException e) {
            Nftables.run("add table ip cairn_names\ndelete table ip cairn_names\n" + wanted.rules());
        }
        try {
            Files.writeString(note, wanted.text());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "name service: {0}", e.toString());
        }
    }
}
