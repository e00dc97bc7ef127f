package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What explains the network: {@code cairn explain port} and {@code cairn net trace}, on ways that work and on ways that do not. */
final class ReachIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String CHAIN = "cairn-it-careful";

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static LeakLedger before;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("these commands are Cairn's own");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
        Images.importProbe(daemon, "probe");
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
        daemon.removeContainers();
        docker.run("network", "prune", "-f");
    }

    /** A container that serves HTTP at this address and port. */
    private static void serve(String name, String at, String... flags) {
        run(name, flags, "busybox", "httpd", "-f", "-p", at);
        String port = at.substring(at.lastIndexOf(':') + 1);
        Wait.until(
                SOON,
                () -> name + " to listen",
                () -> docker.run("exec", name, "netstat", "-ltn").text().contains(":" + port + " "));
    }

    private static void sleeper(String name, String... flags) {
        run(name, flags, "busybox", "sleep", "1000");
    }

    private static void run(String name, String[] flags, String... command) {
        String[] words = new String[flags.length + command.length + 4];
        System.arraycopy(new String[] {"run", "-d", "--name", name}, 0, words, 0, 4);
        System.arraycopy(flags, 0, words, 4, flags.length);
        System.arraycopy(command, 0, words, 4 + flags.length, command.length);
        docker.ok(words);
    }

    private static String published(String name, String port) {
        String first = docker.run("port", name, port).ok().lines().getFirst();
        return first.substring(first.lastIndexOf(':') + 1);
    }

    private static String port(String... words) {
        String[] all = new String[words.length + 2];
        all[0] = "explain";
        all[1] = "port";
        System.arraycopy(words, 0, all, 2, words.length);
        return daemon.cairn(all).ok().text();
    }

    /** What the command prints with --json. */
    private static String data(String port) {
        return daemon.api().get("/cairn/explain/port?port=" + port).text();
    }

    private static Result trace(String... words) {
        String[] all = new String[words.length + 2];
        all[0] = "net";
        all[1] = "trace";
        System.arraycopy(words, 0, all, 2, words.length);
        return daemon.cairn(all);
    }

    // ---- ports of the host

    @Test
    void aPortThatWorksIsFollowedFromEachSideToTheProgram() {
        serve("web", "80", "-p", "80");
        String port = published("web", "80");
        String bridge = daemon.bridge();
        String text = port(port);
        assertThat(text)
                .startsWith("0.0.0.0:" + port + ", [::]:" + port + "/tcp leads to container web, process ")
                .contains("(httpd -f -p 80) listens at [::]:80")
                .contains("From another host\n")
                .contains("iifname != \"" + bridge + "\" fib daddr type local jump published")
                .contains("dnat ip to meta l4proto . th dport map @any")
                .containsPattern("tcp \\. " + port + " : [0-9.]+ \\. 80")
                .contains("From this host, to [::1]\n")
                .containsPattern("cairn-ports   cairn-ports, process \\d+, takes it at \\[::]:" + port)
                .containsPattern("link +veth[0-9a-f]+, plugged into " + bridge)
                .contains("eth0 in web has " + daemon.subnet() + ".")
                .doesNotContain("STOP", "What to do");
        assertThat(port(port, "--json"))
                .contains("\"Container\": \"web\"", "\"Reached\": true", "\"Protocol\": \"tcp\"")
                .doesNotContain("\"Passes\": false", "\"stops\"");
        // Only what was asked for.
        assertThat(port("127.0.0.1:" + port))
                .contains("From this host, to 127.0.0.1")
                .doesNotContain("From another host", "[::1]");
        assertThat(port("[::1]:" + port)).contains("From this host, to [::1]").doesNotContain("127.0.0.1");
        docker.ok("pause", "web");
        assertThat(port(port)).contains("but web is paused", "cairn unpause web");
        docker.ok("unpause", "web");
    }

    /** A family with an address of its own is told by itself. */
    @Test
    void ipv6IsFollowedToTheContainersOwnAddress() {
        String id = docker.ok("network", "create", "--ipv6", "six");
        run("web", new String[] {"--network", "six", "-p", "7"}, "probe", "/probe", "echo", "7");
        Wait.until(SOON, () -> "ready", () -> docker.ok("logs", "web").equals("ready"));
        String port = published("web", "7");
        String address = docker.ok("inspect", "-f", "{{.NetworkSettings.Networks.six.GlobalIPv6Address}}", "web");
        String table = "cairn_br_" + id.substring(0, 12);
        assertThat(port(port))
                .contains("0.0.0.0:" + port + "/tcp leads to container web, process ")
                .contains("[::]:" + port + "/tcp leads to container web, process ")
                .contains("ip6 " + table + ", chain prerouting: what is for the host is looked up")
                .contains("ip6 " + table + ", map any: it becomes [" + address + "]:7")
                .contains("tcp . " + port + " : " + address + " . 7")
                .contains("the kernel forwards IPv6")
                .contains("eth0 in web has " + address)
                .doesNotContain("STOP", "What to do");
        assertThat(port("[::1]:" + port))
                .contains("From this host, to [::1]", "takes it at [::]:" + port)
                .doesNotContain("0.0.0.0:" + port, "another host");
        assertThat(daemon.cairn("explain", "network", "six").ok().text())
                .contains("ip6 map any", "port " + port + "/tcp of the host leads to [" + address + "]:7");
    }

    @Test
    void aRoutedNetworkIsExplainedAndTraced() {
        docker.ok("network", "create", "-o", "com.docker.network.bridge.gateway_mode_ipv4=routed", "routed");
        docker.ok("network", "create", "other");
        serve("web", "80", "--network", "routed", "-p", "18587:80");
        serve("shut", "80", "--network", "routed");
        sleeper("one", "--network", "other");
        String address = docker.ok("inspect", "-f", "{{.NetworkSettings.Networks.routed.IPAddress}}", "web");
        assertThat(daemon.cairn("explain", "network", "routed").ok().text())
                .contains(
                        ", gateway mode routed",
                        "port 80/tcp of " + address + " is open to others",
                        "published ports may be reached at containers' own addresses",
                        "pings and messages of routers may come in",
                        "nothing else comes in from elsewhere");
        assertThat(trace("one", "web", "80").ok().text())
                .contains("routed is routed", "80/tcp, which web publishes, come in to routed")
                .containsPattern("ok    connect +\\S+ from one: connected");
        assertThat(trace("one", "shut").ok().text()).contains("lets a ping come in to routed");
        Result shut = trace("one", "shut", "80");
        assertThat(shut.exit()).isEqualTo(1);
        assertThat(shut.text())
                .contains("the firewall lets only published ports come in to routed, and shut does not publish 80/tcp")
                .containsPattern("STOP  connect +\\S+ from one: no answer");
        // Of the host's ports only that of IPv6 is taken, which is relayed.
        assertThat(port("127.0.0.1:18587"))
                .contains(
                        "nothing on this host holds 127.0.0.1:18587/tcp: the network of container web, which is reached at "
                                + address + ":80, is routed")
                .contains("speak to the container's own address");
        docker.ok(
                "network",
                "create",
                "--internal",
                "-o",
                "com.docker.network.bridge.gateway_mode_ipv4=isolated",
                "alone");
        serve("lonely", "80", "--network", "alone");
        assertThat(trace("lonely", "host").text()).contains("the host has no address on the networks of lonely");
        sleeper("hosted", "--network", "host");
        assertThat(trace("hosted", "lonely", "80").text())
                .contains("the host has no address on alone, whose gateway mode is isolated");
    }

    @Test
    void datagramsToo() {
        run("echo", new String[] {"-p", "7/udp"}, "probe", "/probe", "echo", "7");
        Wait.until(SOON, () -> "ready", () -> docker.ok("logs", "echo").equals("ready"));
        String port = published("echo", "7/udp");
        assertThat(port(port + "/udp")).contains("leads to container echo", "udp . " + port + " : ");
        assertThat(port(port)).startsWith("nothing on this host holds " + port + "/tcp");
    }

    @Test
    void whatListensOnItsOwnLoopbackOnlyIsNamedAsTheMistake() {
        serve("shy", "127.0.0.1:80", "-p", "80");
        String port = published("shy", "80");
        assertThat(port(port))
                .contains("but nothing listens on 80/tcp in shy for its address " + daemon.subnet() + ".")
                .contains("(httpd -f -p 127.0.0.1:80) listens on 127.0.0.1:80 only")
                .contains("STOP  listener")
                .contains("What to do\n  have the program listen on all addresses (0.0.0.0)");
        assertThat(data(port)).contains("\"Reached\":false", "\"State\":\"stops\"");
    }

    @Test
    void nothingThatListensAndTheWrongPortAreTold() {
        sleeper("idle", "-p", "80");
        assertThat(port(published("idle", "80"))).contains("nothing listens on 80/tcp in idle, nor on any other port");
        serve("wrong", "8000", "-p", "80");
        assertThat(port(published("wrong", "80")))
                .contains("nothing listens on 80/tcp in wrong; it listens on [::]:8000")
                .contains("use the port that the program listens on");
    }

    @Test
    void aPortOfTheLoopbackIsClosedToOthers() {
        serve("private", "80", "-p", "127.0.0.1::80");
        String port = published("private", "80");
        assertThat(port(port))
                .contains("leads to container private", "; not for packets from another host")
                .contains("STOP  host          the port is bound to 127.0.0.1:" + port
                        + " only, the host's own loopback");
        assertThat(data(port)).contains("\"Passes\":false", "\"Passes\":true", "\"Reached\":true");
    }

    @Test
    void whoeverElseHasThePortIsNamed() throws IOException {
        String port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = Integer.toString(socket.getLocalPort());
            long self = ProcessHandle.current().pid();
            assertThat(port(port))
                    .contains(":" + port + "/tcp is held by no container, but by process " + self + " (")
                    .contains("end that process first, or take another port");
            assertThat(data(port)).contains("\"Pid\":" + self, "\"Container\":\"\"");
        }
        // Containers that would have it, or have it on their own side only.
        docker.ok("create", "--name", "later", "-p", port + ":80", "busybox");
        assertThat(port(port)).contains("container later publishes it when it runs", "cairn start later");
        docker.ok("rm", "later");
        serve("secret", port);
        assertThat(port(port)).contains("in container secret a program listens on that port, which is not published");
        docker.ok("rm", "-f", "secret");
        serve("hosted", "127.0.0.1:" + port, "--network", "host");
        assertThat(port(port)).contains("is held by container hosted, which uses the host's network: process");
        assertThat(daemon.cairn("explain", "port", "x").err()).contains("invalid port \"x\"");
    }

    @Test
    void chainsOfOthersThatDropAreListed() {
        serve("web", "80", "-p", "80");
        // Its rule takes everything: the policy is never come to.
        Command.run(
                        "nft",
                        "add table inet " + CHAIN + "; add chain inet " + CHAIN
                                + " over { type filter hook forward priority 300; policy drop; };"
                                + " add rule inet " + CHAIN + " over accept")
                .ok();
        try {
            assertThat(port(published("web", "80")))
                    .contains("note  firewall      somebody else's chain inet " + CHAIN + " over drops what")
                    .contains("Chains of others that drop what their rules do not accept\n  inet " + CHAIN + " over")
                    .contains("leads to container web");
        } finally {
            Command.run("nft", "delete", "table", "inet", CHAIN).ok();
        }
    }

    // ---- from one to another

    @Test
    void onOneNetworkContainersReachEachOther() {
        docker.ok("network", "create", "own");
        sleeper("one", "--network", "own");
        serve("two", "80", "--network", "own");
        Result reached = trace("one", "two", "80");
        assertThat(reached.exit()).isZero();
        assertThat(reached.text())
                .startsWith("one reaches two at ")
                .contains("ok    name          the name service of one (127.0.0.11) knows two by the network own")
                .contains("one and two are both on own, driver bridge")
                .contains("(httpd -f -p 80) listens at [::]:80")
                .containsPattern("ok    connect +[0-9.]+:80 from one: connected, after")
                .doesNotContain("STOP");
        assertThat(trace("one", "two", "80", "--json").ok().text())
                .contains("\"Reached\": true", "\"Result\": \"connected\"", "\"Port\": \"80/tcp\"");
        // Without a port, to an address, to the gateway, and to itself.
        assertThat(trace("one", "two").ok().text()).contains("it answers a ping");
        String address = docker.ok("inspect", "-f", "{{.NetworkSettings.Networks.own.IPAddress}}", "two");
        assertThat(trace("one", address, "80").ok().text())
                .contains("connected")
                .doesNotContain("name service");
        assertThat(trace("one", "own").ok().text()).contains("is the host's address on own");
        assertThat(trace("two", "two", "80").ok().text()).contains("have one network namespace");

        Result closed = trace("one", "two", "81");
        assertThat(closed.exit()).isEqualTo(1);
        assertThat(closed.text())
                .contains("nothing listens on 81/tcp in two; it listens on [::]:80")
                .containsPattern("STOP  connect +\\S+ from one: refused");
        docker.ok("stop", "-t", "0", "two");
        Result stopped = trace("one", "two", "80");
        assertThat(stopped.exit()).isEqualTo(1);
        assertThat(stopped.text()).contains("two does not run: it is exited", "cairn start two");
        assertThat(trace("one", "nobody", "80").exit()).isEqualTo(2);
        assertThat(trace("nobody", "one").exit()).isEqualTo(2);
    }

    @Test
    void betweenNetworksTheFirewallIsNamed() {
        String right = docker.ok("network", "create", "right");
        docker.ok("network", "create", "left");
        sleeper("one", "--network", "left");
        serve("two", "80", "--network", "right", "-p", "80");
        Result apart = trace("one", "two", "80");
        assertThat(apart.exit()).isEqualTo(1);
        assertThat(apart.text())
                .startsWith("one does not reach two at ")
                .contains("one is on the network left, two on the network right: none is common to both")
                .contains("does not know two")
                .contains("table ip cairn_br_" + right.substring(0, 12) + ": ip daddr ", " drop\n")
                .containsPattern("STOP  connect +\\S+ from one: no answer")
                .contains("cairn network connect right one; or use port " + published("two", "80") + " of the host");
        assertThat(daemon.cairn("network", "trace", "one", "two", "80", "--json")
                        .text())
                .contains("\"Reached\": false", "\"Result\": \"no answer\"", "\"State\": \"stops\"");
        docker.ok("network", "connect", "right", "one");
        assertThat(trace("one", "two", "80").exit()).isZero();
        // The other way round the names are there, and nothing listens.
        assertThat(trace("two", "one", "80").text())
                .contains("nothing listens on 80/tcp in one, nor on any other port");
    }

    @Test
    void aNetworkThatKeepsItsContainersApartIsNamed() {
        docker.ok("network", "create", "-o", "com.docker.network.bridge.enable_icc=false", "apart");
        sleeper("one", "--network", "apart");
        serve("two", "80", "--network", "apart");
        Result apart = trace("one", "two", "80");
        assertThat(apart.exit()).isEqualTo(1);
        assertThat(apart.text())
                .contains("apart keeps its containers apart (com.docker.network.bridge.enable_icc=false)")
                .containsPattern("ports veth[0-9a-f]+ and veth[0-9a-f]+ of br-[0-9a-f]+ are isolated");
    }

    @Test
    void nothingLeadsOutOfAnInternalNetwork() {
        docker.ok("network", "create", "--internal", "inner");
        sleeper("one", "--network", "inner");
        Result out = trace("one", "192.0.2.1", "80");
        assertThat(out.exit()).isEqualTo(1);
        assertThat(out.text())
                .contains("one has no route to 192.0.2.1: it is on internal networks only")
                .contains("with a network that is not internal");
        assertThat(daemon.api().get("/cairn/trace?from=one&to=192.0.2.1").text())
                .contains("\"Reached\":false", "\"Kind\":\"ping\"");
    }

    @Test
    void theHostIsReachedWhereItListens() throws IOException {
        sleeper("one");
        try (ServerSocket socket = new ServerSocket(0)) {
            Result host = trace("one", "host", Integer.toString(socket.getLocalPort()));
            assertThat(host.text())
                    .contains("one reaches host at " + daemon.subnet() + ".1:", "is the host's address on bridge");
            assertThat(host.exit()).isZero();
        }
        sleeper("two");
        assertThat(trace("one", "two").ok().text())
                .contains("note  name          names of containers are not resolved in one");
        sleeper("none", "--network", "none");
        assertThat(trace("none", "two").text()).contains("none is on no network");
        serve("shy", "127.0.0.1:80");
        assertThat(trace("one", "shy", "80").text()).contains("listens on 127.0.0.1:80 only", ": refused");
        run("beside", new String[] {"--network", "container:shy"}, "busybox", "sleep", "1000");
        assertThat(trace("beside", "shy").ok().text()).contains("beside and shy have one network namespace");
    }

    @Test
    void aContainerCalledPortIsStillExplained() {
        sleeper("port");
        assertThat(daemon.cairn("explain", "port").ok().text()).startsWith("Container port");
        assertThat(daemon.cairn("explain", "port", "/etc/hosts").ok().text()).contains("/etc/hosts is on the mount");
    }
}
