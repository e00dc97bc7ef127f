package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code docker ps} with each of its filters; what dockerd shows of the same containers is what is expected. */
final class ListIT {
    private static TestDaemon daemon;
    private static DockerCli docker;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "box");
        docker.ok(
                "run",
                "-d",
                "--name",
                "r1",
                "--network",
                "none",
                "--label",
                "a=1",
                "--label",
                "b=2",
                "-v",
                "/tmp:/vol",
                "box",
                "sleep",
                "1000");
        docker.ok("run", "-d", "--name", "r2", "--expose", "80", "box", "sleep", "1000");
        docker.ok("commit", "r1", "made:1");
        docker.ok("run", "--name", "x0", "--network", "none", "box", "true");
        docker.run("run", "--name", "x3", "--network", "none", "made:1", "sh", "-c", "exit 3")
                .fails(3);
        docker.ok("create", "--name", "c1", "--label", "a=2", "box", "true");
        docker.ok("pause", "r1");
    }

    @AfterAll
    static void end() {
        docker.run("unpause", "r1");
        daemon.close();
    }

    private static List<String> listed(String... words) {
        List<String> command = new ArrayList<>(List.of("ps", "--format", "{{.Names}}"));
        command.addAll(List.of(words));
        return docker.run(command.toArray(String[]::new)).ok().lines().stream()
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "ancestor=box, c1 r1 r2 x0 x3",
        "ancestor=made:1, x3",
        "ancestor=none,",
        "ancestor=,",
        "ancestor=UPPER,",
        "id=,",
        "name=r, r1 r2",
        "name=^r1$, r1",
        "name=/x0, x0",
        "label=a, c1 r1 x3",
        "label=a=1, r1 x3",
        "label=a=1 label=b=2, r1 x3",
        "label=a=1 label=a=2,",
        "status=paused, r1",
        "status=running, r2",
        "status=created, c1",
        "status=exited, x0 x3",
        "status=paused status=created, c1 r1",
        "exited=0, x0",
        "exited=3, x3",
        "exited=0 exited=3, x0 x3",
        "before=x0, r1 r2",
        "since=x0, c1 x3",
        "volume=/vol, r1",
        "volume=/tmp, r1",
        "volume=,",
        "network=bridge, c1 r2",
        "network=, c1 r1 r2 x0 x3",
        "network=none, r1 x0 x3",
        "expose=80, r2",
        "expose=80/udp,",
        "expose=70-90, r2",
        "expose=0-100, r2",
        "is-task=true,",
        "is-task=false, c1 r1 r2 x0 x3",
        "isolation=hyperv, c1 r1 r2 x0 x3",
    })
    void filters(String filters, String names) {
        List<String> words = new ArrayList<>(List.of("-a"));
        for (String filter : filters.split(" ", -1)) {
            words.addAll(List.of("--filter", filter));
        }
        List<String> expected = names == null ? List.of() : List.of(names.split(" ", -1));
        assertThat(listed(words.toArray(String[]::new))).isEqualTo(expected);
    }

    @Test
    void whatRunsIsListedUnlessMoreIsAskedFor() {
        assertThat(listed()).containsExactly("r1", "r2");
        assertThat(listed("--filter", "status=exited")).containsExactly("x0", "x3");
        assertThat(listed("--filter", "exited=0")).isEmpty();
        assertThat(listed("-n", "2")).containsExactly("c1", "x3");
        assertThat(listed("-l")).containsExactly("c1");
        assertThat(docker.ok("ps", "-a", "-s", "--filter", "name=x0", "--format", "{{.Size}}"))
                .startsWith("0B (virtual");
    }

    /** An id's beginning stands for one container or for none. */
    @Test
    void idsAreMatchedAsTheyAreElsewhere() {
        List<String> ids = docker.run("ps", "-aq", "--no-trunc").ok().lines();
        String id = ids.getFirst();
        assertThat(listed("-a", "--filter", "id=" + id)).hasSize(1);
        assertThat(listed("-a", "--filter", "id=" + id.substring(0, 12))).hasSize(1);
        assertThat(listed("-a", "--filter", "id=" + id.substring(5, 17))).isEmpty();
        for (String one : ids) {
            String first = one.substring(0, 1);
            long such = ids.stream().filter(other -> other.startsWith(first)).count();
            assertThat(listed("-a", "--filter", "id=" + first)).hasSize(such == 1 ? 1 : 0);
        }
    }

    @Test
    void ancestorsAreImagesAndNotNames() {
        docker.ok("tag", "box", "drifting");
        docker.ok("create", "--name", "drifter", "--network", "none", "drifting", "true");
        docker.ok("tag", "made:1", "drifting");
        assertThat(listed("-a", "--filter", "ancestor=drifting")).contains("x3").doesNotContain("drifter");
        String image = docker.inspect("box", "{{.Id}}");
        assertThat(listed("-a", "--filter", "ancestor=" + image)).contains("drifter");
        assertThat(listed("-a", "--filter", "ancestor=" + image.substring(7, 19)))
                .contains("drifter");
        docker.ok("rm", "drifter");
        docker.ok("rmi", "drifting");
    }

    /** As with Docker, a container that has ended still knows which network it was on, until another start. */
    @Test
    void endedContainersAreFoundByTheIdOfTheirNetwork() {
        String network = docker.ok("network", "inspect", "--format", "{{.Id}}", "none");
        assertThat(listed("-a", "--filter", "network=" + network.substring(0, 12)))
                .contains("r1", "x0", "x3");
        assertThat(docker.inspect("x0", "{{.NetworkSettings.Networks.none.NetworkID}}"))
                .isEqualTo(network);
    }

    /** Rows are kept between lists: each thing that a row shows has to show when it has changed. */
    @Test
    void rowsFollowWhatChanges() {
        docker.ok("tag", "box", "moving");
        docker.ok("create", "--name", "row", "--network", "none", "moving", "sleep", "1000");
        assertThat(row("row")).isEqualTo("row moving Created");
        docker.ok("rename", "row", "line");
        assertThat(row("line")).isEqualTo("line moving Created");
        docker.ok("tag", "made:1", "moving");
        assertThat(row("line")).matches("line [0-9a-f]{12} Created");
        docker.ok("start", "line");
        assertThat(row("line")).matches("line [0-9a-f]{12} Up .*");
        docker.ok("pause", "line");
        assertThat(row("line")).endsWith("(Paused)");
        docker.ok("unpause", "line");
        docker.ok("rm", "-f", "line");
        assertThat(docker.ok("ps", "-aq", "--filter", "name=line")).isEmpty();
        docker.ok("rmi", "moving");
    }

    private static String row(String name) {
        return docker.ok("ps", "-a", "--filter", "name=" + name, "--format", "{{.Names}} {{.Image}} {{.Status}}");
    }

    @Test
    void filtersThatAreNoneAreRefused() {
        for (String filter : List.of(
                "bogus=1", "status=bogus", "exited=x", "since=nobody", "is-task=x", "health=bogus", "expose=x")) {
            assertThat(docker.run("ps", "--filter", filter).fails(1).err())
                    .as(filter)
                    .contains("Error response");
        }
    }

    @Test
    void whatAFilterMayBeIsSaid() {
        TestDaemon.onlyCairn("the words are those of Docker 28");
        assertThat(docker.run("ps", "--filter", "status=bogus").fails(1).err())
                .contains(
                        "invalid filter 'status=bogus': invalid value for state (bogus): must be one of created, running,"
                                + " paused, restarting, removing, exited, dead");
        assertThat(docker.run("ps", "--filter", "health=bogus").fails(1).err())
                .contains(
                        "invalid filter 'health=bogus': invalid value for health (bogus): must be one of none, starting,"
                                + " healthy, unhealthy");
    }
}
