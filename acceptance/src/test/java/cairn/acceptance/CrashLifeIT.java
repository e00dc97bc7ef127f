package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What containers have to live through: killed monitors, killed daemons, many lives, and many who want something of them at once. */
final class CrashLifeIT {
    private static final boolean LONG = System.getenv("CAIRN_LONG") != null;
    private static final int SHIM_KILLS = LONG ? 100 : 8;
    private static final int LINES = LONG ? 10_000_000 : 200_000;
    private static final int LOG_KILLS = LONG ? 20 : 3;
    private static final int CYCLES = LONG ? 1_000 : 15;
    private static final int CLIENTS = 16;
    private static final Duration FIGHT = Duration.ofSeconds(LONG ? 60 : 6);

    private static TestDaemon daemon;
    private static DockerCli docker;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("it is Cairn whose processes are killed");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
        docker.ok("run", "--rm", "busybox", "true");
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
            daemon.close();
        }
    }

    @AfterEach
    void removeContainers() {
        daemon.removeContainers();
    }

    private static String shim(String id) {
        try {
            return Files.readString(daemon.execRoot()
                            .resolve("c")
                            .resolve(id.substring(0, 20))
                            .resolve("pid"))
                    .split(" ")[2];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A dead process without a monitor is a zombie for as long as the machine's first process lets it. */
    private static boolean isAlive(String pid) {
        try {
            String stat = Files.readString(Path.of("/proc", pid, "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void killedMonitorsEndTheirContainersAndNothingElse() {
        LeakLedger before = LeakLedger.of(daemon);
        Random random = new Random(Long.getLong("cairn.seed", System.nanoTime()));
        for (int i = 0; i < SHIM_KILLS; i++) {
            boolean again = i % 2 == 1;
            boolean withoutDaemon = i % 4 >= 2;
            String id = docker.ok(
                    "run",
                    "-d",
                    "--name",
                    "monitored",
                    "--restart",
                    again ? "always" : "no",
                    "busybox",
                    "sleep",
                    "1000");
            String pid = docker.inspect("monitored", "{{.State.Pid}}");
            String shim = shim(id);
            Wait.pause(Duration.ofMillis(random.nextInt(30)));
            if (withoutDaemon) {
                daemon.kill();
            }
            Command.run("kill", "-KILL", shim).ok();
            if (withoutDaemon) {
                daemon.start();
            }
            String what = "kill " + i;
            Wait.until(Command.PATIENCE, () -> what + ": " + docker.inspect("monitored", "{{json .State}}"), () -> {
                String now = docker.inspect("monitored", "{{.State.Status}} {{.State.Pid}}");
                // Shown as running, it is: under another monitor.
                return again ? now.startsWith("running ") && !now.equals("running " + pid) : now.equals("exited 0");
            });
            assertThat(isAlive(pid)).as("%s: its process is alive", what).isFalse();
            if (again) {
                assertThat(docker.ok("exec", "monitored", "echo", "alive")).isEqualTo("alive");
            }
            docker.ok("rm", "-f", "monitored");
        }
        before.awaitSame(daemon);
        System.out.println("FIGURE monitors killed without a wrong state = " + SHIM_KILLS + " kills");
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void numberedLinesThroughKilledDaemons() throws IOException, InterruptedException {
        int block = LINES / 200;
        docker.ok(
                "run",
                "-d",
                "--network",
                "none",
                "--name",
                "lines",
                "busybox",
                "sh",
                "-c",
                "i=0; while [ $i -lt 200 ]; do seq $((i*" + block + "+1)) $(((i+1)*" + block
                        + ")); i=$((i+1)); sleep 0.02; done");
        List<Long> ready = new ArrayList<>();
        for (int i = 0; i < LOG_KILLS; i++) {
            Wait.pause(Duration.ofMillis(LONG ? 3000 : 700));
            daemon.kill();
            long begin = System.nanoTime();
            daemon.start();
            ready.add((System.nanoTime() - begin) / 1_000_000);
        }
        assertThat(docker.ok("wait", "lines")).isEqualTo("0");
        Process logs = new ProcessBuilder("docker", "-H", "unix://" + daemon.socket(), "logs", "lines").start();
        long expected = 1;
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(logs.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.equals(Long.toString(expected))) {
                    throw new AssertionError("line " + expected + " is: " + line);
                }
                expected++;
            }
        }
        assertThat(logs.waitFor()).isZero();
        assertThat(expected - 1).isEqualTo(LINES);
        System.out.println(
                "FIGURE log lines through " + LOG_KILLS + " kills of the daemon = " + (expected - 1) + " lines");
        System.out.println("FIGURE longest start after a kill = "
                + ready.stream().mapToLong(Long::longValue).max().orElse(0) + " ms");
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void manyLivesLeaveNothing() {
        LeakLedger before = LeakLedger.of(daemon);
        for (int i = 0; i < CYCLES; i++) {
            docker.ok("create", "--name", "cycle", "busybox", "sleep", "1000");
            docker.ok("start", "cycle");
            docker.ok("stop", "-t", "0", "cycle");
            docker.ok("rm", "cycle");
        }
        before.awaitSame(daemon);
        System.out.println("FIGURE create-start-stop-rm cycles that left nothing = " + CYCLES + " cycles");
    }

    /** What a client may do to the container that all fight over, on the API. */
    private static int act(Random random, Api api) {
        String path = "/v1.51/containers/fought";
        return switch (random.nextInt(13)) {
            case 0, 1, 2 -> api.post(path + "/start", "").status();
            case 3, 4 -> api.post(path + "/stop?t=0", "").status();
            case 5 -> api.post(path + "/restart?t=0", "").status();
            case 6 -> api.post(path + "/kill", "").status();
            case 7 -> api.get(path + "/json").status();
            case 8 -> api.post(path + "/pause", "").status();
            case 9 -> {
                Api.Response answer = api.post(path + "/unpause", "");
                // Docker's own status for that.
                yield answer.text().contains("is not paused") ? 409 : answer.status();
            }
            case 10 -> api.delete(path + "?force=" + random.nextBoolean()).status();
            case 11 -> exec(api, path);
            default ->
                api.post(
                                "/v1.51/containers/create?name=fought",
                                "{\"Image\":\"busybox\",\"Cmd\":[\"sleep\",\"1000\"],\"HostConfig\":{\"NetworkMode\":\"none\","
                                        + "\"RestartPolicy\":{\"Name\":\"" + (random.nextBoolean() ? "always" : "no")
                                        + "\"}}}")
                        .status();
        };
    }

    private static int exec(Api api, String path) {
        Api.Response made = api.post(path + "/exec", "{\"Cmd\":[\"true\"]}");
        if (made.status() != 201) {
            return made.status();
        }
        String id = made.text().replaceAll(".*\"Id\":\"([0-9a-f]+)\".*", "$1");
        return api.post("/v1.51/exec/" + id + "/start", "{\"Detach\":true}").status();
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void sixteenClientsFightOverOneContainer() throws InterruptedException {
        LeakLedger before = LeakLedger.of(daemon);
        Map<Integer, Integer> answers = new ConcurrentSkipListMap<>();
        AtomicReference<Throwable> fault = new AtomicReference<>();
        long end = System.nanoTime() + FIGHT.toNanos();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Random random = new Random(Long.getLong("cairn.seed", 7) * CLIENTS + i);
            clients.add(Thread.ofPlatform().start(() -> {
                Api api = daemon.api();
                try {
                    while (System.nanoTime() < end) {
                        answers.merge(act(random, api), 1, Integer::sum);
                    }
                } catch (RuntimeException | AssertionError e) {
                    fault.set(e);
                }
            }));
        }
        for (Thread client : clients) {
            client.join(FIGHT.plusSeconds(60));
            assertThat(client.isAlive())
                    .as("a client is answered; so far: %s", answers)
                    .isFalse();
        }
        assertThat(fault.get()).isNull();
        assertThat(answers.keySet())
                .as("answers: %s; the daemon's log:%n%s", answers, daemon.logTail())
                .allMatch(status -> status < 500);
        docker.run("rm", "-f", "fought");
        assertThat(docker.ok("ps", "-aq")).isEmpty();
        before.awaitSame(daemon);
        assertThat(docker.ok("run", "--rm", "--network", "none", "busybox", "echo", "works"))
                .isEqualTo("works");
        int sum = new TreeMap<>(answers)
                .values().stream().mapToInt(Integer::intValue).sum();
        System.out.println(
                "FIGURE answers to 16 clients that fight over one container, none of them 5xx = " + sum + " answers");
    }
}
