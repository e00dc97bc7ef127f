package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Networks with more containers than the kernel has ports for on one bridge. Ports that the tests plug in themselves fill it: ends of veth
 * pairs, which are down. With {@code CAIRN_LONG} there are 1,100 containers.
 */
final class FullBridgeIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    /** Of what a kernel's bridge has, without those that are kept for further bridges. */
    private static final int PORTS = 1023;

    private static final int FOR_CONTAINERS = PORTS - 63;

    /** Interface group of the ports that fill a bridge: to delete a group takes as long as to delete one. */
    private static final String FILLERS = "52325";

    private static final String MODE = "com.docker.network.bridge.gateway_mode_ipv";

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static LeakLedger before;
    private static Neighbour neighbour;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("Docker's bridge has no more than 1,023 ports");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
        daemon.awaitWarm();
        before = LeakLedger.of(daemon);
        // It knows no way to the networks of containers.
        neighbour = new Neighbour(daemon, 'f', 218);
    }

    @AfterAll
    static void end() {
        if (daemon == null) {
            return;
        }
        neighbour.close();
        try {
            before.awaitSame(daemon);
        } finally {
            daemon.close();
        }
    }

    @AfterEach
    void removeAll() {
        unfill();
        if (daemon.isRunning()) {
            daemon.removeContainers();
            docker.run("network", "prune", "-f");
        }
    }

    /** A network, by the names of its bridges. */
    private record Crowd(String id) {
        static Crowd create(String name, String... flags) {
            List<String> words = new ArrayList<>(List.of("network", "create"));
            words.addAll(List.of(flags));
            words.add(name);
            return new Crowd(docker.ok(words.toArray(String[]::new)));
        }

        String first() {
            return "br-" + id.substring(0, 12);
        }

        String second() {
            return "br2-" + digits();
        }

        String digits() {
            return id.substring(0, 10);
        }

        String table() {
            return "cairn_" + first().replace('-', '_');
        }
    }

    /** Plugs in more ports, with these numbers. */
    private static void fill(Crowd crowd, int from, int to) {
        StringBuilder batch = new StringBuilder();
        for (int i = from; i < to; i++) {
            batch.append(
                    i % 2 == 0
                            ? "link add cfb%d group %s type veth peer name cfb%d\n".formatted(i, FILLERS, i + 1)
                            : "");
            batch.append("link set cfb%d master %s\n".formatted(i, crowd.first()));
        }
        Command.run(Map.of(), List.of("ip", "-batch", "-"), batch.toString()).ok();
    }

    private static void unfill() {
        Command.run("ip", "link", "delete", "group", FILLERS);
    }

    private static void sleeper(String name, String network, String... flags) {
        List<String> words = new ArrayList<>(List.of("run", "-d", "--name", name, "--network", network));
        words.addAll(List.of(flags));
        words.addAll(List.of("busybox", "sleep", "1000"));
        docker.ok(words.toArray(String[]::new));
    }

    private static String hostEnd(String container, String network) {
        return "veth"
                + docker.ok(
                        "inspect",
                        "-f",
                        "{{slice (index .NetworkSettings.Networks \"" + network + "\").EndpointID 0 11}}",
                        container);
    }

    private static String bridgeOf(String port) {
        return Command.run("sh", "-c", "basename $(readlink /sys/class/net/" + port + "/master)")
                .text();
    }

    private static String address(String container, String network) {
        return docker.ok(
                "inspect", "-f", "{{(index .NetworkSettings.Networks \"" + network + "\").IPAddress}}", container);
    }

    /** Those that answer, all asked at once. */
    private static List<String> reached(String container, String... targets) {
        List<String> words = new ArrayList<>(List.of(
                "exec",
                container,
                "sh",
                "-c",
                "for t in \"$@\"; do (ping -c1 -W1 $t >/dev/null 2>&1 && echo $t) & done; wait",
                "-"));
        words.addAll(List.of(targets));
        return docker.ok(words.toArray(String[]::new)).lines().toList();
    }

    private static List<String> inNetworkOf(String container, String... words) {
        List<String> command =
                new ArrayList<>(List.of("nsenter", "-t", docker.inspect(container, "{{.State.Pid}}"), "-n"));
        command.addAll(List.of(words));
        return command;
    }

    private static String say(List<String> prefix, String host, int port) {
        List<String> command = new ArrayList<>(prefix);
        String script = "exec 3<>/dev/tcp/%s/%d && echo hello >&3 && read -r answer <&3 && echo $answer";
        command.addAll(List.of("timeout", "5", "bash", "-c", script.formatted(host, port)));
        return Command.run(Map.of(), command, "").text();
    }

    private static String mac(String link) {
        return Command.run("cat", "/sys/class/net/" + link + "/address").text();
    }

    /** Those that answer when the container sends to this hardware address what is for its gateway. */
    private static List<String> reachedBy(String container, String gateway, String mac, String... targets) {
        neighbours(container, "replace " + gateway + " lladdr " + mac + " dev eth0 nud permanent");
        List<String> reached = reached(container, targets);
        neighbours(container, "delete " + gateway + " dev eth0");
        return reached;
    }

    /** What the container sends to any of these links for its gateway gets to none of the targets. */
    private static void nobodyIsReachedBy(String container, String gateway, List<String> links, String... targets) {
        for (String link : links) {
            assertThat(reachedBy(container, gateway, mac(link), targets))
                    .as("from %s by %s", container, link)
                    .isEmpty();
        }
    }

    private static void neighbours(String container, String change) {
        Command.run(Map.of(), inNetworkOf(container, ("ip neigh " + change).split(" ")), "")
                .ok();
    }

    private static void nothingIsLeftOf(Crowd crowd) {
        assertThat(Command.run("sh", "-c", "ip -br link; nft list tables").text())
                .doesNotContain(crowd.digits(), crowd.table());
    }

    // ---- who reaches whom

    @Test
    void aFullBridgeGetsASecondOneThatIsAsGood() {
        Crowd crowd = Crowd.create("crowd", "--ipv6", "--subnet", "10.212.0.0/20", "--subnet", "fd00:212::/64");
        docker.ok("network", "create", "elsewhere");
        fill(crowd, 0, FOR_CONTAINERS - 2);
        sleeper("ca", "crowd");
        sleeper("cb", "crowd");
        docker.ok("run -d --name cc --network crowd --network-alias echo -p 18710:7 busybox nc -ll -p 7 -e cat"
                .split(" "));
        sleeper("cd", "crowd");
        sleeper("ce", "elsewhere");
        for (String name : List.of("ca", "cb", "cc", "cd")) {
            assertThat(bridgeOf(hostEnd(name, "crowd")))
                    .as("bridge of %s", name)
                    .isEqualTo(name.compareTo("cc") < 0 ? crowd.first() : crowd.second());
        }
        everybodyReachesWhomTheyShould();

        // Only the first bridge is the host: what is for the second one itself, or for a port of it, goes nowhere.
        List<String> others = List.of(crowd.second(), "up2-" + crowd.digits(), hostEnd("cd", "crowd"));
        nobodyIsReachedBy("cd", "10.212.0.1", others, "10.212.0.1", neighbour.address());
        assertThat(reachedBy("cd", "10.212.0.1", mac(crowd.first()), neighbour.address()))
                .containsExactly(neighbour.address());
        assertThat(Command.run("ip", "-o", "addr", "show", "dev", crowd.second())
                        .text())
                .isEmpty();

        explained(crowd);

        // The kernel itself has no port more on the first one.
        fill(crowd, FOR_CONTAINERS - 2, PORTS - 3);
        Command.run("ip", "link", "add", "cfb2000", "group", FILLERS, "type", "veth", "peer", "name", "cfb2001")
                .ok();
        assertThat(Command.run("ip", "link", "set", "cfb2000", "master", crowd.first())
                        .err())
                .contains("Exchange full");
        docker.ok("network", "connect", "crowd", "ce");
        assertThat(bridgeOf(hostEnd("ce", "crowd"))).isEqualTo(crowd.second());
        assertThat(reached("ce", "ca")).containsExactly("ca");
        docker.ok("network", "disconnect", "crowd", "ce");
        daemon.restart();
        sleeper("cf", "crowd");
        assertThat(bridgeOf(hostEnd("cf", "crowd"))).isEqualTo(crowd.second());
        everybodyReachesWhomTheyShould();
        unfill();
        NetworkAgreement.await(daemon);

        daemon.removeContainers();
        docker.ok("network", "rm", "crowd");
        nothingIsLeftOf(crowd);
    }

    private static void everybodyReachesWhomTheyShould() {
        String elsewhere = address("ce", "elsewhere");
        String[] targets = {
            "ca", "echo", "cd", "10.212.0.1", neighbour.address(), "fd00:212::1", "fd00:212::2", "fd00:212::4"
        };
        for (String from : List.of("ca", "cc", "cd")) {
            assertThat(reached(from, targets)).as("from %s", from).containsExactlyInAnyOrder(targets);
            assertThat(reached(from, elsewhere)).isEmpty();
            // Its own network's gateway is the host, for itself as well.
            assertThat(say(inNetworkOf(from), "10.212.0.1", 18710)).isEqualTo("hello");
            assertThat(say(inNetworkOf(from), "10.212.0.4", 7)).isEqualTo("hello");
        }
        assertThat(say(List.of(), "127.0.0.1", 18710)).isEqualTo("hello");
        assertThat(say(List.of(), neighbour.host(), 18710)).isEqualTo("hello");
        assertThat(say(neighbour.prefix(), neighbour.host(), 18710)).isEqualTo("hello");
        assertThat(say(inNetworkOf("ce"), daemon.subnet() + ".1", 18710)).isEqualTo("hello");
        assertThat(reached("ce", "10.212.0.2", "10.212.0.4", "10.212.0.5")).isEmpty();
    }

    private static void explained(Crowd crowd) {
        assertThat(daemon.cairn("explain", "network", "crowd").ok().text())
                .contains(
                        "link          " + crowd.first() + ", up",
                        "further link  " + crowd.second() + ", up, mtu 1500, joined by up2-" + crowd.digits()
                                + " and dn2-" + crowd.digits(),
                        "what passes a further bridge is looked at on the first one")
                .doesNotContain("MISSING");
        assertThat(daemon.cairn("explain", "cc").ok().text()).contains("plugged into " + crowd.second());
        assertThat(daemon.cairn("net", "trace", "ca", "cc", "7").ok().text())
                .contains(
                        "plugged into " + crowd.first(),
                        "plugged into " + crowd.second(),
                        crowd.second() + " is joined to " + crowd.first());
        Command.run("ip", "link", "set", "dn2-" + crowd.digits(), "down").ok();
        assertThat(daemon.cairn("net", "trace", "cd", "ca").fails(1).text())
                .contains("dn2-" + crowd.digits() + " is down");
        Command.run("ip", "link", "set", "dn2-" + crowd.digits(), "up").ok();
    }

    @Test
    void withTrafficBetweenContainersOffNobodyReachesAnyone() {
        Crowd crowd =
                Crowd.create("apart", "--subnet", "10.212.16.0/20", "-o", "com.docker.network.bridge.enable_icc=false");
        fill(crowd, 0, FOR_CONTAINERS - 2);
        List<String> names = List.of("ca", "cb", "cc", "cd");
        names.forEach(name -> sleeper(name, "apart"));
        assertThat(bridgeOf(hostEnd("cd", "apart"))).isEqualTo(crowd.second());
        for (String from : names) {
            assertThat(reached(from, "ca", "cb", "cc", "cd", "10.212.16.1", neighbour.address()))
                    .containsExactlyInAnyOrder(from, "10.212.16.1", neighbour.address());
        }
        unfill();
        NetworkAgreement.await(daemon);
        // Where no container is left a daemon that ends takes its links along.
        daemon.removeContainers();
        Wait.until(
                SOON,
                () -> "the links of removed containers to go",
                () -> !Command.run(
                                "ls",
                                "/sys/class/net/" + crowd.first() + "/brif",
                                "/sys/class/net/" + crowd.second() + "/brif")
                        .out()
                        .contains("veth"));
        daemon.stop();
        nothingIsLeftOf(crowd);
        daemon.start();
        docker.ok("network", "rm", "apart");
    }

    @Test
    void anInternalNetworkEndsAtItsBridges() {
        Crowd crowd = Crowd.create("inner", "--subnet", "10.212.32.0/20", "--internal");
        fill(crowd, 0, FOR_CONTAINERS - 1);
        sleeper("ca", "inner");
        sleeper("cb", "inner");
        sleeper("cc", "inner");
        assertThat(bridgeOf(hostEnd("ca", "inner"))).isEqualTo(crowd.first());
        for (String from : List.of("cb", "cc")) {
            assertThat(bridgeOf(hostEnd(from, "inner"))).isEqualTo(crowd.second());
            Command.run(Map.of(), inNetworkOf(from, "ip route add default via 10.212.32.1".split(" ")), "")
                    .ok();
            assertThat(reached(from, "ca", "cb", "cc", "10.212.32.1")).hasSize(4);
            List<String> links = List.of(crowd.first(), crowd.second(), hostEnd(from, "inner"));
            nobodyIsReachedBy(from, "10.212.32.1", links, daemon.subnet() + ".1", neighbour.address());
        }
    }

    /** Docker's example: one family is routed, the other is not. */
    @Test
    void eachFamilysGatewayModeHoldsOnFurtherBridges() {
        Crowd crowd = Crowd.create(
                "mixed",
                "--ipv6",
                "--subnet",
                "10.212.96.0/20",
                "--subnet",
                "fd00:213::/64",
                "-o",
                MODE + "4=routed",
                "-o",
                MODE + "6=nat");
        fill(crowd, 0, FOR_CONTAINERS - 1);
        sleeper("ca", "mixed");
        docker.ok("run -d --name cb --network mixed -p 18712:7 busybox nc -ll -p 7 -e cat".split(" "));
        docker.ok("run -d --name cc --network mixed busybox nc -ll -p 7 -e cat".split(" "));
        assertThat(bridgeOf(hostEnd("ca", "mixed"))).isEqualTo(crowd.first());
        List<String> outside = neighbour.prefix();
        neighbour.ip("route add 10.212.96.0/20 via " + neighbour.host());
        try {
            assertThat(say(outside, "10.212.96.3", 7)).isEqualTo("hello");
            assertThat(say(outside, "10.212.96.4", 7)).isEmpty();
            for (String name : List.of("cb", "cc")) {
                assertThat(bridgeOf(hostEnd(name, "mixed"))).isEqualTo(crowd.second());
                assertThat(reached(
                                name,
                                "ca",
                                "cb",
                                "cc",
                                "10.212.96.1",
                                "fd00:213::1",
                                "fd00:213::2",
                                neighbour.address()))
                        .hasSize(7);
                assertThat(say(inNetworkOf(name), "10.212.96.3", 7)).isEqualTo("hello");
                List<String> links = List.of(crowd.second(), hostEnd(name, "mixed"));
                nobodyIsReachedBy(name, "10.212.96.1", links, neighbour.address());
            }
        } finally {
            neighbour.ip("route delete 10.212.96.0/20");
        }
        assertThat(say(List.of(), "fd00:213::1", 18712)).isEqualTo("hello");
        assertThat(say(List.of(), neighbour.host(), 18712)).isEmpty();
        for (String family : List.of("ip", "ip6")) {
            assertThat(Command.run("nft", "list", "table", family, crowd.table())
                            .ok()
                            .text())
                    .contains(
                            "chain further_input",
                            "chain further_forward",
                            "iifname \"" + crowd.second() + "\" notrack");
        }
        unfill();
        NetworkAgreement.await(daemon);
    }

    @Test
    void anIsolatedNetworkHasNoHostOnAnyOfItsBridges() {
        Crowd crowd = Crowd.create("alone", "--subnet", "10.212.112.0/20", "--internal", "-o", MODE + "4=isolated");
        fill(crowd, 0, FOR_CONTAINERS - 1);
        sleeper("ca", "alone");
        sleeper("cb", "alone");
        sleeper("cc", "alone");
        assertThat(bridgeOf(hostEnd("ca", "alone"))).isEqualTo(crowd.first());
        for (String from : List.of("cb", "cc")) {
            assertThat(bridgeOf(hostEnd(from, "alone"))).isEqualTo(crowd.second());
            assertThat(reached(from, "ca", "cb", "cc")).hasSize(3);
            Command.run(Map.of(), inNetworkOf(from, "ip route add default via 10.212.112.99 dev eth0".split(" ")), "")
                    .ok();
            List<String> links = List.of(crowd.first(), crowd.second(), hostEnd(from, "alone"));
            nobodyIsReachedBy(
                    from, "10.212.112.99", links, daemon.subnet() + ".1", neighbour.host(), neighbour.address());
        }
        unfill();
        NetworkAgreement.await(daemon);
    }

    @Test
    void whereTheKernelHasNoPortLeftItIsSaid() {
        Crowd crowd = Crowd.create("full", "--subnet", "10.212.48.0/20");
        fill(crowd, 0, PORTS);
        assertThat(docker.run("run", "--rm", "--network", "full", "busybox", "true")
                        .err())
                .contains("the network's bridges have no port left; make a further network");
        assertThat(Command.run("ip", "-br", "link").text()).doesNotContain("2-" + crowd.digits());
        assertThat(Command.run("nft", "list", "table", "ip", crowd.table()).ok().text())
                .doesNotContain(crowd.second());
        unfill();
        docker.ok("run", "--rm", "--network", "full", "busybox", "true");
    }

    // ---- the daemon's end

    @Test
    void afterAKillFurtherBridgesAgreeWithTheRecords() {
        Crowd crowd = Crowd.create("killed", "--subnet", "10.212.64.0/20");
        fill(crowd, 0, FOR_CONTAINERS - 1);
        sleeper("ca", "killed");
        sleeper("cb", "killed");
        sleeper("cc", "killed", "-p", "18711:7");
        assertThat(bridgeOf(hostEnd("ca", "killed"))).isEqualTo(crowd.first());
        assertThat(bridgeOf(hostEnd("cc", "killed"))).isEqualTo(crowd.second());
        unfill();
        NetworkAgreement.await(daemon);

        String unplugged = hostEnd("cc", "killed");
        // The pair is gone, a container's link is unplugged, and there are links that nobody knows.
        daemon.kill();
        for (String line : List.of(
                "ip link delete up2-" + crowd.digits(),
                "ip link set " + unplugged + " nomaster",
                "ip link add veth00000000abe type veth peer name cfb3000 group " + FILLERS,
                "ip link set veth00000000abe master " + crowd.second(),
                "ip link add br7-" + crowd.digits() + " type bridge",
                "ip link add dn9-" + crowd.digits() + " type veth peer name up9-" + crowd.digits())) {
            Command.run(line.split(" ")).ok();
        }
        daemon.start();
        NetworkAgreement.await(daemon);
        assertThat(Command.run("ip", "-br", "link").text())
                .doesNotContain("veth00000000abe", "br7-" + crowd.digits(), "dn9-", "up9-" + crowd.digits());
        for (String from : List.of("ca", "cb", "cc")) {
            assertThat(reached(from, "ca", "cb", "cc", "10.212.64.1", neighbour.address()))
                    .hasSize(5);
        }

        // The whole bridge is gone: there is room on the first one.
        daemon.kill();
        Command.run("ip", "link", "delete", crowd.second()).ok();
        daemon.start();
        NetworkAgreement.await(daemon);
        assertThat(List.of("ca", "cb", "cc"))
                .allSatisfy(
                        name -> assertThat(bridgeOf(hostEnd(name, "killed"))).isEqualTo(crowd.first()));
        assertThat(Command.run("nft", "list", "table", "ip", crowd.table()).ok().text())
                .doesNotContain(crowd.second());
        assertThat(reached("cb", "ca", "cc", neighbour.address())).hasSize(3);
        daemon.removeContainers();
        docker.ok("network", "rm", "killed");
        nothingIsLeftOf(crowd);
    }

    // ---- really

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void elevenHundredContainersAreOnOneNetwork() throws Exception {
        assumeTrue(System.getenv("CAIRN_LONG") != null, "1,100 containers take minutes: only with CAIRN_LONG");
        Crowd crowd = Crowd.create("many", "--subnet", "10.212.80.0/20");
        int count = 1100;
        String body = "{\"Image\":\"busybox\",\"Cmd\":[\"sleep\",\"10000\"],\"HostConfig\":{\"NetworkMode\":\"many\"}}";
        Api api = daemon.api();
        Map<String, Integer> bridges = new HashMap<>();
        long begin = System.nanoTime();
        try {
            for (int i = 0; i < count; i++) {
                assertThat(api.post("/containers/create?name=many" + i, body).status())
                        .isEqualTo(201);
                assertThat(api.post("/containers/many" + i + "/start", "").text())
                        .isEmpty();
            }
            System.out.println("FIGURE create and start of %d containers on one network = %d s"
                    .formatted(
                            count, Duration.ofNanos(System.nanoTime() - begin).toSeconds()));
            for (String bridge : List.of(crowd.first(), crowd.second())) {
                bridges.put(
                        bridge,
                        Command.run("ls", "/sys/class/net/" + bridge + "/brif")
                                .lines()
                                .size());
            }
            assertThat(bridges)
                    .containsEntry(crowd.first(), FOR_CONTAINERS + 1)
                    .containsEntry(crowd.second(), count - FOR_CONTAINERS + 1);
            // Everybody, one after the other, by one of the first and one of the last, and by the host.
            String script =
                    "for i in $(seq 0 %d); do busybox ping -c1 -W2 10.212.$((80 + (i + 2) / 256)).$(((i + 2) %% 256)) >/dev/null"
                            + " || echo $i; done";
            for (List<String> from : List.of(inNetworkOf("many0"), inNetworkOf("many1099"), List.<String>of())) {
                List<String> command = new ArrayList<>(from);
                command.addAll(List.of("sh", "-c", script.formatted(count - 1)));
                try (Command pings = Command.start(Map.of(), command)) {
                    pings.endInput();
                    assertThat(pings.await(Duration.ofMinutes(3)).ok().text()).isEmpty();
                }
            }
            assertThat(reached("many3", "many1098")).hasSize(1);
            assertThat(Integer.parseInt(Command.run("sysctl", "-n", "net.ipv4.neigh.default.gc_thresh3")
                            .ok()
                            .text()
                            .strip()))
                    .isGreaterThanOrEqualTo(65536);
        } finally {
            for (int i = 0; i < count; i++) {
                api.delete("/containers/many" + i + "?force=1");
            }
        }
        docker.ok("network", "rm", "many");
        nothingIsLeftOf(crowd);
    }
}
