package cairn.acceptance;

import cairn.acceptance.Command.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Another machine on a network that the host is on, too: a network namespace at the other end of a veth pair. It knows no way to anything else
 * until it is told one.
 */
final class Neighbour implements AutoCloseable {
    private final String name;
    private final String link;
    private final String network;
    private final String network6;

    /** @param letter tells those of tests that run at the same time from each other; @param second byte of the network's addresses */
    Neighbour(TestDaemon daemon, char letter, int second) {
        String third = daemon.subnet().substring("10.214.".length());
        name = "cairn-it-" + letter + third;
        link = "cit" + letter;
        network = "10." + second + "." + third + ".";
        network6 = "fd00:" + second + ":" + third + "::";
        for (String line : List.of(
                "ip netns add " + name,
                "ip link add " + link + "0 type veth peer name " + link + "1 netns " + name,
                "ip addr add " + host() + "/24 dev " + link + "0",
                "ip addr add " + host6() + "/64 dev " + link + "0 nodad",
                "ip link set " + link + "0 up")) {
            Command.run(line.split(" ")).ok();
        }
        ip("addr add " + address() + "/24 dev " + link());
        ip("addr add " + address6() + "/64 dev " + link() + " nodad");
        ip("link set " + link() + " up");
    }

    /** The host's address on that network. */
    String host() {
        return network + 1;
    }

    String host6() {
        return network6 + 1;
    }

    String address() {
        return network + 2;
    }

    String address6() {
        return network6 + 2;
    }

    /** The host's interface on that network. */
    String hostLink() {
        return link + 0;
    }

    /** Its interface. */
    String link() {
        return link + 1;
    }

    /** Changes its addresses, routes or rules. */
    void ip(String change) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(change.split(" ")));
        Command.run(Map.of(), command, "").ok();
    }

    /** What a command has to begin with that is to run there. */
    List<String> prefix() {
        return List.of("ip", "netns", "exec", name);
    }

    Result run(String... words) {
        List<String> command = new ArrayList<>(prefix());
        command.addAll(List.of(words));
        return Command.run(Map.of(), command, "");
    }

    @Override
    public void close() {
        Command.run("ip", "netns", "delete", name);
    }
}
