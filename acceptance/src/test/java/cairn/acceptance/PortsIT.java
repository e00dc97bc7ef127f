package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Published ports: what they look like, from where they can be reached and from where not, and that they outlive the daemon. */
final class PortsIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static LeakLedger before;
    private static Neighbour neighbour;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("Docker's daemon runs in a network namespace of its own here");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
        Images.importProbe(daemon, "probe");
        daemon.awaitWarm();
        before = LeakLedger.of(daemon);
        neighbour = new Neighbour(daemon, 'n', 215);
        neighbour.ip("route add default via " + neighbour.host());
        neighbour.ip("route add default via " + neighbour.host6());
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
    void removeContainers() {
        if (daemon.isRunning()) {
            daemon.removeContainers();
            docker.run("network", "prune", "-f");
        }
    }

    /** A container that sends back what comes to its port 7, over IPv6 in capitals. */
    private static void echo(String name, String... flags) {
        String[] words = new String[flags.length + 8];
        System.arraycopy(new String[] {"run", "-d", "--name", name}, 0, words, 0, 4);
        System.arraycopy(flags, 0, words, 4, flags.length);
        System.arraycopy(new String[] {"probe", "/probe", "echo", "7"}, 0, words, 4 + flags.length, 4);
        docker.ok(words);
        Wait.until(SOON, () -> "ready", () -> docker.ok("logs", name).equals("ready"));
    }

    private static int published(String name, String port) {
        String first = docker.run("port", name, port).ok().lines().getFirst();
        return Integer.parseInt(first.substring(first.lastIndexOf(':') + 1));
    }

    private static String say(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 2000);
            return say(socket, "hello");
        } catch (IOException e) {
            return "";
        }
    }

    private static String say(Socket socket, String text) throws IOException {
        socket.setSoTimeout(5000);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return new String(socket.getInputStream().readNBytes(text.length()), StandardCharsets.UTF_8);
    }

    private static String sayDatagram(String host, int port) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(5000);
            // A connected socket hears only the address that it wrote to.
            socket.connect(InetAddress.getByName(host), port);
            socket.send(new DatagramPacket(new byte[] {'h', 'i'}, 2));
            DatagramPacket answer = new DatagramPacket(new byte[10], 10);
            socket.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
        }
    }

    /** From a busybox container, or with its network from the container `in`. */
    private static String sayFrom(String network, String host, int port) {
        return docker.runWithInput(
                        "hello",
                        "run",
                        "-i",
                        "--rm",
                        "--network",
                        network,
                        "busybox",
                        "sh",
                        "-c",
                        "(cat; sleep 1) | nc -w 2 %s %d".formatted(host, port))
                .text();
    }

    private static String sayFromNeighbour(String host, int port) {
        return neighbour
                .run(
                        "timeout",
                        "3",
                        "sh",
                        "-c",
                        "(echo hello; sleep 0.5) | busybox nc -w 1 %s %d".formatted(host, port))
                .text();
    }

    @Test
    void everySpellingIsPublishedAndShown() {
        docker.ok(
                ("run -d --name spellings -p 80 -p 53/udp -p 127.0.0.1::81 -p [::1]:18470:82 -p 127.0.0.1:18471:83 -p 127.0.0.2:18471:83"
                                + " -p 18472-18474:90-92 -p 18472-18480:99 -p 0.0.0.0:18490:84 --expose 7000 --expose 7001/udp busybox"
                                + " sleep 1000")
                        .split(" "));
        String ports = docker.ok("port", "spellings");
        assertThat(ports.lines())
                .contains(
                        "82/tcp -> [::1]:18470",
                        "90/tcp -> 0.0.0.0:18472",
                        "91/tcp -> 0.0.0.0:18473",
                        "92/tcp -> [::]:18474",
                        // The first of the range that is free.
                        "99/tcp -> 0.0.0.0:18475",
                        "99/tcp -> [::]:18475",
                        "84/tcp -> 0.0.0.0:18490")
                .doesNotContain("84/tcp -> [::]:18490")
                .hasSize(17);
        // Random ports are the same for both families: clients take the first they find.
        for (String port : List.of("80/tcp", "53/udp")) {
            int number = published("spellings", port);
            assertThat(ports)
                    .contains("%s -> 0.0.0.0:%d\n".formatted(port, number))
                    .contains("%s -> [::]:%d".formatted(port, number));
            assertThat(number).isBetween(1024, 65535);
        }
        assertThat(docker.inspect("spellings", "{{json .NetworkSettings.Ports}}"))
                .contains(
                        "\"7000/tcp\":null",
                        "\"7001/udp\":null",
                        "\"84/tcp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"18490\"}]");
        assertThat(docker.inspect("spellings", "{{json .HostConfig.PortBindings}}"))
                .contains("\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"\"}]", "\"HostPort\":\"18472-18480\"");
        assertThat(docker.ok("ps", "--format", "{{.Ports}}"))
                .contains("7000/tcp", "0.0.0.0:18474->92/tcp, [::]:18474->92/tcp", "[::1]:18470->82/tcp")
                .isEqualTo(daemon.cairn("ps", "--format", "{{.Ports}}").text());
        assertThat(daemon.cairn("port", "spellings").text()).isEqualTo(ports);
        for (String port : List.of("90", "80/tcp", "7000", "1/udp")) {
            Result expected = docker.run("port", "spellings", port);
            Result ours = daemon.cairn("port", "spellings", port);
            assertThat(ours.out()).as(port).isEqualTo(expected.out());
            assertThat(ours.exit()).as(port).isEqualTo(expected.exit());
        }

        assertThat(docker.ok("ps", "-q", "--filter", "publish=18473")).isNotEmpty();
        assertThat(docker.ok("ps", "-q", "--filter", "publish=18480-18490/tcp")).isNotEmpty();
        assertThat(docker.ok("ps", "-q", "--filter", "publish=18473/udp")).isEmpty();
        assertThat(docker.ok("ps", "-q", "--filter", "expose=7000-7010/tcp")).isNotEmpty();
        assertThat(docker.ok("ps", "-q", "--filter", "expose=7001")).isEmpty();
        docker.run("ps", "--filter", "publish=x").fails(1);

        docker.ok("stop", "-t", "0", "spellings");
        assertThat(docker.inspect("spellings", "{{json .NetworkSettings.Ports}}"))
                .isEqualTo("{}");
        assertThat(docker.ok("ps", "-a", "--format", "{{.Ports}}")).isEmpty();
    }

    @Test
    void allExposedPortsArePublishedAtRandom() {
        docker.ok(
                "run",
                "-d",
                "--name",
                "all",
                "-P",
                "--expose",
                "7",
                "--expose",
                "8/udp",
                "-p",
                "18500:9",
                "busybox",
                "sleep",
                "1000");
        assertThat(docker.run("port", "all").ok().lines()).hasSize(6).contains("9/tcp -> 0.0.0.0:18500");
        assertThat(published("all", "8/udp")).isNotEqualTo(published("all", "7"));
    }

    @Test
    void fromEverywhereButWhereItMustNot() throws IOException {
        echo("server", "-p", "18510:7", "-p", "18510:7/udp", "-p", "127.0.0.1:18511:7", "-p", "[::1]:18512:7");
        String container = docker.inspect("server", "{{.NetworkSettings.IPAddress}}");
        String gateway = daemon.subnet() + ".1";
        for (String host : List.of("127.0.0.1", "::1", gateway, neighbour.host())) {
            assertThat(say(host, 18510)).as(host).isEqualTo("hello");
            assertThat(sayDatagram(host, 18510)).as(host).isEqualTo("hi");
        }
        assertThat(say("127.0.0.1", 18511)).isEqualTo("hello");
        assertThat(say("::1", 18512)).isEqualTo("hello");
        assertThat(say(gateway, 18511)).isEmpty();

        assertThat(sayFrom("bridge", gateway, 18510)).isEqualTo("hello");
        assertThat(sayFrom("bridge", neighbour.host(), 18510)).isEqualTo("hello");
        assertThat(sayFrom("bridge", container, 7)).isEqualTo("hello");
        assertThat(sayFrom("container:server", gateway, 18510)).as("to itself").isEqualTo("hello");
        assertThat(sayFrom("bridge", gateway, 18511)).isEmpty();

        assertThat(sayFromNeighbour(neighbour.host(), 18510)).isEqualTo("hello");
        // Not what is bound to the loopback, also if the neighbour sends it along; nor a container that is behind the
        // host.
        assertThat(sayFromNeighbour(neighbour.host(), 18511)).isEmpty();
        assertThat(sayFromNeighbour(container, 7)).isEmpty();
        neighbour.run("sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1").ok();
        neighbour.ip("route add 127.0.0.1/32 via " + neighbour.host() + " table 77");
        neighbour.ip("rule add to 127.0.0.1 lookup 77 pref 0");
        assertThat(sayFromNeighbour("127.0.0.1", 18511)).isEmpty();
    }

    @Test
    void whoHasThePortIsTold() throws IOException {
        docker.ok("run", "-d", "--name", "first", "-p", "18520:80", "busybox", "sleep", "1000");
        String first = docker.inspect("first", "{{.Id}}").substring(0, 12);
        Result second = docker.run("run", "--name", "second", "-p", "127.0.0.1:18520:80", "busybox", "true");
        assertThat(second.fails(125).err())
                .contains(
                        "failed to set up container networking: driver failed programming external connectivity on endpoint second (")
                .contains("): Bind for 127.0.0.1:18520 failed: port is already allocated by container first (" + first
                        + ")");
        assertThat(docker.inspect("second", "{{.State.Status}} {{.State.ExitCode}} {{json .NetworkSettings.Ports}}"))
                .isEqualTo("created 128 {}");
        assertThat(docker.inspect("second", "{{.State.Error}}")).contains("port is already allocated");
        assertThat(daemon.api().post("/containers/second/start", "").status()).isEqualTo(500);

        try (ServerSocket taken = new ServerSocket(18521, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(docker.run("run", "--rm", "-p", "18521:80", "busybox", "true")
                            .fails(125)
                            .err())
                    .contains("failed to bind host port 0.0.0.0:18521/tcp: address already in use by process "
                            + ProcessHandle.current().pid() + " (")
                    .contains("java");
            assertThat(taken.isBound()).isTrue();
        }
        assertThat(docker.run("run", "--rm", "-p", "203.0.113.7:18522:80", "busybox", "true")
                        .fails(125)
                        .err())
                .contains("failed to bind host port 203.0.113.7:18522/tcp: cannot assign requested address");
        docker.ok("rm", "-f", "first");
        docker.ok("start", "second");
        // What Cairn holds nobody else gets.
        docker.ok("run", "-d", "-p", "18523:80", "busybox", "sleep", "1000");
        assertThat(Command.run("timeout", "1", "busybox", "nc", "-l", "-p", "18523")
                        .err())
                .contains("Address already in use");
    }

    @Test
    void wherePortsHaveNoMeaning() {
        Result host = docker.run("run", "--rm", "--network", "host", "-p", "18530:80", "busybox", "true");
        assertThat(host.ok().err()).contains("Published ports are discarded when using host network mode");
        docker.ok("run", "--rm", "--network", "none", "-p", "18530:80", "busybox", "true");
        String body = "{\"Image\":\"busybox\",\"HostConfig\":{%s}}";
        assertThat(daemon.api()
                        .post(
                                "/containers/create",
                                body.formatted(
                                        "\"NetworkMode\":\"container:x\",\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"1\"}]}"))
                        .text())
                .contains("conflicting options: port publishing and the container type network mode");
        for (String wrong : List.of(
                "{\"80/tcp\":[{\"HostPort\":\"x\"}]}",
                "{\"80/tcp\":[{\"HostPort\":\"65536\"}]}",
                "{\"80/icmp\":[{\"HostPort\":\"1\"}]}",
                "{\"0/tcp\":[{\"HostPort\":\"1\"}]}",
                "{\"80/tcp\":[{\"HostPort\":\"9-8\"}]}",
                "{\"80/tcp\":[{\"HostIp\":\"localhost\",\"HostPort\":\"1\"}]}")) {
            assertThat(daemon.api()
                            .post("/containers/create", body.formatted("\"PortBindings\":" + wrong))
                            .status())
                    .as(wrong)
                    .isEqualTo(400);
        }
    }

    @Test
    void portsAndConnectionsOutliveTheDaemon() throws IOException {
        echo("lives", "-p", "18540:7", "-p", "7/udp");
        docker.ok("run", "-d", "--name", "dies", "-p", "18541:7", "busybox", "sleep", "1000");
        int random = published("lives", "7/udp");
        String pid = docker.inspect("dies", "{{.State.Pid}}");
        try (Socket direct = new Socket(neighbour.host(), 18540);
                Socket relayed = new Socket("127.0.0.1", 18540)) {
            assertThat(say(direct, "one")).isEqualTo("one");
            assertThat(say(relayed, "one")).isEqualTo("one");
            daemon.kill();
            assertThat(say(direct, "two")).isEqualTo("two");
            assertThat(say(relayed, "two")).isEqualTo("two");
            assertThat(say("::1", 18540)).isEqualTo("hello");
            assertThat(sayFromNeighbour(neighbour.host(), 18540)).isEqualTo("hello");
            Command.run("kill", "-KILL", pid).ok();
            daemon.start();
            assertThat(say(direct, "three")).isEqualTo("three");
            assertThat(say(relayed, "three")).isEqualTo("three");
        }
        assertThat(published("lives", "7/udp")).isEqualTo(random);
        assertThat(sayDatagram("127.0.0.1", random)).isEqualTo("hi");
        assertThat(say("127.0.0.1", 18540)).isEqualTo("hello");
        // That of the container which ended meanwhile is free again.
        docker.ok("run", "--rm", "-p", "18541:7", "busybox", "true");
        docker.ok("restart", "-t", "0", "lives");
        assertThat(published("lives", "7/tcp")).isEqualTo(18540);
        docker.ok("rm", "-f", "lives");
        assertThat(say("127.0.0.1", 18540)).isEmpty();
        assertThat(firewall()).doesNotContain("18540");
    }

    /** Not a byte of a stream, not a datagram and not a connection is lost, by whichever way. */
    @Test
    void trafficGoesOnWhileTheDaemonIsReplaced() throws Exception {
        echo("busy", "-p", "18545:7", "-p", "18545:7/udp");
        AtomicBoolean ended = new AtomicBoolean();
        List<Future<Integer>> traffic = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (String host : List.of("127.0.0.1", "::1", neighbour.host())) {
                traffic.add(threads.submit(() -> lines(host, 18545, ended)));
                traffic.add(threads.submit(() -> datagrams(host, 18545, ended)));
                traffic.add(threads.submit(() -> connections(host, 18545, ended)));
            }
            try {
                daemon.restart();
                docker.ok("run", "--rm", "-p", "18546:7", "busybox", "true");
                daemon.kill();
                daemon.start();
                docker.ok("run", "--rm", "-p", "18546:7", "busybox", "true");
                NetworkAgreement.await(daemon);
            } finally {
                ended.set(true);
            }
        }
        for (Future<Integer> each : traffic) {
            assertThat(each.get()).isGreaterThan(10);
        }
    }

    /** Numbered lines over one connection; how many came back. */
    private static int lines(String host, int port, AtomicBoolean ended) throws IOException {
        int number = 0;
        try (Socket socket = new Socket(host, port)) {
            while (!ended.get()) {
                String line = "line " + number++ + "\n";
                assertThat(say(socket, line)).isEqualTo(line);
            }
        }
        return number;
    }

    /** Numbered datagrams, each once, from one socket; how many came back. */
    private static int datagrams(String host, int port, AtomicBoolean ended) throws IOException {
        int number = 0;
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(5000);
            socket.connect(InetAddress.getByName(host), port);
            while (!ended.get()) {
                byte[] sent = ("datagram " + number++).getBytes(StandardCharsets.UTF_8);
                socket.send(new DatagramPacket(sent, sent.length));
                DatagramPacket answer = new DatagramPacket(new byte[100], 100);
                socket.receive(answer);
                assertThat(Arrays.copyOf(answer.getData(), answer.getLength())).isEqualTo(sent);
            }
        }
        return number;
    }

    /** A connection after the other. */
    private static int connections(String host, int port, AtomicBoolean ended) throws IOException {
        int number = 0;
        while (!ended.get()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, port), 5000);
                assertThat(say(socket, "hello")).isEqualTo("hello");
            }
            number++;
            // Ports of ended connections rest for a minute: no more of them than there are.
            Wait.pause(Duration.ofMillis(2));
        }
        return number;
    }

    private static String firewall() {
        return Command.run(
                        "nft", "list", "table", "ip", "cairn_" + daemon.bridge().replace('-', '_'))
                .out();
    }

    @Test
    void aFlushedFirewallIsRepaired() {
        echo("flushed", "-p", "18550:7");
        String table = "cairn_" + daemon.bridge().replace('-', '_');
        String whole = firewall();
        assertThat(whole).contains("18550");
        for (String damage :
                List.of("delete table ip " + table, "flush table ip " + table, "flush map ip " + table + " any")) {
            Command.run("nft", damage).ok();
            assertThat(firewall()).isNotEqualTo(whole);
            // Meanwhile the process that holds the port carries the traffic.
            assertThat(say(neighbour.host(), 18550)).isEqualTo("hello");
            Wait.until(
                    Duration.ofSeconds(5),
                    () -> "repair after " + damage,
                    () -> firewall().equals(whole));
        }
        assertThat(sayFromNeighbour(neighbour.host(), 18550)).isEqualTo("hello");
    }

    @Test
    void thePortsHolderIsReplaced() {
        echo("held", "-p", "18560:7");
        String holder = holder();
        Command.run("kill", "-KILL", holder).ok();
        Wait.until(SOON, () -> "the port in new hands", () -> say("::1", 18560).equals("hello"));
    }

    // ---- IPv6

    private static String six(String container, String network) {
        return docker.inspect(container, "{{(index .NetworkSettings.Networks \"" + network + "\").GlobalIPv6Address}}");
    }

    private static String four(String container, String network) {
        return docker.inspect(container, "{{(index .NetworkSettings.Networks \"" + network + "\").IPAddress}}");
    }

    private static String gateway(String network, int family) {
        return docker.ok(
                "network", "inspect", "-f", "{{(index .IPAM.Config " + (family == 6 ? 1 : 0) + ").Gateway}}", network);
    }

    private static String table(String network) {
        return "cairn_br_" + docker.ok("network", "inspect", "-f", "{{slice .Id 0 12}}", network);
    }

    private static List<String> ports(String container) {
        return docker.run("port", container).ok().lines();
    }

    /** The process that holds this daemon's ports. */
    private static String holder() {
        String socket = daemon.execRoot().resolve("ports.sock").toString();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").endsWith(socket))
                .map(process -> Long.toString(process.pid()))
                .findFirst()
                .orElseThrow();
    }

    private static void leadsOut(String network) {
        docker.ok("run", "--rm", "--network", network, "busybox", "ping", "-c1", "-W2", neighbour.address());
    }

    /** Connection tracking leads each datagram of a flow where the first one went, for as long as they keep coming. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatKeepsSendingReachesWhateverContainerHasThePort(boolean v6) throws IOException {
        String third = daemon.subnet().substring("10.214.".length());
        docker.ok(
                "network",
                "create",
                "--ipv6",
                "--subnet",
                "10.219." + third + ".0/24",
                "--subnet",
                "fd00:219:" + third + "::/64",
                "flows");
        echo("first", "--network", "flows", "-p", "18595:7/udp");
        String old = address("first", v6);
        String flag = v6 ? "--ip6" : "--ip";
        String host = v6 ? neighbour.host6() : neighbour.host();
        String program = """
                import socket, time
                s = socket.socket(socket.%s, socket.SOCK_DGRAM)
                s.bind(("", 18596))
                s.connect(("%s", 18595))
                s.settimeout(0.2)
                number = 0
                while True:
                    number += 1
                    try:
                        s.send(b"hi %%d" %% number)
                        # Late answers lie where they are while errors come.
                        while (answer := s.recv(99).decode().split())[1] != str(number):
                            pass
                        print(answer[0], flush=True)
                    except OSError as e:
                        print("nothing", flush=True)
                        time.sleep(0.1)
                """.formatted(v6 ? "AF_INET6" : "AF_INET", host);
        List<String> words = new ArrayList<>(neighbour.prefix());
        words.addAll(List.of("timeout", "60", "python3", "-u", "-c", program));
        try (Command client = Command.start(Map.of(), words)) {
            String answer = v6 ? "HI" : "hi";
            awaitNext(client, answer);
            docker.ok("rm", "-f", "first");
            awaitNext(client, "nothing");
            // What comes to the old address now is not for whoever has it.
            docker.ok("run", "-d", "--name", "stranger", "--network", "flows", flag, old, "busybox", "sleep", "1000");
            echo("second", "--network", "flows", "-p", "18595:7/udp");
            String now = address("second", v6);
            assertThat(now).isNotEqualTo(old);
            awaitNext(client, answer);
            // At first the answers may be relayed.
            String asked = "dst=" + tracked(host) + " sport=18596 dport=18595";
            Wait.until(
                    SOON,
                    () -> "its flow leads to the container: " + flows(asked),
                    () -> flows(asked).contains("src=" + tracked(now)));

            docker.ok("rm", "-f", "second", "stranger");
            awaitNext(client, "nothing");
            echo("stranger", "--network", "flows", flag, old);
            echo("third", "--network", "flows");
            assertThat(next(client, 10)).containsOnly("nothing");
        }
    }

    private static String address(String container, boolean v6) {
        return docker.inspect(
                container, "{{.NetworkSettings.Networks.flows." + (v6 ? "GlobalIPv6Address" : "IPAddress") + "}}");
    }

    /** As the kernel writes an address there, all of it. */
    private static String tracked(String address) {
        byte[] bytes = InetAddress.ofLiteral(address).getAddress();
        return bytes.length == 4 ? address : HexFormat.of().formatHex(bytes).replaceAll("(.{4})(?!$)", "$1:");
    }

    /** What connection tracking knows of such. */
    private static String flows(String text) {
        return Command.run("grep", text, "/proc/net/nf_conntrack").out();
    }

    /** So many of the lines that it writes from now on. */
    private static List<String> next(Command client, int count) {
        int before = (int) client.outSoFar().lines().count();
        Wait.until(
                SOON, () -> client.outSoFar(), () -> client.outSoFar().lines().count() >= before + count);
        return client.outSoFar().lines().skip(before).limit(count).toList();
    }

    private static void awaitNext(Command client, String line) {
        Wait.until(SOON, () -> "the client hears " + line, () -> next(client, 2).contains(line));
    }

    @Test
    void ipv6LeadsToTheContainersOwnIpv6Address() throws IOException {
        docker.ok("network", "create", "--ipv6", "six");
        docker.ok("network", "create", "--ipv6", "other");
        echo("server", "--network", "six", "-p", "18562:7", "-p", "18562:7/udp", "-p", "[::1]:18563:7", "-p", "7");
        String random = Integer.toString(published("server", "7/udp"));
        assertThat(random).isEqualTo("18562");
        random = ports("server").stream()
                .filter(line -> line.startsWith("7/tcp -> 0.0.0.0:") && !line.endsWith(":18562"))
                .map(line -> line.substring(line.lastIndexOf(':') + 1))
                .findFirst()
                .orElseThrow();
        assertThat(ports("server"))
                .containsExactlyInAnyOrder(
                        "7/tcp -> 0.0.0.0:18562",
                        "7/tcp -> [::]:18562",
                        "7/tcp -> [::1]:18563",
                        "7/tcp -> 0.0.0.0:" + random,
                        "7/tcp -> [::]:" + random,
                        "7/udp -> 0.0.0.0:18562",
                        "7/udp -> [::]:18562");
        assertThat(daemon.cairn("port", "server").ok().lines()).isEqualTo(ports("server"));
        String six = six("server", "six");
        String gateway6 = gateway("six", 6);
        for (String host : List.of("::1", gateway6, neighbour.host6())) {
            assertThat(say(host, 18562)).as(host).isEqualTo("HELLO");
            assertThat(say(host, Integer.parseInt(random))).as(host).isEqualTo("HELLO");
            assertThat(sayDatagram(host, 18562)).as(host).isEqualTo("HI");
        }
        assertThat(say("127.0.0.1", 18562)).isEqualTo("hello");
        assertThat(say("::1", 18563)).isEqualTo("HELLO");
        // From a container beside it, from itself, and from other networks, with IPv6 and without.
        for (String from : List.of("six", "container:server", "other")) {
            assertThat(sayFrom(from, gateway6, 18562)).as(from).isEqualTo("HELLO");
            assertThat(sayFrom(from, neighbour.host6(), 18562)).as(from).isEqualTo("HELLO");
            assertThat(sayFrom(from, gateway6, 18563)).as(from).isEmpty();
        }
        assertThat(sayFrom("six", six, 7)).isEqualTo("HELLO");
        assertThat(sayFrom("other", six, 7)).isEmpty();
        assertThat(sayFrom("bridge", daemon.subnet() + ".1", 18562)).isEqualTo("hello");

        assertThat(sayFromNeighbour(neighbour.host6(), 18562)).isEqualTo("HELLO");
        assertThat(sayFromNeighbour(neighbour.host6(), 18563)).isEmpty();
        assertThat(sayFromNeighbour(six, 7)).isEmpty();
        // A neighbour that sends ::1 along gets nowhere either.
        neighbour.ip("route add ::1/128 via " + neighbour.host6() + " dev " + neighbour.link() + " table 78");
        neighbour.ip("-6 rule add to ::1 lookup 78 pref 0");
        assertThat(sayFromNeighbour("::1", 18563)).isEmpty();

        String holder = holder();
        Command.run("kill", "-STOP", holder).ok();
        try {
            assertThat(sayFromNeighbour(neighbour.host6(), 18562))
                    .as("by the firewall")
                    .isEqualTo("HELLO");
            assertThat(say(gateway6, 18562)).as("by the firewall").isEqualTo("HELLO");
        } finally {
            Command.run("kill", "-CONT", holder).ok();
        }
        NetworkAgreement.await(daemon);
    }

    @Test
    void rulesOfIpv6ComeBackAfterAKillAndAFlush() {
        docker.ok("network", "create", "--ipv6", "six");
        echo("server", "--network", "six", "-p", "18565:7");
        String table = table("six");
        String whole = Command.run("nft", "list", "table", "ip6", table).ok().out();
        assertThat(whole).contains("tcp . 18565 : " + six("server", "six") + " . 7");
        for (String damage : List.of("delete table ip6 " + table, "flush map ip6 " + table + " any")) {
            Command.run("nft", damage).ok();
            // Meanwhile the process that holds the port carries the traffic, to the same address.
            assertThat(say(neighbour.host6(), 18565)).isEqualTo("HELLO");
            Wait.until(
                    Duration.ofSeconds(5),
                    () -> "repair after " + damage,
                    () -> Command.run("nft", "list", "table", "ip6", table)
                            .out()
                            .equals(whole));
        }
        daemon.kill();
        assertThat(sayFromNeighbour(neighbour.host6(), 18565)).isEqualTo("HELLO");
        Command.run("nft", "delete", "table", "ip6", table).ok();
        daemon.start();
        NetworkAgreement.await(daemon);
        assertThat(Command.run("nft", "list", "table", "ip6", table).ok().out()).isEqualTo(whole);
        assertThat(sayFromNeighbour(neighbour.host6(), 18565)).isEqualTo("HELLO");
        docker.ok("rm", "-f", "server");
        assertThat(Command.run("nft", "list", "table", "ip6", table).ok().out()).doesNotContain("18565");
        docker.ok("network", "rm", "six");
        assertThat(Command.run("nft", "list", "tables").out()).doesNotContain(table);
    }

    /** As with Docker: bindings of IPv4 addresses lead nowhere, and are not there. */
    @Test
    void aNetworkOfIpv6AloneHasNoPortsOnIpv4() throws IOException {
        docker.ok("network", "create", "--ipv4=false", "--ipv6", "only");
        echo("server", "--network", "only", "-p", "18570:7", "-p", "18570:7/udp", "-p", "127.0.0.1:18571:7", "-p", "7");
        assertThat(ports("server"))
                .contains("7/tcp -> [::]:18570", "7/udp -> [::]:18570")
                .hasSize(3)
                .noneMatch(line -> line.contains(".0."));
        assertThat(docker.inspect("server", "{{json (index .NetworkSettings.Ports \"7/udp\")}}"))
                .isEqualTo("[{\"HostIp\":\"::\",\"HostPort\":\"18570\"}]");
        for (String host : List.of("::1", gateway("only", 4), neighbour.host6())) {
            assertThat(say(host, 18570)).as(host).isEqualTo("HELLO");
            assertThat(sayDatagram(host, 18570)).as(host).isEqualTo("HI");
        }
        assertThat(say("127.0.0.1", 18570)).isEmpty();
        assertThat(say("127.0.0.1", 18571)).isEmpty();
        assertThat(sayFrom("only", gateway("only", 4), 18570)).isEqualTo("HELLO");
        assertThat(sayFrom("container:server", gateway("only", 4), 18570)).isEqualTo("HELLO");
        assertThat(sayFromNeighbour(neighbour.host6(), 18570)).isEqualTo("HELLO");
        NetworkAgreement.await(daemon);
        // With a second way out each family has its own, and the ports that are there keep their numbers.
        List<String> before = ports("server");
        docker.ok("network", "create", "four");
        docker.ok("network", "connect", "four", "server");
        assertThat(ports("server")).containsAll(before).contains("7/tcp -> 0.0.0.0:18570", "7/tcp -> 127.0.0.1:18571");
        assertThat(say("127.0.0.1", 18571)).isEqualTo("hello");
        assertThat(say(neighbour.host(), 18570)).isEqualTo("hello");
        assertThat(say("::1", 18570)).isEqualTo("HELLO");
        assertThat(sayFromNeighbour(neighbour.host6(), 18570)).isEqualTo("HELLO");
        daemon.kill();
        daemon.start();
        NetworkAgreement.await(daemon);
        // Without the first one IPv6 is relayed to the other's IPv4 address.
        docker.ok("network", "disconnect", "only", "server");
        assertThat(say("::1", 18570)).isEqualTo("hello");
        assertThat(sayFromNeighbour(neighbour.host6(), 18570)).isEqualTo("hello");
        NetworkAgreement.await(daemon);
    }

    @Test
    void aNetworksHostBindingMayBeOfEitherFamily() {
        String binding = "com.docker.network.bridge.host_binding_ipv4=";
        docker.ok("network", "create", "--ipv6", "-o", binding + "::1", "six");
        docker.ok("network", "create", "--ipv6", "-o", binding + "127.0.0.1", "four");
        docker.ok("network", "create", "--ipv6", "-o", binding + "0.0.0.0", "all");
        for (String network : List.of("six", "four", "all")) {
            docker.ok("run", "-d", "--name", network, "--network", network, "-p", "18575:7", "busybox", "sleep", "100");
            assertThat(ports(network))
                    .isEqualTo(
                            switch (network) {
                                case "six" -> List.of("7/tcp -> [::1]:18575");
                                case "four" -> List.of("7/tcp -> 127.0.0.1:18575");
                                default -> List.of("7/tcp -> 0.0.0.0:18575", "7/tcp -> [::]:18575");
                            });
            docker.ok("rm", "-f", network);
        }
        assertThat(docker.run("network", "create", "-o", binding + "nowhere", "x")
                        .err())
                .contains("failed to parse com.docker.network.bridge.host_binding_ipv4 value: nowhere");
    }

    // ---- gateway modes

    private static final String MODE = "com.docker.network.bridge.gateway_mode_ipv";

    private static boolean neighbourPings(String address) {
        return neighbour.run("busybox", "ping", "-c1", "-W2", address).exit() == 0;
    }

    /** Docker's own example: IPv6 is routed, IPv4 is not. */
    @Test
    void aRoutedFamilyHasItsPortsOpenAtTheContainersOwnAddress() {
        docker.ok("network", "create", "--ipv6", "-o", MODE + "6=routed", "mixed");
        echo("server", "--network", "mixed", "-p", "18580:7");
        echo("shut", "--network", "mixed");
        assertThat(docker.inspect("server", "{{json .NetworkSettings.Ports}}"))
                .isEqualTo(
                        "{\"7/tcp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"18580\"},{\"HostIp\":\"::\",\"HostPort\":\"\"}]}");
        assertThat(ports("server")).containsExactly("7/tcp -> 0.0.0.0:18580", "7/tcp -> [::]:");
        assertThat(daemon.cairn("port", "server").ok().lines()).isEqualTo(ports("server"));
        assertThat(docker.ok("ps", "--filter", "name=server", "--format", "{{.Ports}}"))
                .isEqualTo(daemon.cairn("ps", "--filter", "name=server", "--format", "{{.Ports}}")
                        .text())
                .contains("0.0.0.0:18580->7/tcp");
        String six = six("server", "mixed");
        assertThat(say("127.0.0.1", 18580)).isEqualTo("hello");
        assertThat(say("::1", 18580)).isEmpty();
        assertThat(say(neighbour.host6(), 18580)).isEmpty();
        assertThat(sayFromNeighbour(neighbour.host(), 18580)).isEqualTo("hello");
        assertThat(sayFromNeighbour(four("server", "mixed"), 7)).isEmpty();
        assertThat(sayFromNeighbour(six, 7)).isEqualTo("HELLO");
        assertThat(sayFromNeighbour(six("shut", "mixed"), 7)).isEmpty();
        assertThat(neighbourPings(six("shut", "mixed"))).isTrue();
        NetworkAgreement.await(daemon);
    }

    @Test
    void fromTrustedInterfacesPublishedPortsAreReachedAtContainersOwnAddresses() {
        String option = "com.docker.network.bridge.trusted_host_interfaces";
        assertThat(docker.run("network", "create", "-o", option + "=eth0,eth1", "bad")
                        .err())
                .contains("failed to parse " + option + " value: eth0,eth1 (invalid interface name eth0,eth1)");
        docker.ok("network", "create", "--ipv6", "-o", option + "=nowhere0:" + neighbour.hostLink(), "trusting");
        docker.ok("network", "create", "plain");
        echo("server", "--network", "trusting", "-p", "127.0.0.1:18598:7", "-p", "[::1]:18598:7", "-p", "18599:7");
        echo("shut", "--network", "trusting");
        echo("closed", "--network", "plain", "-p", "7");
        String address = four("server", "trusting");
        assertThat(sayFromNeighbour(address, 7)).isEqualTo("hello");
        // A bridge that is new asks nobody's neighbours before its own address is known to be its alone.
        Wait.until(
                SOON,
                () -> "IPv6",
                () -> sayFromNeighbour(six("server", "trusting"), 7).equals("HELLO"));
        assertThat(sayFromNeighbour(neighbour.host(), 18599)).isEqualTo("hello");
        assertThat(sayFromNeighbour(four("shut", "trusting"), 7)).isEmpty();
        assertThat(sayFromNeighbour(six("shut", "trusting"), 7)).isEmpty();
        assertThat(sayFromNeighbour(four("closed", "plain"), 7)).isEmpty();
        // Others are trusted no more than before, and there is a way out.
        assertThat(sayFrom("plain", address, 7)).isEmpty();
        assertThat(sayFrom("trusting", address, 7)).isEqualTo("hello");
        leadsOut("trusting");
        daemon.restart();
        assertThat(sayFromNeighbour(address, 7)).isEqualTo("hello");
        docker.ok("stop", "-t", "0", "server");
        assertThat(Command.run("nft", "list", "table", "ip", table("trusting"))
                        .ok()
                        .out())
                .doesNotContain(address + " . tcp . 7");
    }

    @Test
    void aRoutedNetworkIsReachedByAllWhoKnowAWay() {
        docker.ok("network", "create", "-o", MODE + "4=routed", "routed");
        docker.ok("network", "create", "-o", MODE + "4=routed", "second");
        docker.ok("network", "create", "plain");
        echo("server", "--network", "routed", "-p", "18582:7", "-p", "127.0.0.1::8");
        echo("shut", "--network", "routed", "-p", "8");
        String address = four("server", "routed");
        String shut = four("shut", "routed");
        assertThat(ports("server")).containsExactly("7/tcp -> 0.0.0.0:", "7/tcp -> [::]:18582", "8/tcp -> 0.0.0.0:");
        assertThat(say("127.0.0.1", 18582)).isEmpty();
        assertThat(say("::1", 18582)).as("relayed to IPv4, as with Docker").isEqualTo("hello");
        assertThat(sayFromNeighbour(address, 7)).isEqualTo("hello");
        assertThat(sayFromNeighbour(shut, 7)).isEmpty();
        assertThat(neighbourPings(shut)).isTrue();
        for (String from : List.of("routed", "second", "plain", "bridge")) {
            assertThat(sayFrom(from, address, 7)).as(from).isEqualTo("hello");
            assertThat(sayFrom(from, shut, 7)).as(from).isEqualTo(from.equals("routed") ? "hello" : "");
        }
        // What leaves keeps its address, and the answers come in.
        leadsOut("routed");
        assertThat(Command.run("nft", "list", "table", "ip", table("routed"))
                        .ok()
                        .out())
                .contains(address + " . tcp . 7", address + " . tcp . 8")
                .doesNotContain("masquerade", "dnat");
        NetworkAgreement.await(daemon);
        daemon.kill();
        assertThat(sayFromNeighbour(address, 7)).isEqualTo("hello");
        daemon.start();
        NetworkAgreement.await(daemon);
        assertThat(ports("server")).containsExactly("7/tcp -> 0.0.0.0:", "7/tcp -> [::]:18582", "8/tcp -> 0.0.0.0:");
        docker.ok("stop", "-t", "0", "server");
        assertThat(Command.run("nft", "list", "table", "ip", table("routed"))
                        .ok()
                        .out())
                .doesNotContain(address + " . tcp . 7");
    }

    @Test
    void whoIsUnprotectedIsReachedFromOtherMachinesAndNotFromOtherNetworks() {
        docker.ok("network", "create", "-o", MODE + "4=nat-unprotected", "unprotected");
        docker.ok("network", "create", "-o", "com.docker.network.bridge.enable_ip_masquerade=false", "unmasked");
        docker.ok("network", "create", "plain");
        echo("open", "--network", "unprotected", "-p", "18584:7");
        echo("unmasked", "--network", "unmasked", "-p", "18585:7");
        assertThat(ports("open")).containsExactly("7/tcp -> 0.0.0.0:18584", "7/tcp -> [::]:18584");
        assertThat(sayFromNeighbour(four("open", "unprotected"), 7)).isEqualTo("hello");
        // Addresses that are seen by others are none that they may speak to.
        assertThat(sayFromNeighbour(four("unmasked", "unmasked"), 7)).isEmpty();
        for (String network : List.of("unprotected", "unmasked")) {
            assertThat(docker.run(
                                    "run",
                                    "--rm",
                                    "--network",
                                    network,
                                    "busybox",
                                    "ping",
                                    "-c1",
                                    "-W2",
                                    neighbour.address())
                            .exit())
                    .isZero();
            String container = network.equals("unmasked") ? network : "open";
            int port = network.equals("unmasked") ? 18585 : 18584;
            assertThat(sayFrom("plain", four(container, network), 7))
                    .as(network)
                    .isEmpty();
            assertThat(sayFrom("plain", neighbour.host(), port)).as(network).isEqualTo("hello");
            assertThat(sayFromNeighbour(neighbour.host(), port)).as(network).isEqualTo("hello");
        }
        NetworkAgreement.await(daemon);
    }

    @Test
    void anIsolatedNetworkIsOutOfTheHostsReach() {
        assertThat(docker.run("network", "create", "-o", MODE + "4=isolated", "x")
                        .err())
                .contains("gateway mode 'isolated' can only be used for an internal network");
        assertThat(docker.run("network", "create", "-o", MODE + "4=sideways", "x")
                        .err())
                .contains("failed to parse " + MODE + "4 value: sideways (unknown gateway mode sideways)");
        String id = docker.ok(
                "network",
                "create",
                "--internal",
                "--ipv6",
                "-o",
                MODE + "4=isolated",
                "-o",
                MODE + "6=isolated",
                "alone");
        String bridge = "br-" + id.substring(0, 12);
        assertThat(docker.ok("network", "inspect", "-f", "{{range .IPAM.Config}}{{.Gateway}}{{end}}", "alone"))
                .isEmpty();
        echo("server", "--network", "alone", "-p", "18588:7");
        assertThat(four("server", "alone")).endsWith(".1");
        assertThat(ports("server")).isEmpty();
        assertThat(Command.run("ip", "-o", "addr", "show", bridge).ok().out()).isEmpty();
        assertThat(say(four("server", "alone"), 7)).isEmpty();
        assertThat(sayFrom("alone", four("server", "alone"), 7)).isEqualTo("hello");
        assertThat(sayFrom("alone", six("server", "alone"), 7)).isEqualTo("HELLO");
        assertThat(sayFrom("alone", daemon.subnet() + ".1", 7)).isEmpty();
        NetworkAgreement.await(daemon);
        daemon.kill();
        daemon.start();
        NetworkAgreement.await(daemon);
        assertThat(Command.run("ip", "-o", "addr", "show", bridge).ok().out()).isEmpty();
    }
}
