package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Networks of one's own: their records, addresses and links, who reaches whom on them, and that all of it agrees after a kill. */
final class NetworksIT {
    private static TestDaemon daemon;
    private static DockerCli docker;
    private static LeakLedger before;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("Docker's daemon runs in a network namespace of its own here");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
        daemon.awaitWarm();
        before = LeakLedger.of(daemon);
    }

    @AfterAll
    static void end() {
        if (daemon == null) {
            return;
        }
        try {
            before.awaitSame(daemon);
        } finally {
            daemon.close();
        }
    }

    @AfterEach
    void removeAll() {
        if (daemon.isRunning()) {
            daemon.removeContainers();
            docker.run("network", "prune", "-f");
        }
    }

    private static String address(String container, String network) {
        return docker.ok(
                "inspect", "-f", "{{(index .NetworkSettings.Networks \"" + network + "\").IPAddress}}", container);
    }

    private static void sleeper(String name, String network, String... flags) {
        String[] words = new String[flags.length + 9];
        System.arraycopy(new String[] {"run", "-d", "--name", name, "--network", network}, 0, words, 0, 6);
        System.arraycopy(flags, 0, words, 6, flags.length);
        System.arraycopy(new String[] {"busybox", "sleep", "1000"}, 0, words, 6 + flags.length, 3);
        docker.ok(words);
    }

    private static boolean reaches(String container, String address) {
        return docker.run("exec", container, "ping", "-c1", "-W1", address).exit() == 0;
    }

    @Test
    void aNetworkIsMadeListedInspectedAndRemoved() {
        String id = docker.ok(
                "network",
                "create",
                "--subnet",
                "10.213.0.0/16",
                "--ip-range",
                "10.213.5.0/24",
                "--gateway",
                "10.213.0.9",
                "--aux-address",
                "router=10.213.5.0",
                "--label",
                "a=b",
                "-o",
                "com.docker.network.driver.mtu=1400",
                "made");
        assertThat(docker.ok("network", "ls", "--no-trunc", "--format", "{{.ID}} {{.Name}} {{.Driver}} {{.Scope}}"))
                .contains(id + " made bridge local", " host host local", " none null local", " bridge bridge local");
        assertThat(docker.ok("network", "ls", "-q", "--filter", "label=a=b", "--filter", "type=custom"))
                .isEqualTo(id.substring(0, 12));
        assertThat(docker.ok(
                        "network",
                        "inspect",
                        "-f",
                        "{{json .IPAM.Config}} {{.Internal}} {{.EnableIPv6}} {{.Options}}",
                        id.substring(0, 6)))
                .isEqualTo("[{\"Subnet\":\"10.213.0.0/16\",\"IPRange\":\"10.213.5.0/24\",\"Gateway\":\"10.213.0.9\","
                        + "\"AuxiliaryAddresses\":{\"router\":\"10.213.5.0\"}}] false false"
                        + " map[com.docker.network.driver.mtu:1400]");
        sleeper("one", "made", "--network-alias", "uno");
        assertThat(address("one", "made")).isEqualTo("10.213.5.1");
        assertThat(docker.ok("exec", "one", "cat", "/sys/class/net/eth0/mtu")).isEqualTo("1400");
        assertThat(docker.ok(
                        "network", "inspect", "-f", "{{range .Containers}}{{.Name}} {{.IPv4Address}}{{end}}", "made"))
                .isEqualTo("one 10.213.5.1/16");
        assertThat(docker.ok("inspect", "-f", "{{(index .NetworkSettings.Networks \"made\").DNSNames}}", "one"))
                .startsWith("[one uno ");
        assertThat(docker.run("network", "rm", "made").err())
                .contains("error while removing network: network made has active endpoints (name:\"one\" id:\"");
        docker.ok("rm", "-f", "one");
        assertThat(docker.ok("network", "rm", "made")).isEqualTo("made");
        assertThat(Command.run("ip", "link", "show", "br-" + id.substring(0, 12))
                        .exit())
                .isNotZero();
        assertThat(docker.run("network", "inspect", "made").err()).contains("network made not found");
    }

    @Test
    void containersReachEachOtherOnOneNetworkAndNotOnTwo() {
        docker.ok("network", "create", "left");
        docker.ok("network", "create", "right");
        sleeper("l1", "left");
        sleeper("l2", "left");
        sleeper("r1", "right");
        assertThat(reaches("l1", address("l2", "left"))).isTrue();
        assertThat(reaches("l1", address("r1", "right"))).isFalse();
        docker.ok("network", "connect", "right", "l1");
        assertThat(reaches("l1", address("r1", "right"))).isTrue();
        docker.ok("network", "disconnect", "right", "l1");
        assertThat(reaches("l1", address("r1", "right"))).isFalse();
        assertThat(docker.ok("exec", "l1", "ip", "-o", "link").lines()).hasSize(2);
        assertThat(List.of(docker.ok("exec", "l1", "ip", "route").split("\n"))).hasSize(2);
    }

    // ---- what a container gets

    @Test
    void interfacesHaveTheNamesAndSettingsThatAreAskedFor() {
        docker.ok("network", "create", "first");
        docker.ok("network", "create", "second");
        String name = "com.docker.network.endpoint.ifname";
        String sysctls = "com.docker.network.endpoint.sysctls";
        sleeper(
                "named",
                "name=first,driver-opt=" + name + "=lan0,driver-opt=" + sysctls
                        + "=net.ipv4.conf.IFNAME.log_martians=1");
        docker.ok("network", "connect", "--driver-opt", name + "=wan0", "second", "named");
        assertThat(docker.ok("inspect", "-f", "{{json .NetworkSettings.Networks.first.DriverOpts}}", "named"))
                .contains("\"" + name + "\":\"lan0\"");
        for (boolean again : new boolean[] {false, true}) {
            if (again) {
                daemon.restart(); // What was asked for is read back from the record.
                docker.ok("restart", "-t", "0", "named");
            }
            assertThat(docker.ok("exec", "named", "ls", "/sys/class/net")).isEqualTo("lan0\nlo\nwan0");
            assertThat(docker.ok("exec", "named", "cat", "/proc/sys/net/ipv4/conf/lan0/log_martians"))
                    .isEqualTo("1");
            assertThat(docker.ok("exec", "named", "cat", "/proc/sys/net/ipv4/conf/wan0/log_martians"))
                    .isEqualTo("0");
        }
        docker.ok("network", "create", "third");
        assertThat(docker.run("network", "connect", "--driver-opt", name + "=wan0", "third", "named")
                        .err())
                .contains("interface name wan0 is asked for on two networks");
        // Those without a name of their own take the numbers that are left.
        sleeper("mixed", "name=first,driver-opt=" + name + "=eth0", "--network", "second");
        assertThat(docker.ok("exec", "mixed", "ls", "/sys/class/net")).isEqualTo("eth0\neth1\nlo");
        assertThat(docker.run("network", "connect", "--driver-opt", name + "=eth1", "third", "mixed")
                        .err())
                .contains("the container has an interface of that name already");
        assertThat(docker.ok("exec", "mixed", "ls", "/sys/class/net")).isEqualTo("eth0\neth1\nlo");
    }

    @Test
    void addressesAliasesAndMacsAreAskedFor() {
        docker.ok("network", "create", "--ipv6", "--subnet", "10.213.1.0/24", "--subnet", "fd00:213::/64", "both");
        docker.ok("network", "create", "chosen");
        sleeper("fixed", "name=both,ip=10.213.1.77,ip6=fd00:213::77,mac-address=02:00:00:00:00:77,alias=seventy");
        assertThat(docker.ok(
                        "inspect",
                        "-f",
                        "{{with index .NetworkSettings.Networks \"both\"}}{{.IPAddress}}/{{.IPPrefixLen}} {{.Gateway}}"
                                + " {{.GlobalIPv6Address}}/{{.GlobalIPv6PrefixLen}} {{.IPv6Gateway}} {{.MacAddress}} {{.Aliases}}{{end}}",
                        "fixed"))
                .isEqualTo("10.213.1.77/24 10.213.1.1 fd00:213::77/64 fd00:213::1 02:00:00:00:00:77 [seventy]");
        assertThat(docker.ok("exec", "fixed", "cat", "/etc/hosts")).contains("10.213.1.77\t", "fd00:213::77\t");
        sleeper("free", "both");
        assertThat(reaches("free", "10.213.1.77")).isTrue();
        assertThat(docker.run("exec", "free", "ping", "-6", "-c1", "-W1", "fd00:213::77")
                        .exit())
                .isZero();
        assertThat(docker.run("run", "--rm", "--network", "both", "--ip", "10.213.1.77", "busybox", "true")
                        .err())
                .contains("Address already in use");
        assertThat(docker.run("run", "--rm", "--network", "both", "--ip", "10.9.9.9", "busybox", "true")
                        .err())
                .contains("It does not belong to any of this network's subnets");
        assertThat(docker.run("run", "--rm", "--network", "chosen", "--ip", "10.9.9.9", "busybox", "true")
                        .err())
                .contains("user specified IP address is supported only when connecting to networks with user configured"
                        + " subnets");
        assertThat(docker.run("run", "--rm", "--ip", "10.9.9.9", "busybox", "true")
                        .err())
                .contains("user specified IP address is supported on user defined networks only");
        NetworkAgreement.await(daemon);
        // What was asked for is kept over a stop, and over the daemon.
        docker.ok("stop", "-t0", "fixed");
        daemon.restart();
        docker.ok("start", "fixed");
        assertThat(address("fixed", "both")).isEqualTo("10.213.1.77");
        assertThat(address("free", "both")).isEqualTo("10.213.1.2");
    }

    @Test
    void aContainerOnSeveralNetworksHasOneWayOut() {
        docker.ok("network", "create", "--subnet", "10.213.2.0/24", "alpha");
        docker.ok("network", "create", "--subnet", "10.213.3.0/24", "beta");
        docker.ok("network", "create", "--subnet", "10.213.4.0/24", "--internal", "aaa");
        docker.ok(
                ("run -d --name many --network name=beta --network name=alpha --network name=aaa,gw-priority=9 -p 18600:7"
                                + " busybox nc -ll -p 7 -e cat")
                        .split(" "));
        // Not from the internal network, whatever its priority; then by name.
        assertThat(way("many")).isEqualTo("10.213.2.1");
        assertThat(echoed("127.0.0.1", 18600)).isEqualTo("hello");
        docker.ok("network", "disconnect", "alpha", "many");
        assertThat(way("many")).isEqualTo("10.213.3.1");
        assertThat(echoed("127.0.0.1", 18600)).isEqualTo("hello");
        assertThat(echoed(daemon.subnet() + ".1", 18600)).isEqualTo("hello");
        NetworkAgreement.await(daemon);
        docker.ok("network", "connect", "--gw-priority", "1", "alpha", "many");
        assertThat(way("many")).isEqualTo("10.213.2.1");
        assertThat(docker.ok("port", "many")).contains("7/tcp -> 0.0.0.0:18600");
        assertThat(echoed(daemon.subnet() + ".1", 18600)).isEqualTo("hello");
        // Its neighbours' way to the same port, and its own.
        sleeper("beside", "alpha");
        for (String from : List.of("beside", "many")) {
            assertThat(docker.run("exec", from, "sh", "-c", "(echo hello; sleep 0.3) | nc -w 2 10.213.2.1 18600")
                            .text())
                    .isEqualTo("hello");
        }
        NetworkAgreement.await(daemon);
    }

    private static String way(String container) {
        return docker.ok("exec", container, "sh", "-c", "ip route | awk '/^default/ {print $3}'");
    }

    private static String echoed(String host, int port) {
        return Command.run("sh", "-c", "(echo hello; sleep 0.3) | timeout 3 busybox nc -w 2 " + host + " " + port)
                .text();
    }

    @Test
    void theHostAndLinkedContainersHaveNames() {
        docker.ok(("run -d --name linked --expose 5432 -e SECRET=s busybox sleep 1000").split(" "));
        String output = docker.ok(
                "run",
                "--rm",
                "--link",
                "linked:db",
                "--add-host",
                "host.docker.internal:host-gateway",
                "busybox",
                "sh",
                "-c",
                "cat /etc/hosts; env; ping -c1 -W1 db");
        String address = address("linked", "bridge");
        assertThat(output)
                .contains(address + "\tdb ", " linked\n", daemon.subnet() + ".1\thost.docker.internal")
                .contains("DB_PORT=tcp://" + address + ":5432", "DB_PORT_5432_TCP_ADDR=" + address, "DB_ENV_SECRET=s")
                .contains("1 packets received");
        assertThat(docker.run("run", "--rm", "--link", "nobody:x", "busybox", "true")
                        .err())
                .contains("could not get container for nobody");
        // The default network's gateway is the host also for those who are elsewhere.
        docker.ok("network", "create", "elsewhere");
        assertThat(docker.ok(
                        "run",
                        "--rm",
                        "--network",
                        "elsewhere",
                        "--add-host",
                        "gate:host-gateway",
                        "busybox",
                        "ping",
                        "-c1",
                        "-W2",
                        "gate"))
                .contains("1 packets received");
    }

    // ---- attacks (security.md 2.7)

    /** Cross-bridge traffic, in each direction between four networks, and with routes of the containers' own. */
    @Test
    void fourNetworksAreIslands() {
        List<String> names = List.of("n1", "n2", "n3", "n4");
        docker.ok("network", "create", "n1");
        docker.ok("network", "create", "--internal", "n2");
        docker.ok("network", "create", "-o", "com.docker.network.bridge.enable_ip_masquerade=false", "n3");
        docker.ok("network", "create", "-o", "com.docker.network.bridge.enable_icc=false", "n4");
        for (String name : names) {
            sleeper(name, name, "--cap-add", "NET_ADMIN");
            sleeper(name + "b", name);
        }
        for (String from : names) {
            for (String to : names) {
                String target = address(to + "b", to);
                if (!from.equals(to)) {
                    docker.run("exec", from, "ip", "route", "add", target, "via", gateway(from));
                }
                assertThat(reaches(from, target))
                        .as("from %s to %s", from, to)
                        .isEqualTo(from.equals(to) && !from.equals("n4"));
            }
        }
        assertThat(reaches("n4", gateway("n4"))).isTrue();
        assertThat(reaches("n2", gateway("n2"))).isTrue();
        // An internal network ends at its bridge, with a route of the container's own, too.
        assertThat(docker.ok("exec", "n2", "ip", "route").lines()).hasSize(4);
        docker.ok("exec", "n2", "ip", "route", "add", "default", "via", gateway("n2"));
        assertThat(reaches("n2", daemon.subnet() + ".1")).isFalse();
        assertThat(reaches("n1", daemon.subnet() + ".1")).isTrue();
        // CVE-2025-54388, CVE-2025-54410: somebody flushes the tables.
        String table = docker.ok("network", "inspect", "-f", "{{slice .Id 0 12}}", "n2");
        Command.run("nft", "delete", "table", "ip", "cairn_br_" + table).ok();
        Wait.until(
                java.time.Duration.ofSeconds(5),
                () -> "the table of n2",
                () -> Command.run("nft", "list", "table", "ip", "cairn_br_" + table)
                                .exit()
                        == 0);
        assertThat(reaches("n2", daemon.subnet() + ".1")).isFalse();
    }

    private static String gateway(String network) {
        return docker.ok("network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", network);
    }

    /** CVE-2020-13401, CVE-2024-32473: router advertisements, and IPv6 where there is none. */
    @Test
    void interfacesHearNoRouters() {
        String four = docker.ok("network", "create", "four");
        String six = docker.ok("network", "create", "--ipv6", "six");
        sleeper("c4", "four");
        sleeper("c6", "six");
        String conf = "/proc/sys/net/ipv6/conf/";
        assertThat(docker.ok("exec", "c4", "cat", conf + "eth0/disable_ipv6")).isEqualTo("1");
        assertThat(docker.ok("exec", "c6", "cat", conf + "eth0/disable_ipv6", conf + "eth0/accept_ra"))
                .isEqualTo("0\n0");
        docker.ok("network", "connect", "four", "c6");
        assertThat(docker.ok("exec", "c6", "cat", conf + "eth1/disable_ipv6")).isEqualTo("1");
        for (String id : List.of(four, six)) {
            assertThat(Command.run("cat", conf + "br-" + id.substring(0, 12) + "/accept_ra")
                            .text())
                    .isEqualTo("0");
        }
        assertThat(docker.ok("inspect", "-f", "{{.NetworkSettings.Networks.six.GlobalIPv6Address}}", "c6"))
                .startsWith("fd");
    }

    /** The kernel asks for a container with the bridge's link-local address, which it does not use before it is sure of it. */
    @Test
    void whatComesForANewContainerIsNotLost() {
        String bridge = "br-" + docker.ok("network", "create", "--ipv6", "sure").substring(0, 12);
        sleeper("c6", "sure");
        Wait.until(
                Duration.ofMillis(500),
                () -> "a link-local address in use: " + addresses(bridge),
                () -> addresses(bridge).contains("fe80::") && !addresses(bridge).contains("tentative"));
    }

    private static String addresses(String link) {
        return Command.run("ip", "-6", "-o", "address", "show", "dev", link).text();
    }

    /** The ledger of the other tests is no witness if it looks away. */
    @Test
    void theLedgerSeesWhatIsLeftInEitherFamily() {
        LeakLedger before = LeakLedger.of(daemon);
        docker.ok("network", "create", "--ipv6", "seen");
        String bridge = "br-" + docker.inspect("seen", "{{.Id}}").substring(0, 12);
        String table = "cairn_" + bridge.replace('-', '_');
        assertThat(before.difference(LeakLedger.of(daemon)))
                .contains("+1  link  " + bridge, "+1  firewall  ip " + table, "+1  firewall  ip6 " + table)
                .anyMatch(line -> line.startsWith("+1  link  " + bridge + " with fd"));
        docker.ok("network", "rm", "seen");
        before.awaitSame(daemon);
        for (String family : List.of("ip", "ip6", "inet")) {
            Command.run("nft", "add", "table", family, table).ok();
            try {
                assertThat(before.difference(LeakLedger.of(daemon)))
                        .containsExactly("+1  firewall  " + family + " " + table);
            } finally {
                Command.run("nft", "delete", "table", family, table).ok();
            }
        }
    }

    @Test
    void namesAreNeverText() {
        String name = "a \"b\" ; drop $(reboot) ../../x";
        String id = docker.ok("network", "create", "--label", "x=\"; flush ruleset", name);
        assertThat(docker.ok("network", "inspect", "-f", "{{.Name}}", id)).isEqualTo(name);
        sleeper("quoted", name);
        assertThat(docker.ok("network", "ls", "--format", "{{.Name}}")).contains(name);
        assertThat(docker.run("network", "create", "-o", "com.docker.network.bridge.name=x\"; drop", "y")
                        .err())
                .contains("invalid bridge name");
    }

    // ---- errors

    @Test
    void whatCannotBeIsRefusedInDockersWords() {
        docker.ok("network", "create", "--subnet", "10.213.6.0/24", "taken");
        assertThat(docker.run("network", "create", "taken").err()).contains("network with name taken already exists");
        assertThat(docker.run("network", "create", "--subnet", "10.213.0.0/16", "over")
                        .err())
                .contains("invalid pool request: Pool overlaps with other one on this address space");
        assertThat(docker.run(
                                "network",
                                "create",
                                "--subnet",
                                "10.213.8.0/24",
                                "--gateway",
                                "10.213.8.9",
                                "--ip-range",
                                "10.213.8.0/28",
                                "--subnet",
                                "10.213.9.0/24",
                                "--gateway",
                                "10.213.9.9",
                                "two")
                        .err())
                .contains("bridge driver doesn't support multiple subnets");
        assertThat(docker.run(
                                "network",
                                "create",
                                "--ipv6",
                                "--subnet",
                                "fd00:8::/64",
                                "--subnet",
                                "fd00:9::/64",
                                "two")
                        .err())
                .contains("bridge driver doesn't support multiple subnets");
        assertThat(docker.run("network", "create", "bridge").err())
                .contains("operation is not permitted on predefined bridge network");
        assertThat(docker.run("network", "rm", "host").err())
                .contains("host is a pre-defined network and cannot be removed");
        assertThat(docker.run("network", "create", "-d", "nosuch", "x").err()).contains("plugin \"nosuch\" not found");
        assertThat(docker.run("run", "--rm", "--network", "nowhere", "busybox", "true")
                        .err())
                .contains("network nowhere not found");
        sleeper("one", "taken");
        sleeper("hosted", "host");
        assertThat(docker.run("network", "connect", "taken", "one").err())
                .contains("endpoint with name one already exists in network taken");
        assertThat(docker.run("network", "connect", "taken", "hosted").err())
                .contains("container sharing network namespace with another container or host cannot be connected");
        assertThat(docker.run("network", "connect", "host", "one").err())
                .contains("cannot connect container to host network");
        assertThat(docker.run("network", "disconnect", "bridge", "one").err())
                .contains("is not connected to network bridge");
        assertThat(docker.ok("network", "ls", "-q", "--filter", "dangling=true", "--filter", "name=taken"))
                .isEmpty();
    }

    // ---- the daemon's end

    @Test
    void afterAKillLinksAddressesAndRulesAgreeWithTheRecords() {
        String left = docker.ok("network", "create", "left");
        String right = docker.ok("network", "create", "right");
        sleeper("l1", "left");
        sleeper("l2", "left");
        docker.ok("network", "connect", "right", "l1");
        docker.ok(
                ("run -d --name p1 --network left -p 18610-18629:80-99 -p 18610:80/udp -p 127.0.0.1:18630:80 -p [::1]:18631:80"
                                + " busybox sleep 1000")
                        .split(" "));
        NetworkAgreement.await(daemon);
        String before = address("l1", "left") + address("l1", "right") + address("l2", "left");
        daemon.kill();
        String bridge = "br-" + left.substring(0, 12);
        String other = "br-" + right.substring(0, 12);
        // What a kill between a record and its link leaves, in both directions.
        Command.run("ip", "link", "add", "veth00000000abc", "type", "veth", "peer", "name", "citp0")
                .ok();
        Command.run("ip", "link", "set", "veth00000000abc", "master", bridge).ok();
        String lost =
                Command.run("sh", "-c", "ls /sys/class/net/" + other + "/brif").text();
        Command.run("ip", "link", "delete", lost).ok();
        Command.run("nft", "delete", "table", "ip", "cairn_" + bridge.replace('-', '_'))
                .ok();
        daemon.start();
        NetworkAgreement.await(daemon);
        assertThat(Command.run("ip", "link", "show", "veth00000000abc").exit()).isNotZero();
        assertThat(address("l1", "left") + address("l1", "right") + address("l2", "left"))
                .isEqualTo(before);
        sleeper("r1", "right");
        sleeper("l3", "left");
        assertThat(reaches("l1", address("r1", "right"))).isTrue();
        assertThat(reaches("l2", address("l3", "left"))).isTrue();
        assertThat(List.of(address("l1", "left"), address("l2", "left"), address("l3", "left")))
                .doesNotHaveDuplicates();
        Wait.until(
                java.time.Duration.ofSeconds(5),
                () -> "the table of left",
                () -> Command.run("nft", "list", "table", "ip", "cairn_" + bridge.replace('-', '_'))
                                .exit()
                        == 0);
        assertThat(docker.run("network", "rm", "left").err()).contains("has active endpoints");
        // What ends cleanly leaves nothing, and comes again.
        daemon.removeContainers();
        // The kernel takes the links away some time after their namespaces.
        Wait.until(
                java.time.Duration.ofSeconds(10),
                () -> "the links of removed containers to go",
                () -> Command.run("sh", "-c", "ls /sys/class/net/" + bridge + "/brif")
                        .text()
                        .isEmpty());
        daemon.stop();
        assertThat(Command.run("ip", "link", "show", bridge).exit()).isNotZero();
        daemon.start();
        assertThat(docker.ok("network", "ls", "--format", "{{.Name}}")).contains("left", "right");
        daemon.awaitWarm();
        NetworkAgreement.await(daemon);
    }

    /** The next daemon makes links and tables of its networks behind its first answers. */
    @Test
    void whatIsRemovedRightAfterAKillLeavesNothing() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ids.add(docker.ok("network", "create", i % 2 == 0 ? "--ipv6" : "--internal", "gone" + i));
        }
        daemon.kill();
        daemon.start();
        for (String id : ids.reversed()) {
            assertThat(daemon.api().delete("/networks/" + id).status()).isEqualTo(204);
        }
        daemon.awaitWarm();
        String left = Command.run("sh", "-c", "nft list tables; ip -br link").text();
        for (String id : ids) {
            assertThat(left).doesNotContain("br_" + id.substring(0, 12), "br-" + id.substring(0, 12));
        }
    }

    // ---- Cairn's own command

    /** One of each family, each with its gateway and its range. */
    @Test
    void bothFamiliesHaveTheirGatewayAndTheirRange() {
        docker.ok(("network create --ipv6 --subnet 10.213.8.0/24 --gateway 10.213.8.9 --ip-range 10.213.8.64/26"
                        + " --subnet fd00:213:8::/64 --gateway fd00:213:8::9 --ip-range fd00:213:8:0:1::/80 pair")
                .split(" "));
        assertThat(docker.ok(
                        "network", "inspect", "-f", "{{range .IPAM.Config}}{{.Gateway}} {{.IPRange}};{{end}}", "pair"))
                .isEqualTo("10.213.8.9 10.213.8.64/26;fd00:213:8::9 fd00:213:8:0:1::/80;");
        sleeper("one", "pair");
        assertThat(address("one", "pair")).startsWith("10.213.8.6");
        assertThat(docker.ok("inspect", "-f", "{{.NetworkSettings.Networks.pair.GlobalIPv6Address}}", "one"))
                .startsWith("fd00:213:8:0:1:");
        NetworkAgreement.await(daemon);
    }

    @Test
    void cairnHasTheSameVerbs() {
        String id = daemon.cairn(
                        "network",
                        "create",
                        "--subnet",
                        "10.213.7.0/24",
                        "--gateway",
                        "10.213.7.5",
                        "--label",
                        "a=b",
                        "own")
                .ok()
                .text();
        assertThat(daemon.cairn("network", "ls", "--filter", "label=a=b", "--format", "{{.ID}} {{.Name}} {{.Driver}}")
                        .text())
                .isEqualTo(id.substring(0, 12) + " own bridge");
        docker.ok("run", "-d", "--name", "cc", "busybox", "sleep", "1000");
        daemon.cairn("network", "connect", "--ip", "10.213.7.9", "--alias", "nine", "own", "cc")
                .ok();
        assertThat(daemon.cairn("network", "inspect", "-f", "{{range .Containers}}{{.IPv4Address}}{{end}}", "own")
                        .text())
                .isEqualTo("10.213.7.9/24");
        assertThat(daemon.cairn("explain", "network", "own").ok().text())
                .contains(
                        "subnet        10.213.7.0/24, gateway 10.213.7.5",
                        "link          br-" + id.substring(0, 12) + ", up, mtu 1500",
                        "route         10.213.7.0/24 over br-",
                        "known as cc, nine",
                        "ip saddr 10.213.7.0/24 oifname != \"br-" + id.substring(0, 12) + "\" masquerade",
                        "what leaves the network gets the address of the host")
                .doesNotContain("MISSING");
        // Both of the container's places, and which of them leads out.
        assertThat(daemon.cairn("explain", "cc").ok().text())
                .containsPattern("interface     eth0 \\S+ \\S+, on the network bridge\n  gateway       [0-9.]+\n")
                .containsPattern("interface     eth1 10.213.7.9/24 \\S+, on the network own\n"
                        + "  gateway       10.213.7.5, not its way out\n"
                        + "  other end     veth\\S+, plugged into br-" + id.substring(0, 12));
        daemon.cairn("network", "disconnect", "own", "cc").ok();
        assertThat(daemon.cairn("network", "rm", "own").ok().text()).isEqualTo("own");
        daemon.cairn("network", "create", "unused").ok();
        assertThat(daemon.cairn("network", "prune", "-f").ok().text()).isEqualTo("Deleted Networks:\nunused");
    }
}
