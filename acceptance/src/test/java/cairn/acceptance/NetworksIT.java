package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

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
}
