package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The daemon is killed at random moments while it works. Whatever it was doing: the next one starts, a container that ran goes on running,
 * and once the containers of the interrupted command are removed, nothing is left of it.
 */
final class KillIT {
    private static final int KILLS = System.getenv("CAIRN_LONG") == null ? Work.values().length : 200;

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;
    private static Path archive;
    private static TestRegistry registry;
    private static ComposeProject project;

    @BeforeAll
    static void start() throws IOException {
        TestDaemon.onlyCairn("it is Cairn that is killed");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
        Images.importProbe(daemon, "probe");
        work = TestDaemon.newDirectory();
        Path top = Files.createDirectories(work.resolve("top"));
        for (int i = 0; i < 300; i++) {
            Files.writeString(top.resolve("file" + i), "x".repeat(10_000));
        }
        Path busybox = Images.busyboxTar(Files.createDirectories(work.resolve("bb")));
        archive = Images.archive(
                work, "loaded:1", "\"Cmd\":[\"sh\"]", List.of(busybox, Images.tar(top, work.resolve("top.tar"))));
        registry = TestRegistry.plain();
        RegistryImages.push(registry, archive, "pulled:1");
        List<ComposeProject.Client> clients = ComposeProject.clients(daemon);
        assertThat(clients).as("one of the composes").isNotEmpty();
        project = ComposeProject.of(daemon, clients.getFirst(), "work", """
                services:
                  one:
                    image: busybox
                    command: sleep 1000
                    stop_grace_period: 0s
                    ports: ["18598:80", "18598:80/udp"]
                    networks: {left: {}, right: {aliases: [first]}}
                    volumes: ["data:/data"]
                  two: {image: busybox, command: sleep 1000, stop_grace_period: 0s, networks: [right]}
                networks: {left: {}, right: {}}
                volumes: {data: {}}
                """);
    }

    @AfterAll
    static void end() {
        if (daemon == null) {
            return;
        }
        if (project != null) {
            project.close();
        }
        daemon.close();
        if (registry != null) {
            registry.close();
        }
        TestDaemon.deleteTree(work);
    }

    private enum Work {
        RUN {
            @Override
            Command begin() {
                return docker.start(
                        "run",
                        "--rm",
                        "--name",
                        "work",
                        "-p",
                        "18599:80",
                        "busybox",
                        "sh",
                        "-c",
                        "echo x >/file; sleep 0.1");
            }
        },
        DETACHED {
            @Override
            Command begin() {
                return docker.start("run", "-d", "--name", "work", "busybox", "sleep", "1000");
            }
        },
        STOP {
            @Override
            void prepare() {
                docker.ok("run", "-d", "--name", "work", "busybox", "sleep", "1000");
            }

            @Override
            Command begin() {
                return docker.start("stop", "-t", "0", "work");
            }
        },
        REMOVE {
            @Override
            void prepare() {
                docker.ok("run", "-d", "--name", "work", "busybox", "sleep", "1000");
            }

            @Override
            Command begin() {
                return docker.start("rm", "-f", "work");
            }
        },
        EXEC {
            @Override
            void prepare() {
                docker.ok("run", "-d", "--name", "work", "busybox", "sleep", "1000");
            }

            @Override
            Command begin() {
                return docker.start("exec", "work", "sh", "-c", "echo x; sleep 0.2");
            }
        },
        PAUSE {
            @Override
            void prepare() {
                docker.ok("run", "-d", "--name", "work", "busybox", "sleep", "1000");
            }

            @Override
            Command begin() {
                return docker.start("pause", "work");
            }
        },
        COPY {
            @Override
            void prepare() {
                docker.ok("run", "-d", "--name", "work", "busybox", "sleep", "1000");
            }

            @Override
            Command begin() {
                return docker.start("cp", work.resolve("top").toString(), "work:/tree");
            }
        },
        UPDATE {
            @Override
            void prepare() {
                docker.ok("run", "-d", "--name", "work", "busybox", "sleep", "1000");
            }

            @Override
            Command begin() {
                return docker.start("update", "--memory", "64m", "--memory-swap", "64m", "work");
            }
        },
        VOLUME {
            @Override
            void prepare() {
                docker.ok("volume", "create", "work");
            }

            @Override
            Command begin() {
                return docker.start("run", "--rm", "--name", "work", "-v", "work:/etc", "-v", "/v", "busybox", "true");
            }
        },
        VOLUME_REMOVE {
            @Override
            void prepare() {
                docker.ok("run", "--rm", "--network", "none", "-v", "work:/etc", "busybox", "true");
            }

            @Override
            Command begin() {
                return docker.start("volume", "rm", "work");
            }
        },
        NETWORK {
            @Override
            Command begin() {
                return docker.start("network", "create", "work");
            }
        },
        CONNECT {
            @Override
            void prepare() {
                docker.ok("network", "create", "work");
                docker.ok("run", "-d", "--name", "work", "busybox", "sleep", "1000");
            }

            @Override
            Command begin() {
                return docker.start("network", "connect", "work", "work");
            }
        },
        DISCONNECT {
            @Override
            void prepare() {
                docker.ok("network", "create", "work");
                docker.ok("run", "-d", "--name", "work", "-p", "18597:80", "busybox", "sleep", "1000");
                docker.ok("network", "connect", "--gw-priority", "1", "work", "work");
            }

            @Override
            Command begin() {
                // Its way out, and with it the way of its published port.
                return docker.start("network", "disconnect", "work", "work");
            }
        },
        NETWORK_REMOVE {
            @Override
            void prepare() {
                docker.ok("network", "create", "--ipv6", "work");
            }

            @Override
            Command begin() {
                return docker.start("network", "rm", "work");
            }
        },
        PUBLISH {
            @Override
            void prepare() {
                docker.ok("network", "create", "work");
            }

            @Override
            Command begin() {
                return docker.start(
                        ("run -d --name work --network work -p 18600-18649:80-129 -p 127.0.0.1:18650:53/udp -p [::1]:18651:53 busybox"
                                        + " sleep 1000")
                                .split(" "));
            }
        },
        COMPOSE_UP {
            @Override
            Command begin() {
                return project.start("up", "-d");
            }
        },
        COMPOSE_DOWN {
            @Override
            void prepare() {
                project.ok("up", "-d");
            }

            @Override
            Command begin() {
                return project.start("down", "-v", "-t", "0");
            }
        },
        RESTART {
            @Override
            Command begin() {
                return docker.start("run", "-d", "--name", "work", "--restart", "always", "busybox", "false");
            }
        },
        LOAD {
            @Override
            Command begin() {
                return docker.start("load", "-i", archive.toString());
            }
        },
        PULL {
            @Override
            Command begin() {
                return docker.start("pull", registry.image("pulled:1"));
            }
        },
        REMOVE_IMAGE {
            @Override
            void prepare() {
                docker.ok("load", "-q", "-i", archive.toString());
            }

            @Override
            Command begin() {
                return docker.start("rmi", "loaded:1");
            }
        };

        void prepare() {}

        abstract Command begin();
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void killedAtAnyMomentNothingIsLostOrLeft() {
        long seed = Long.getLong("cairn.seed", System.nanoTime());
        Random random = new Random(seed);
        docker.ok("run", "-d", "--name", "witness", "probe", "/probe", "tick", "100");
        String witness =
                docker.inspect("witness", "{{.State.Pid}} {{.State.StartedAt}} {{.NetworkSettings.IPAddress}}");
        daemon.kill();
        daemon.start();
        LeakLedger before = LeakLedger.of(daemon);
        long longest = 0;

        for (int i = 0; i < KILLS; i++) {
            Work task = Work.values()[i % Work.values().length];
            // Half of all kills fall into the first 60 ms, where most of the work is done.
            int delay = random.nextBoolean() ? random.nextInt(60) : random.nextInt(400);
            String what = "kill %d (seed %d): %s after %d ms".formatted(i, seed, task, delay);
            try {
                task.prepare();
                try (Command command = task.begin()) {
                    Wait.pause(Duration.ofMillis(delay));
                    daemon.kill();
                    command.await(Duration.ofSeconds(20));
                }
                long begin = System.nanoTime();
                daemon.start();
                longest = Math.max(longest, (System.nanoTime() - begin) / 1_000_000);
                assertThat(docker.run(
                                        "inspect",
                                        "--type",
                                        "container",
                                        "-f",
                                        "{{.State.Status}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
                                        "work")
                                .text())
                        .as("a container that is taken up has its address")
                        .isNotEqualTo("running");
                NetworkAgreement.await(daemon);
                if (task == Work.COMPOSE_UP || task == Work.COMPOSE_DOWN) {
                    project.run("down", "-v", "-t", "0").ok();
                }
                docker.run("rm", "-f", "-v", "work");
                docker.run("volume", "rm", "work");
                docker.run("network", "rm", "work");
                docker.run("volume", "prune", "-f");
                CrashStore.assertWhole(daemon);
                docker.run("rmi", "loaded:1", registry.image("pulled:1"));
                CrashStore.removeDangling(docker);
                before.awaitSame(daemon);
                assertThat(docker.inspect(
                                "witness", "{{.State.Pid}} {{.State.StartedAt}} {{.NetworkSettings.IPAddress}}"))
                        .isEqualTo(witness);
                assertThat(docker.ok("run", "--rm", "--network", "none", "busybox", "echo", "works"))
                        .isEqualTo("works");
            } catch (AssertionError e) {
                throw new AssertionError(what + ": " + e.getMessage(), e);
            }
        }

        // The witness never missed a beat, and its log has no gap.
        List<String> beats = docker.run("logs", "witness").ok().lines();
        assertThat(beats).hasSizeGreaterThan(KILLS);
        for (int i = 0; i < beats.size(); i++) {
            assertThat(beats.get(i)).isEqualTo(Integer.toString(i + 1));
        }
        System.out.println("FIGURE kills survived = " + KILLS + " kills");
        System.out.println("FIGURE longest time to the first answer after a kill = " + longest + " ms");
    }
}
