package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Names on networks of the user's own, as a program in a container finds them. */
final class NamesIT {
    private static TestDaemon daemon;
    private static DockerCli docker;
    private static LeakLedger before;
    private static String subnet;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("Docker's daemon runs in a network namespace of its own here");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
        daemon.awaitWarm();
        before = LeakLedger.of(daemon);
        subnet = daemon.subnet().replace("10.214.", "10.216.");
        docker.ok("network", "create", "--subnet", subnet + ".0/24", "front");
        docker.ok("network", "create", "back");
        docker.ok("network", "create", "--internal", "closed");
    }

    @AfterAll
    static void end() {
        if (daemon == null) {
            return;
        }
        try {
            docker.ok("network", "rm", "front", "back", "closed");
            before.awaitSame(daemon);
        } finally {
            daemon.close();
        }
    }

    @AfterEach
    void removeContainers() {
        if (daemon.isRunning()) {
            daemon.removeContainers();
        }
    }

    private static void run(String name, String... flags) {
        List<String> words = new java.util.ArrayList<>(List.of("run", "-d", "--name", name));
        words.addAll(List.of(flags));
        words.addAll(List.of("busybox", "sleep", "1000"));
        docker.ok(words.toArray(String[]::new));
    }

    private static String lookup(String container, String... words) {
        List<String> command = new java.util.ArrayList<>(List.of("exec", container, "nslookup"));
        command.addAll(List.of(words));
        return docker.run(command.toArray(String[]::new)).text();
    }

    /** Addresses or names that are answered, without the server's own. */
    private static List<String> found(String container, String... words) {
        return lookup(container, words)
                .lines()
                .skip(2)
                .filter(line -> line.startsWith("Address") || line.contains("name = "))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1).strip())
                .sorted()
                .toList();
    }

    private static String address(String container, String network) {
        return docker.inspect(container, "{{(index .NetworkSettings.Networks \"" + network + "\").IPAddress}}");
    }

    @Test
    void containersFindEachOther() {
        run("web", "--network", "front", "--network-alias", "www", "--hostname", "box");
        run("hidden", "--network", "back");
        run("plain");
        String address = address("web", "front");
        String id = docker.inspect("web", "{{.Id}}").substring(0, 12);
        // At once: the process runs only when its name server is there.
        assertThat(docker.ok("run", "--rm", "--network", "front", "busybox", "nslookup", "-type=a", "web"))
                .contains("Address: " + address);
        run("asker", "--network", "front");
        for (String name : List.of("web", "WEB", "web.", "www", "box", id, "web.front", "Www.Front.")) {
            assertThat(found("asker", "-type=a", name)).as(name).containsExactly(address);
        }
        assertThat(found("asker", address)).containsExactly("web.front");
        assertThat(lookup("asker", "-type=aaaa", "web")).doesNotContain("NXDOMAIN", "SERVFAIL", "can't");
        for (String name : List.of("hidden", "hidden.back", "plain", "web.back")) {
            assertThat(found("asker", "-type=a", name)).as(name).isEmpty();
        }
        assertThat(docker.ok("exec", "plain", "cat", "/etc/resolv.conf")).doesNotContain("127.0.0.11");
        assertThat(docker.ok("exec", "asker", "ping", "-c", "1", "-W", "2", address))
                .contains("1 packets received");

        docker.ok("rename", "web", "site");
        assertThat(found("asker", "-type=a", "site")).containsExactly(address);
        assertThat(found("asker", "-type=a", "web")).isEmpty();
        docker.ok("stop", "-t", "0", "site");
        assertThat(found("asker", "-type=a", "site")).isEmpty();
    }

    @Test
    void aNameWithSeveralContainersHasAllTheirAddresses() {
        run("one", "--network", "front", "--network-alias", "pool");
        run("two", "--network", "front", "--network-alias", "pool");
        List<String> both = java.util.stream.Stream.of(address("one", "front"), address("two", "front"))
                .sorted()
                .toList();
        assertThat(found("one", "-type=a", "pool")).isEqualTo(both);
        docker.ok("rm", "-f", "two");
        assertThat(found("one", "-type=a", "pool")).hasSize(1);
    }

    @Test
    void namesFollowConnections() {
        run("asker");
        run("web", "--network", "front");
        assertThat(docker.ok("exec", "asker", "cat", "/etc/resolv.conf")).doesNotContain("127.0.0.11");
        docker.ok("network", "connect", "--alias", "who", "front", "asker");
        assertThat(docker.ok("exec", "asker", "cat", "/etc/resolv.conf")).contains("nameserver 127.0.0.11");
        assertThat(found("asker", "-type=a", "web")).containsExactly(address("web", "front"));
        assertThat(found("web", "-type=a", "who")).containsExactly(address("asker", "front"));
        docker.ok("network", "connect", "back", "web");
        docker.ok("network", "connect", "back", "asker");
        docker.ok("network", "disconnect", "front", "asker");
        assertThat(found("asker", "-type=a", "web")).containsExactly(address("web", "back"));
        assertThat(found("web", "-type=a", "who")).isEmpty();
        docker.ok("run", "-d", "--name", "side", "--network", "container:asker", "busybox", "sleep", "1000");
        assertThat(found("side", "-type=a", "web")).containsExactly(address("web", "back"));
    }

    @Test
    void linksOnANetworkAreTheLinkersOwn() {
        run("web", "--network", "front");
        run("linker", "--network", "front", "--link", "web:server");
        assertThat(found("linker", "-type=a", "server")).containsExactly(address("web", "front"));
        assertThat(found("web", "-type=a", "server")).isEmpty();
    }

    @Test
    void theNextDaemonServesAgain() {
        run("asker", "--network", "front");
        run("web", "--network", "front");
        String address = address("web", "front");
        daemon.kill();
        daemon.start();
        assertThat(found("asker", "-type=a", "web")).containsExactly(address);
        run("late", "--network", "front");
        assertThat(found("asker", "-type=a", "late")).containsExactly(address("late", "front"));
    }

    @Test
    void theContainerMayServeAtPort53Itself() {
        run("web", "--network", "front");
        run("server", "--network", "front");
        docker.ok("exec", "-d", "server", "nc", "-l", "-p", "53", "-e", "echo", "mine");
        Wait.until(
                Duration.ofSeconds(5),
                () -> "its server",
                () -> docker.run("exec", "server", "nc", "-w", "1", "127.0.0.1", "53")
                        .text()
                        .equals("mine"));
        assertThat(found("server", "-type=a", "web")).hasSize(1);
    }

    /** Answers every question for an address with 192.0.2.99. */
    private static void answer(DatagramSocket socket) {
        byte[] buffer = new byte[1500];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                int end = 12;
                while (buffer[end] != 0) {
                    end += buffer[end] + 1;
                }
                end += 5;
                byte[] record = {(byte) 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, (byte) 192, 0, 2, 99};
                byte[] reply = Arrays.copyOf(buffer, end + record.length);
                System.arraycopy(record, 0, reply, end, record.length);
                reply[2] = (byte) 0x81;
                reply[3] = (byte) 0x80;
                reply[7] = 1;
                reply[11] = 0;
                socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    @Test
    void othersAreAskedForTheRestButNotFromInternalNetworks() throws IOException {
        run("holds-the-bridge", "--network", "front");
        try (DatagramSocket socket = new DatagramSocket(53, InetAddress.getByName(subnet + ".1"))) {
            Thread.ofPlatform().daemon().start(() -> answer(socket));
            run(
                    "asker",
                    "--network",
                    "front",
                    "--dns",
                    subnet + ".1",
                    "--dns-search",
                    "corp.example",
                    "--dns-opt",
                    "timeout:2");
            assertThat(docker.ok("exec", "asker", "cat", "/etc/resolv.conf"))
                    .contains(
                            "\nnameserver 127.0.0.11\nsearch corp.example\noptions timeout:2 ndots:0\n",
                            "\n# Based on host file: '/etc/resolv.conf' (internal resolver)\n# ExtServers: [" + subnet
                                    + ".1]\n# Overrides: [nameservers search options]\n# Option ndots from: internal");
            assertThat(found("asker", "-type=a", "www.example.org")).containsExactly("192.0.2.99");
            run("alone", "--network", "closed", "--dns", subnet + ".1");
            run("peer", "--network", "closed");
            assertThat(lookup("alone", "-type=a", "www.example.org")).contains("SERVFAIL");
            assertThat(found("alone", "-type=a", "peer")).containsExactly(address("peer", "closed"));
            // With another network that leads out it is asked.
            docker.ok("network", "connect", "front", "alone");
            assertThat(found("alone", "-type=a", "www.example.org")).containsExactly("192.0.2.99");
        }
    }

    @Test
    void withoutSuchANetworkNothingOfThisIsLoaded() {
        TestDaemon other = TestDaemon.fresh();
        try {
            Images.importBusybox(other, "busybox");
            other.docker().ok("run", "--rm", "busybox", "true");
            List<String> classes = Command.run(
                            System.getProperty("java.home") + "/bin/jcmd",
                            Long.toString(other.pid()),
                            "GC.class_histogram",
                            "-all")
                    .lines();
            // What stands for code alone lies in the ahead-of-time cache already.
            assertThat(classes)
                    .anyMatch(line -> line.contains("cairn.engine"))
                    .noneMatch(line ->
                            line.contains("org.xbill") || line.contains("NameSockets") && !line.contains("$$Lambda"));
        } finally {
            other.close();
        }
    }

    @Test
    void packetsThatMeanHarmHarmNobody() {
        run("hostile", "--network", "front");
        run("web", "--network", "front");
        String flood = """
                end=$(($(date +%s) + 2))
                while [ $(date +%s) -lt $end ]; do
                    head -c 3000 /dev/urandom | nc -u -w 0 127.0.0.11 53
                    head -c 70000 /dev/urandom | nc -w 1 127.0.0.11 53 >/dev/null
                done
                """;
        try (Command storm = docker.start("exec", "hostile", "sh", "-c", flood + " & " + flood)) {
            for (int i = 0; i < 10; i++) {
                assertThat(found("web", "-type=a", "hostile")).hasSize(1);
                assertThat(daemon.api().get("/_ping").status()).isEqualTo(200);
            }
            assertThat(new String(storm.outSoFar().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                    .isEmpty();
        }
        assertThat(found("hostile", "-type=a", "web")).hasSize(1);
    }
}
