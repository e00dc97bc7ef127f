package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The power is cut while the daemon works: its data root lies on an ext4 of its own, which is shut down by ioctl, so that what was not
 * synced is lost, and mounted again. Whatever it was doing: the store is whole, what was acknowledged is there, the work can be repeated.
 */
final class PowerCutIT {
    private static final int CUTS = System.getenv("CAIRN_LONG") == null ? 6 : 30;

    /** {@code FS_IOC_SHUTDOWN}: {@code _IOR('X', 125, __u32)}. Without the journal's last transaction, or with it. */
    private static final String CUT = """
            import fcntl, os, struct, sys
            fd = os.open(sys.argv[1], os.O_RDONLY)
            fcntl.ioctl(fd, 0x8004587d, struct.pack('I', int(sys.argv[2])))
            """;

    private static final int LOG_FLUSH = 1;
    private static final int NO_LOG_FLUSH = 2;

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;
    private static Path disk;
    private static Path archive;
    private static TestRegistry registry;
    private static String pulled;
    /** Of the container at hand; another one each time, for a removal is not synced: after a cut a container may be back. */
    private static String name = "";

    @BeforeAll
    static void start() throws IOException {
        TestDaemon.onlyCairn("it is Cairn's power that is cut");
        work = TestDaemon.newDirectory();
        disk = work.resolve("disk");
        Command.run("truncate", "-s", "512M", disk.toString()).ok();
        Command.run("mkfs.ext4", "-q", disk.toString()).ok();
        Path directory = TestDaemon.newDirectory();
        Path data = Files.createDirectories(directory.resolve("data"));
        // A mount namespace of its own, which goes with the daemon, and the mount with it.
        Path engine = CrashStore.wrapper(
                work,
                "exec unshare --mount --propagation private sh -c 'mount -o loop %s %s && exec \"$0\" \"$@\"' %s \"$@\"\n"
                        .formatted(disk, data, TestDaemon.engine()));
        daemon = TestDaemon.on(directory, engine.toString());
        docker = daemon.docker();
        archive = CrashStore.archive(work, "loaded:1");
        Images.importBusybox(daemon, "kept");
        docker.ok("run", "--name", "source", "--network", "none", "kept", "touch", "/made");
        registry = TestRegistry.plain();
        RegistryImages.push(registry, RegistryImages.archive(work, "hello"), "hello:1");
        pulled = registry.image("hello:1");
        daemon.stop();
        awaitUnmounted();
        daemon.start();
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
            daemon.close();
            awaitUnmounted();
        }
        if (registry != null) {
            registry.close();
        }
        if (work != null) {
            TestDaemon.deleteTree(work);
        }
    }

    private static void awaitUnmounted() {
        Wait.until(
                Duration.ofSeconds(20),
                () -> "the end of the mount of " + disk,
                () -> Command.run("losetup", "-j", disk.toString()).text().isEmpty());
    }

    private enum Work {
        LOAD {
            @Override
            Command begin() {
                return docker.start("load", "-q", "-i", archive.toString());
            }

            @Override
            void acknowledged() {
                docker.ok("image", "inspect", "loaded:1");
                assertThat(docker.ok("run", "--rm", "--network", "none", "loaded:1", "/bin/cat", "/file7"))
                        .startsWith("loaded:17");
            }
        },
        PULL {
            @Override
            Command begin() {
                return docker.start("pull", "-q", pulled);
            }

            @Override
            void acknowledged() {
                assertThat(docker.ok("run", "--rm", "--network", "none", pulled))
                        .isEqualTo("hello");
            }
        },
        COMMIT {
            @Override
            Command begin() {
                return docker.start("commit", "source", "committed:1");
            }

            @Override
            void acknowledged() {
                assertThat(docker.ok("run", "--rm", "--network", "none", "committed:1", "ls", "/made"))
                        .isEqualTo("/made");
            }
        },
        REMOVE {
            @Override
            void prepare() {
                docker.ok("load", "-q", "-i", archive.toString());
            }

            @Override
            Command begin() {
                return docker.start("rmi", "loaded:1");
            }

            @Override
            void acknowledged() {
                docker.run("image", "inspect", "loaded:1").fails(1);
            }
        },
        CREATE {
            @Override
            Command begin() {
                return docker.start("create", "--name", name, "--network", "none", "kept", "echo", "works");
            }

            @Override
            void acknowledged() {
                assertThat(docker.ok("start", "-a", name)).isEqualTo("works");
            }
        },
        RUN {
            @Override
            Command begin() {
                return docker.start("run", "--rm", "--name", name, "--network", "none", "kept", "true");
            }

            @Override
            void acknowledged() {
                docker.run("container", "inspect", name).fails(1);
            }
        };

        void prepare() {}

        abstract Command begin();

        abstract void acknowledged();
    }

    private static void clear() {
        docker.run("rm", "-f", name);
        docker.run("rmi", "-f", "loaded:1", "committed:1", pulled);
        CrashStore.removeDangling(docker);
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void whenThePowerIsCutTheStoreIsWhole() {
        long seed = Long.getLong("cairn.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < CUTS; i++) {
            Work task = Work.values()[i % Work.values().length];
            int how = random.nextBoolean() ? LOG_FLUSH : NO_LOG_FLUSH;
            // Some are acknowledged by then, and some not.
            int delay = 30 + random.nextInt(random.nextBoolean() ? 150 : 1500);
            String what = "cut %d (seed %d): %s after %d ms, %s"
                    .formatted(i, seed, task, delay, how == LOG_FLUSH ? "journal written" : "journal lost");
            name = "work" + i;
            try {
                cut(task, delay, how);
            } catch (AssertionError e) {
                throw new AssertionError(what + ": " + e.getMessage(), e);
            }
        }
        System.out.println("FIGURE power cuts survived = " + CUTS + " cuts");
    }

    private static void cut(Work task, int delay, int how) {
        task.prepare();
        boolean acknowledged;
        try (Command command = task.begin()) {
            Wait.pause(Duration.ofMillis(delay));
            acknowledged = !command.alive() && command.await().exit() == 0;
            Command.run(
                            "nsenter",
                            "--target",
                            Long.toString(daemon.pid()),
                            "--mount",
                            "python3",
                            "-c",
                            CUT,
                            daemon.dataRoot().toString(),
                            Integer.toString(how))
                    .ok();
            daemon.kill();
            command.await(Duration.ofSeconds(20));
        }
        awaitUnmounted();
        daemon.start();
        CrashStore.assertWhole(daemon);
        docker.ok("image", "inspect", "kept");
        if (acknowledged) {
            task.acknowledged();
        }
        clear();
        task.prepare();
        try (Command again = task.begin()) {
            again.await().ok();
        }
        task.acknowledged();
        clear();
        CrashStore.assertWhole(daemon);
    }
}
