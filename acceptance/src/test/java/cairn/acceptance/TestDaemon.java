package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A daemon with roots, socket, cgroup and bridge of its own. It may be ended and started again on the same roots. {@link #close} removes
 * its containers, ends it and deletes its directory.
 *
 * <p>{@code -Dcairn.engine=/usr/sbin/dockerd} puts Docker's daemon in its place; that one gets private network and mount namespaces, for
 * it would leave its firewall rules on the machine.
 */
final class TestDaemon implements AutoCloseable {
    /** How the directory of every daemon of these tests begins. */
    static final String DIRECTORY_PREFIX = "cairn-it-";

    private static final Duration START = Duration.ofSeconds(30);

    private final DaemonNumber number;
    private final Path directory;
    private final List<String> flags;
    private final String engine;
    private @Nullable Process process;

    private TestDaemon(Path directory, String engine, List<String> flags) {
        this.directory = directory;
        this.engine = engine;
        this.flags = flags;
        number = DaemonNumber.take();
    }

    static TestDaemon fresh(String... flags) {
        return on(newDirectory(), engine(), flags);
    }

    /** A daemon on the roots below {@code directory}, which another daemon may have filled before. */
    static TestDaemon on(Path directory, String engine, String... flags) {
        TestDaemon daemon = new TestDaemon(directory, engine, List.of(flags));
        daemon.start();
        return daemon;
    }

    static Path newDirectory() {
        try {
            return Files.createTempDirectory(DIRECTORY_PREFIX);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String engine() {
        return System.getProperty("cairn.engine", dist().resolve("bin/cairnd").toString());
    }

    static boolean isDocker() {
        return engine().endsWith("dockerd");
    }

    /** Skips the test when the engine is Docker's. */
    static void onlyCairn(String why) {
        assumeFalse(isDocker(), why);
    }

    static Path tree() {
        return Path.of(System.getProperty("cairn.tree", "/")).toAbsolutePath();
    }

    static Path dist() {
        return tree().resolve("target/dist");
    }

    Path directory() {
        return directory;
    }

    Path dataRoot() {
        return directory.resolve("data");
    }

    Path execRoot() {
        return directory.resolve("exec");
    }

    Path socket() {
        return directory.resolve("engine.sock");
    }

    /** The bridge that carries this daemon's gateway address; found again each time, for the daemon makes it. */
    String bridge() {
        String line = Command.run("ip", "-o", "-4", "addr", "show", "to", subnet() + ".1")
                .text();
        return line.isEmpty() ? "none" : line.split("\\s+")[1];
    }

    /** First three numbers of the bridge's addresses. */
    String subnet() {
        return "10.214." + number.value();
    }

    /** Where its networks' addresses come from; no other daemon of these tests has the same. */
    private String pool() {
        return "172." + (16 + number.value() / 16) + "." + number.value() % 16 * 16 + ".0/20";
    }

    /** Whether an IPv4 address lies in the ranges of this daemon, that of its bridge or that of its networks. */
    boolean owns(String address) {
        String[] numbers = address.split("\\.");
        return address.startsWith(subnet() + ".")
                || numbers[0].equals("172")
                        && Integer.parseInt(numbers[1]) == 16 + number.value() / 16
                        && Integer.parseInt(numbers[2]) / 16 == number.value() % 16;
    }

    String cgroupParent() {
        return "/cairn-it-" + number.value();
    }

    DockerCli docker() {
        return new DockerCli(socket(), directory);
    }

    DockerCli docker(String program) {
        return new DockerCli(program, socket(), directory);
    }

    Api api() {
        return new Api(socket());
    }

    /** Cairn's own CLI against this daemon. */
    Result cairn(String... words) {
        List<String> command =
                new ArrayList<>(List.of(dist().resolve("bin/cairn").toString()));
        command.addAll(List.of(words));
        return Command.run(Map.of("DOCKER_HOST", "unix://" + socket()), command, "");
    }

    long pid() {
        return running().pid();
    }

    /** Everything the daemon has printed, over all its lives. */
    String log() {
        try {
            Path log = directory.resolve("daemon.log");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of it, for messages. */
    String logTail() {
        List<String> lines = log().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    List<String> commandLine() {
        List<String> words = new ArrayList<>();
        if (engine.endsWith("dockerd")) {
            words.addAll(List.of(
                    "unshare",
                    "--net",
                    "--mount",
                    "--propagation",
                    "private",
                    "sh",
                    "-c",
                    "ip link set lo up && exec \"$0\" \"$@\""));
        }
        words.addAll(List.of(
                engine,
                "--data-root",
                dataRoot().toString(),
                "--exec-root",
                execRoot().toString(),
                "-H",
                "unix://" + socket(),
                "--pidfile",
                directory.resolve("pid").toString(),
                "--cgroup-parent",
                cgroupParent(),
                "--bip",
                subnet() + ".1/24"));
        // Cairn's containers always outlive it; Docker's only when asked to.
        words.addAll(
                engine.endsWith("dockerd")
                        ? List.of("--live-restore")
                        : List.of("--default-address-pool", "base=" + pool() + ",size=26"));
        words.addAll(flags);
        return words;
    }

    void start() {
        ProcessBuilder builder = new ProcessBuilder(commandLine());
        Path log = directory.resolve("daemon.log");
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            Process started = builder.start();
            process = started;
            Wait.until(
                    START,
                    () -> "the daemon's first answer; its log:\n" + logTail(),
                    () -> !started.isAlive() || answers());
            if (!started.isAlive()) {
                throw new AssertionError(
                        "the daemon ended with status " + started.exitValue() + "; its log:\n" + logTail());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until all is there that the daemon makes ahead of its first container. */
    void awaitWarm() {
        Wait.until(
                START,
                () -> "the firewall's table for " + subnet(),
                () -> Command.run("nft", "list", "ruleset").out().contains(subnet() + ".0/24"));
    }

    /** Not by a ping, which is answered before the engine is open. */
    private boolean answers() {
        try {
            return Files.exists(socket()) && api().get("/version").status() == 200;
        } catch (UncheckedIOException | AssertionError e) {
            return false;
        }
    }

    /** SIGTERM; it must end by itself, with status 0. */
    void stop() {
        Process ending = running();
        Command.run("kill", "-TERM", Long.toString(ending.pid())).ok();
        assertThat(awaitEnd(ending))
                .as("the daemon's exit status; its log:\n%s", logTail())
                .isIn(0, 143);
        process = null;
    }

    /** kill -9: it gets no chance to tidy up. */
    void kill() {
        onlyCairn("Docker's daemon is not started again here, its containerd lives on in other namespaces");
        end();
    }

    private void end() {
        Process ending = running();
        Command.run("kill", "-KILL", Long.toString(ending.pid())).ok();
        awaitEnd(ending);
        process = null;
    }

    void restart() {
        onlyCairn("Docker's daemon is not started again here, its containerd lives on in other namespaces");
        stop();
        start();
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    private Process running() {
        if (process == null) {
            throw new AssertionError("the daemon is not running");
        }
        return process;
    }

    private int awaitEnd(Process ending) {
        try {
            if (!ending.waitFor(30, TimeUnit.SECONDS)) {
                ending.destroyForcibly();
                throw new AssertionError("the daemon does not end; its log:\n" + logTail());
            }
            return ending.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Removes all containers, then ends the daemon. */
    @Override
    public void close() {
        try {
            if (!isRunning()) {
                start();
            }
            removeContainers();
            docker().run("network", "prune", "-f");
            stop();
        } finally {
            if (isRunning()) {
                end();
            }
            // They stay when a daemon ends, as its containers may.
            String bridge = bridge();
            Command.run("ip", "link", "delete", bridge);
            for (String family : List.of("ip", "ip6")) {
                Command.run("nft", "delete", "table", family, "cairn_" + bridge.replace('-', '_'));
            }
            endCgroups();
            deleteTree(directory);
            number.close();
        }
    }

    /** After a daemon that could not even be started again: ends what still runs in its cgroups, and removes them. */
    private void endCgroups() {
        String script = """
                for parent in /sys/fs/cgroup%1$s /sys/fs/cgroup/*%1$s; do
                    [ -d "$parent" ] || continue
                    for pid in $(find "$parent" -mindepth 2 -name cgroup.procs -exec cat {} +); do kill -KILL "$pid"; done
                    for try in 1 2 3 4 5; do
                        find "$parent" -depth -type d -exec rmdir {} + 2>/dev/null && break
                        sleep 0.1
                    done
                done
                """;
        Command.run("sh", "-c", script.formatted(cgroupParent()));
    }

    void removeContainers() {
        DockerCli docker = docker();
        List<String> ids = docker.run("ps", "-aq").lines();
        for (String id : ids) {
            docker.run("rm", "-fv", id);
        }
    }

    /** Deletes a directory, but never through a mount that was left behind. */
    static void deleteTree(Path directory) {
        for (String line : LeakLedger.mountsBelow(directory)) {
            Command.run("umount", "-l", line.split(" ")[4]);
        }
        Command.run("rm", "-rf", "--one-file-system", directory.toString()).ok();
    }
}
