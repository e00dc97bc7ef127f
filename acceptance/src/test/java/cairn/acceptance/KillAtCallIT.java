package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The daemon is killed before the n-th call that makes, renames, removes or syncs a file, for every n of an operation (a sample of them in
 * the short run). Whichever it was: the next start finds a store that is whole, has what was acknowledged, and does the operation.
 */
final class KillAtCallIT {
    private static final int SAMPLE = 3;

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;
    private static Path control;
    private static Path archive;
    private static TestRegistry registry;
    private static String pulled;

    @BeforeAll
    static void start() throws IOException {
        TestDaemon.onlyCairn("it is Cairn that is killed");
        work = TestDaemon.newDirectory();
        control = Files.createDirectories(work.resolve("control"));
        Images.compile("killat", work);
        Path engine = CrashStore.wrapper(
                work, "exec %s %s %s \"$@\"\n".formatted(work.resolve("killat"), control, TestDaemon.engine()));
        daemon = TestDaemon.on(TestDaemon.newDirectory(), engine.toString());
        docker = daemon.docker();
        archive = CrashStore.archive(work, "loaded:1");
        Images.importBusybox(daemon, "kept");
        registry = TestRegistry.plain();
        RegistryImages.push(registry, RegistryImages.archive(work, "hello"), "hello:1");
        pulled = registry.image("hello:1");
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
            disarm();
            daemon.close();
        }
        if (registry != null) {
            registry.close();
        }
        if (work != null) {
            TestDaemon.deleteTree(work);
        }
    }

    private enum Work {
        LOAD {
            @Override
            Result run() {
                return docker.run("load", "-q", "-i", archive.toString());
            }

            @Override
            void acknowledged() {
                docker.ok("image", "inspect", "loaded:1");
            }

            @Override
            void clear() {
                docker.run("rmi", "-f", "loaded:1");
            }
        },
        PULL {
            @Override
            Result run() {
                return docker.run("pull", "-q", pulled);
            }

            @Override
            void acknowledged() {
                assertThat(docker.ok("run", "--rm", "--network", "none", pulled))
                        .isEqualTo("hello");
            }

            @Override
            void clear() {
                docker.run("rmi", "-f", pulled);
                CrashStore.removeDangling(docker);
            }
        },
        COMMIT {
            @Override
            void prepare() {
                docker.ok("run", "--name", "source", "--network", "none", "kept", "touch", "/made");
            }

            @Override
            Result run() {
                return docker.run("commit", "source", "committed:1");
            }

            @Override
            void acknowledged() {
                assertThat(docker.ok("run", "--rm", "--network", "none", "committed:1", "ls", "/made"))
                        .isEqualTo("/made");
            }

            @Override
            void clear() {
                docker.run("rm", "-f", "source");
                docker.run("rmi", "-f", "committed:1");
                CrashStore.removeDangling(docker);
            }
        },
        REMOVE {
            @Override
            void prepare() {
                docker.ok("load", "-q", "-i", archive.toString());
            }

            @Override
            Result run() {
                return docker.run("rmi", "loaded:1");
            }

            @Override
            void acknowledged() {
                docker.run("image", "inspect", "loaded:1").fails(1);
            }

            @Override
            void repeat() {
                // The kill may have come after the name was gone: then the image is named by its ID alone, or gone.
                docker.run("rmi", "loaded:1");
                for (String id : docker.ok("images", "-q", "--filter", "dangling=true")
                        .lines()
                        .toList()) {
                    docker.ok("rmi", id);
                }
                acknowledged();
            }

            @Override
            void clear() {
                for (String id : docker.ok("images", "-q", "--filter", "dangling=true")
                        .lines()
                        .toList()) {
                    docker.ok("rmi", id);
                }
                docker.run("rmi", "-f", "loaded:1");
            }
        },
        TAG {
            @Override
            Result run() {
                return docker.run("tag", "kept", "other:name");
            }

            @Override
            void acknowledged() {
                docker.ok("image", "inspect", "other:name");
            }

            @Override
            void clear() {
                docker.run("rmi", "other:name");
            }
        },
        CREATE {
            @Override
            Result run() {
                return docker.run("create", "--name", "work", "--network", "none", "kept", "echo", "works");
            }

            @Override
            void acknowledged() {
                assertThat(docker.ok("start", "-a", "work")).isEqualTo("works");
            }

            @Override
            void repeat() {
                docker.run("rm", "-f", "work");
                run().ok();
                acknowledged();
            }

            @Override
            void clear() {
                docker.run("rm", "-f", "work");
            }
        },
        REMOVE_CONTAINER {
            @Override
            void prepare() {
                docker.ok("create", "--name", "work", "--network", "none", "kept", "true");
            }

            @Override
            Result run() {
                return docker.run("rm", "work");
            }

            @Override
            void acknowledged() {
                docker.run("container", "inspect", "work").fails(1);
            }

            @Override
            void repeat() {
                docker.run("rm", "work");
                acknowledged();
            }

            @Override
            void clear() {
                docker.run("rm", "-f", "work");
            }
        };

        void prepare() {}

        abstract Result run();

        /** What has to be so once the command has succeeded. */
        abstract void acknowledged();

        void repeat() {
            run().ok();
            acknowledged();
        }

        abstract void clear();
    }

    private static void arm(int n) {
        try {
            Files.deleteIfExists(control.resolve("calls"));
            Files.writeString(control.resolve("arm"), Integer.toString(n));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> disarm() {
        try {
            Files.deleteIfExists(control.resolve("arm"));
            Path calls = control.resolve("calls");
            return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource(Work.class)
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void killedBeforeAnyCallTheStoreIsWhole(Work task) {
        task.prepare();
        // The trash empties itself in the background: what it does is not counted.
        Wait.pause(Duration.ofMillis(500));
        arm(0);
        task.run().ok();
        List<String> calls = disarm();
        task.clear();
        if (task == Work.LOAD) {
            assertThat(calls).filteredOn("syncfs"::equals).hasSize(1);
            // Names, config, time of the tag, and the layer database: none for any of the layer's files.
            assertThat(calls).filteredOn("fsync"::equals).hasSizeLessThanOrEqualTo(10);
            System.out.println("FIGURE syncs of a load of 300 files = " + count(calls, "syncfs") + " syncfs, "
                    + count(calls, "fsync") + " fsync");
        }
        for (int n : points(calls.size())) {
            try {
                killedAt(task, n);
            } catch (AssertionError e) {
                throw new AssertionError(
                        "%s, killed before call %d of %s: %s".formatted(task, n, calls, e.getMessage()), e);
            }
        }
        System.out.println("FIGURE " + task + " killed before each of its calls = "
                + points(calls.size()).size() + " of " + calls.size());
    }

    private static long count(List<String> calls, String name) {
        return calls.stream().filter(name::equals).count();
    }

    /** All of them in the long run, else some, the last among them. */
    private static List<Integer> points(int calls) {
        TreeSet<Integer> points = new TreeSet<>();
        int step = System.getenv("CAIRN_LONG") != null ? 1 : Math.max(1, calls / SAMPLE);
        for (int n = calls; n >= 1; n -= step) {
            points.add(n);
        }
        return new ArrayList<>(points);
    }

    private static void killedAt(Work task, int n) {
        task.prepare();
        Wait.pause(Duration.ofMillis(200));
        arm(n);
        Result result = task.run();
        // The last calls are those of the trash, which nobody waits for. An operation may also have taken another way
        // this time.
        CrashStore.awaitEnd(daemon, result.exit() == 0);
        disarm();
        daemon.start();
        CrashStore.assertWhole(daemon);
        docker.ok("image", "inspect", "kept");
        if (result.exit() == 0) {
            task.acknowledged();
        }
        task.clear();
        task.prepare();
        task.repeat();
        task.clear();
        CrashStore.assertWhole(daemon);
    }
}
