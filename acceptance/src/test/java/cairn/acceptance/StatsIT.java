package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What containers use, as {@code docker stats} shows it and as the API tells it. */
final class StatsIT {
    private static TestDaemon daemon;
    private static DockerCli docker;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "box");
    }

    @AfterAll
    static void end() {
        daemon.close();
    }

    @AfterEach
    void removeAll() {
        daemon.removeContainers();
    }

    private static long number(String json, String key) {
        Matcher found = Pattern.compile("\"" + key + "\":(\\d+)").matcher(json);
        assertThat(found.find()).as("%s in %s", key, json).isTrue();
        return Long.parseLong(found.group(1));
    }

    @Test
    void aBusyContainerShowsWhatItUses() {
        docker.ok(
                "run",
                "-d",
                "--name",
                "busy",
                "-m",
                "64m",
                "--pids-limit",
                "50",
                "box",
                "sh",
                "-c",
                "while true; do :; done");
        docker.ok("run", "-d", "--name", "idle", "--network", "none", "box", "sleep", "1000");
        List<String> rows = docker.ok(
                        "stats", "--no-stream", "--format", "{{.Name}}|{{.CPUPerc}}|{{.MemUsage}}|{{.NetIO}}|{{.PIDs}}")
                .lines()
                .sorted()
                .toList();
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0)).matches("busy\\|[0-9.]+%\\|.*(K|M)iB / 64MiB\\|.*B / .*B\\|1");
        assertThat(Double.parseDouble(rows.get(0).split("\\|", -1)[1].replace("%", "")))
                .isGreaterThan(20);
        assertThat(rows.get(1)).startsWith("idle|0").contains("|0B / 0B|1");
        String one = daemon.api().get("/containers/busy/stats?stream=0").text();
        assertThat(number(one, "limit")).isEqualTo(50);
        assertThat(one).contains("\"networks\":{\"eth0\":{\"rx_bytes\":", "\"name\":\"/busy\"");
        assertThat(one.indexOf("\"total_usage\":0,"))
                .as("both samples have been taken")
                .isNegative();
        assertThat(number(one, "online_cpus")).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void oneShotTakesOneSample() {
        docker.ok("run", "-d", "--name", "quick", "--network", "none", "box", "sleep", "1000");
        long begin = System.nanoTime();
        String one =
                daemon.api().get("/containers/quick/stats?stream=0&one-shot=1").text();
        assertThat(System.nanoTime() - begin).isLessThan(900_000_000L);
        assertThat(one)
                .contains("\"precpu_stats\":{\"cpu_usage\":{\"total_usage\":0,")
                .doesNotContain("\"networks\"");
        assertThat(one.replaceAll(".*\"preread\":\"([^\"]*)\".*", "$1")).isEqualTo("0001-01-01T00:00:00Z");
        assertThat(daemon.api().get("/containers/quick/stats?one-shot=1").status())
                .isEqualTo(400);
    }

    @Test
    void aStoppedContainerUsesNothing() {
        docker.ok("create", "--name", "never", "box", "true");
        String id = docker.inspect("never", "{{.Id}}");
        String one = daemon.api().get("/containers/never/stats?stream=0").text();
        assertThat(one).contains("\"read\":\"0001-01-01T00:00:00Z\"", "\"name\":\"/never\"", "\"id\":\"" + id + "\"");
        assertThat(docker.ok("stats", "--no-stream", "--all", "--format", "{{.Name}} {{.PIDs}}"))
                .isEqualTo("never 0");
        assertThat(docker.run("stats", "--no-stream", "nobody").fails(1).err())
                .containsIgnoringCase("No such container: nobody");
    }

    @Test
    void aStreamGoesOnUntilTheClientLeaves() {
        docker.ok("run", "-d", "--name", "long", "--network", "none", "box", "sleep", "1000");
        try (Command stats = docker.start("stats", "--format", "{{.Name}} {{.PIDs}}", "long")) {
            Wait.until(
                    Command.PATIENCE,
                    () -> "several samples in " + stats.outSoFar(),
                    () -> stats.outSoFar().split("long 1", -1).length > 3);
        }
    }

    @Test
    void cairnsOwnTableIsDockers() {
        TestDaemon.onlyCairn("it is Cairn's CLI");
        docker.ok("run", "-d", "--name", "same", "--network", "none", "box", "sleep", "1000");
        Result own = daemon.cairn("stats", "--no-stream").ok();
        Result stock = docker.run("stats", "--no-stream").ok();
        assertThat(own.lines().getFirst()).isEqualTo(stock.lines().getFirst());
        assertThat(own.lines().get(1).replaceAll("[0-9.]+", "#"))
                .isEqualTo(stock.lines().get(1).replaceAll("[0-9.]+", "#"));
        assertThat(daemon.cairn("stats", "--no-stream", "--format", "{{.Container}} {{.PIDs}} {{.BlockIO}}", "same")
                        .ok()
                        .text())
                .matches("same 1 .*B / .*B");
    }
}
