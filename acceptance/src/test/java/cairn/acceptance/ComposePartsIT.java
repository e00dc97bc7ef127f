package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cairn.acceptance.Command.Result;
import cairn.acceptance.ComposeProject.Client;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Projects of the servers that people run: nginx and Redis out of Debian's packages, in the long run PostgreSQL too, whose image takes more
 * time than the short run has. Their files are in the resources, {@code compose/}.
 */
final class ComposePartsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern VISIT = Pattern.compile("([0-9a-f]{12}): visit (\\d+)(?:, (\\d+) in the database)?");

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static LeakLedger before;
    private static List<Client> clients;

    /** Why the images are not there, else empty. */
    private static String cannot;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("Docker's daemon runs in a network namespace of its own here");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        clients = ComposeProject.clients(daemon);
        Images.importBusybox(daemon, "busybox");
        List<String> servers = isLong() ? List.of("nginx", "redis", "postgres") : List.of("nginx", "redis");
        cannot = servers.stream()
                .map(name -> Images.importDebian(daemon, name))
                .filter(reason -> !reason.isEmpty())
                .findFirst()
                .orElse("");
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

    /** Here, not at the start of all: then no test would be counted as skipped. */
    @BeforeEach
    void imagesAreThere() {
        assumeTrue(cannot.isEmpty(), cannot);
    }

    private static boolean isLong() {
        return System.getenv("CAIRN_LONG") != null;
    }

    static Stream<Client> one() {
        return ComposeProject.preferred(clients);
    }

    private static ComposeProject project(Client client, String folder) {
        return ComposeProject.copyOf(daemon, client, folder + client.name().toLowerCase(Locale.ROOT), folder);
    }

    /** What a visit was told: by which container, the how manieth it was, how many are in the database. */
    private record Visit(String container, int number, int rows) {}

    /** The front may be there before what is behind it. */
    private static Visit visit(ComposeProject project) {
        String[] answer = {""};
        Matcher[] found = new Matcher[1];
        Wait.until(SOON, () -> "an answer of the application, which was: " + answer[0], () -> {
            answer[0] = project.get("web", 80);
            found[0] = VISIT.matcher(answer[0]);
            return found[0].matches();
        });
        String rows = found[0].group(3);
        return new Visit(
                found[0].group(1), Integer.parseInt(found[0].group(2)), rows == null ? 0 : Integer.parseInt(rows));
    }

    /** Until each container of a service has answered. */
    private static void awaitAnswersOf(ComposeProject project, int containers) {
        Set<String> seen = new HashSet<>();
        Wait.until(SOON, () -> "answers of " + containers + " containers; there were those of " + seen, () -> {
            seen.add(visit(project).container());
            return seen.size() >= containers;
        });
        assertThat(docker.ok("ps", "--format", "{{.ID}}").lines()).containsAll(seen);
    }

    private static void assertNothingIsLeft(ComposeProject project) {
        assertThat(docker.ok("ps", "-aq")).isEmpty();
        assertThat(docker.ok("volume", "ls", "-q")).isEmpty();
        assertThat(docker.ok("network", "ls", "--format", "{{.Name}}"))
                .doesNotContain(project.resource("front"), project.resource("back"));
    }

    @ParameterizedTest
    @MethodSource("one")
    void nginxInFrontOfAnApplicationThatCountsInRedis(Client client) {
        try (ComposeProject project = project(client, "cache")) {
            project.ok("up", "-d");
            assertThat(visit(project).number()).isEqualTo(1);
            assertThat(docker.inspect(project.container("cache", 1), "{{.State.Health.Status}}"))
                    .isEqualTo("healthy");
            project.ok("up", "-d", "--scale", "app=3");
            awaitAnswersOf(project, 3);
            int visits = visit(project).number();
            // Redis writes down what it knows when it is asked to end.
            project.ok("down");
            project.ok("up", "-d");
            assertThat(visit(project).number()).isEqualTo(visits + 1);
            assertThat(project.ok("logs", "cache")).contains("DB loaded from");
            project.ok("down", "-v");
            assertNothingIsLeft(project);
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void sixServicesAndADatabaseThatOutlivesThem(Client client) {
        assumeTrue(isLong(), "the image of PostgreSQL is made in the long run alone");
        try (ComposeProject project = project(client, "shop")) {
            project.ok("up", "-d");
            assertThat(docker.inspect(project.container("migrate", 1), "{{.State.Status}} {{.State.ExitCode}}"))
                    .isEqualTo("exited 0");
            assertThat(docker.inspect(project.container("db", 1), "{{.State.Health.Status}}"))
                    .isEqualTo("healthy");
            assertThat(visit(project).number()).isEqualTo(1);
            // The front is on one network, database, cache and worker on the other.
            assertThat(project.run("exec", "-T", "web", "nslookup", "db").exit())
                    .isNotZero();
            project.ok("up", "-d", "--scale", "app=3");
            awaitAnswersOf(project, 3);
            int visits = visit(project).number();
            Wait.until(
                    SOON,
                    () -> "the worker to write all of " + visits,
                    () -> visit(project).rows() >= visits);
            project.ok("stop", "worker", "web", "app");
            int rows = Integer.parseInt(project.exec("db", "psql -Atc 'SELECT count(*) FROM visit'"));
            assertThat(rows).isGreaterThanOrEqualTo(visits);
            project.ok("down");
            assertThat(docker.ok("volume", "ls", "-q")).isEqualTo(project.resource("data"));
            // The same data, in containers that are all new; the cache had no volume.
            project.ok("up", "-d");
            Visit again = visit(project);
            assertThat(again.number()).isLessThan(visits);
            assertThat(again.rows()).isBetween(rows, rows + 1);
            assertThat(project.exec("db", "psql -Atc 'SELECT min(id) FROM visit'"))
                    .isEqualTo("1");
            assertThat(project.ok("logs", "db"))
                    .contains("database system was shut down")
                    .doesNotContain("not properly shut down");
            // Also a database that had no time to write.
            daemon.kill();
            daemon.start();
            project.ok("kill", "db");
            project.ok("up", "-d");
            assertThat(visit(project).rows()).isGreaterThanOrEqualTo(rows);
            assertThat(project.ok("logs", "db")).contains("not properly shut down");
            project.ok("down", "-v");
            assertNothingIsLeft(project);
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void whatIsToBeBuiltIsRefusedClearly(Client client) {
        try (ComposeProject project = project(client, "build")) {
            Result up = project.run("up", "-d");
            assertThat(up.exit()).isNotZero();
            assertThat(up.err() + up.out()).containsOnlyOnce("building images: not supported by this version of Cairn");
            assertThat(docker.ok("ps", "-aq")).isEmpty();
        }
    }
}
