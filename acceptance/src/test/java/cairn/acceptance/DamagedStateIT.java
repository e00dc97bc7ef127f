package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** State files that are empty, cut, of another type, or full of NULs: they harm one container, are told, and the daemon starts. */
final class DamagedStateIT {
    private static TestDaemon daemon;
    private static DockerCli docker;

    /** What is done to a file. */
    private enum Damage {
        TRUNCATED {
            @Override
            void to(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
            }
        },
        EMPTY {
            @Override
            void to(Path file) throws IOException {
                Files.write(file, new byte[0]);
            }
        },
        NULS {
            @Override
            void to(Path file) throws IOException {
                Files.write(file, new byte[(int) Files.size(file)]);
            }
        },
        WRONG_JSON {
            @Override
            void to(Path file) throws IOException {
                Files.writeString(file, "[1, true, {\"ID\": 7}]");
            }
        },
        GARBAGE {
            @Override
            void to(Path file) throws IOException {
                Files.writeString(file, "no json \u00ff at all", StandardCharsets.ISO_8859_1);
            }
        },
        DIRECTORY {
            @Override
            void to(Path file) throws IOException {
                Files.delete(file);
                Files.createDirectory(file);
                Files.writeString(file.resolve("inside"), "x");
            }
        },
        PIPE {
            @Override
            void to(Path file) throws IOException {
                Files.delete(file);
                Command.run("mkfifo", file.toString()).ok();
            }
        },
        LINK {
            @Override
            void to(Path file) throws IOException {
                Files.delete(file);
                Files.createSymbolicLink(file, Path.of("/proc/self/mem"));
            }
        };

        abstract void to(Path file) throws IOException;
    }

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("Docker does not start, or loses the container");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "busybox");
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

    private static Path record(String id, String file) {
        return daemon.dataRoot().resolve("containers").resolve(id).resolve(file);
    }

    @Test
    void damagedRecordHarmsOneContainerAndCanBeRemoved() throws IOException {
        LeakLedger before = LeakLedger.of(daemon);
        String well = docker.ok("run", "-d", "--network", "none", "--name", "well", "busybox", "sleep", "1000");
        String[] files = {"config.v2.json", "hostconfig.json"};
        String[][] ids = new String[files.length][Damage.values().length];
        for (int f = 0; f < files.length; f++) {
            for (Damage damage : Damage.values()) {
                ids[f][damage.ordinal()] =
                        docker.ok("create", "--name", "sick-" + f + damage.ordinal(), "busybox", "true");
            }
        }
        daemon.stop();
        for (int f = 0; f < files.length; f++) {
            for (Damage damage : Damage.values()) {
                damage.to(record(ids[f][damage.ordinal()], files[f]));
            }
        }
        daemon.start();
        assertThat(docker.inspect("well", "{{.State.Running}}")).isEqualTo("true");
        List<String> rows = docker.ok("ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Status}}")
                .lines()
                .toList();
        String findings = daemon.cairn("store", "check", "--fast").out();
        for (int f = 0; f < files.length; f++) {
            for (Damage damage : Damage.values()) {
                String id = ids[f][damage.ordinal()];
                String what = files[f] + " " + damage;
                assertThat(rows).as(what).contains(id + " Dead");
                assertThat(daemon.log())
                        .as(what)
                        .contains("container record in "
                                + record(id, "").toString().replaceAll("/$", ""));
                assertThat(findings).as(what).contains(id.substring(0, 12));
                assertThat(docker.run("start", id).fails(1).err()).as(what).contains("its record is damaged");
                assertThat(docker.inspect(id, "{{.State.Status}} {{.State.Dead}}"))
                        .as(what)
                        .isEqualTo("dead true");
                assertThat(docker.ok("rm", id)).as(what).isEqualTo(id);
            }
        }
        assertThat(docker.ok("ps", "-aq", "--no-trunc")).isEqualTo(well);
        docker.ok("rm", "-f", "well");
        before.awaitSame(daemon);
    }

    @Test
    void damagedRecordOfARunningContainerLeavesItRunning() throws IOException {
        String id = docker.ok("run", "-d", "--network", "none", "--name", "runs", "busybox", "sleep", "1000");
        daemon.kill();
        Damage.NULS.to(record(id, "config.v2.json"));
        daemon.start();
        assertThat(docker.inspect(id, "{{.State.Running}}")).isEqualTo("true");
        docker.ok("stop", "-t", "0", id);
        assertThat(docker.inspect(id, "{{.State.Status}}")).isEqualTo("dead");
        assertThat(Files.readAllBytes(record(id, "config.v2.json")))
                .as("what somebody may still repair is not overwritten")
                .containsOnly(0);
        docker.ok("rm", id);
    }

    @Test
    void damagedRuntimeFilesOfContainersThatEndedMeanwhile() throws IOException {
        List<String> ids = new ArrayList<>();
        List<String> pids = new ArrayList<>();
        for (Damage damage : Damage.values()) {
            String id = docker.ok(
                    "run", "-d", "--network", "none", "--name", "gone" + damage.ordinal(), "busybox", "sleep", "1000");
            ids.add(id);
            pids.add(docker.inspect(id, "{{.State.Pid}}"));
        }
        daemon.kill();
        for (Damage damage : Damage.values()) {
            Path runtime = daemon.execRoot()
                    .resolve("c")
                    .resolve(ids.get(damage.ordinal()).substring(0, 20));
            Command.run("kill", "-KILL", pids.get(damage.ordinal())).ok();
            Wait.until(Command.PATIENCE, () -> "the exit file", () -> Files.exists(runtime.resolve("exit")));
            damage.to(runtime.resolve("exit"));
            damage.to(runtime.resolve("pid"));
        }
        daemon.start();
        for (Damage damage : Damage.values()) {
            String id = ids.get(damage.ordinal());
            assertThat(docker.inspect(id, "{{.State.Status}} {{.State.ExitCode}}"))
                    .as("%s", damage)
                    .isEqualTo("exited 255");
            docker.ok("start", id);
            docker.ok("rm", "-f", id);
        }
    }

    @Test
    void damagedNamesOfImages() throws IOException {
        Path names = daemon.dataRoot().resolve("image/overlay2/repositories.json");
        List<Damage> some =
                System.getenv("CAIRN_LONG") == null ? List.of(Damage.NULS, Damage.PIPE) : List.of(Damage.values());
        for (Damage damage : some) {
            daemon.stop();
            damage.to(names);
            daemon.start();
            assertThat(daemon.log()).as("%s", damage).contains("repositories.json cannot be read");
            assertThat(daemon.cairn("store", "check", "--fast").out())
                    .as("%s", damage)
                    .contains("the names of images cannot be read");
            daemon.cairn("store", "check", "--fast", "--repair").ok();
            assertThat(daemon.cairn("store", "check", "--fast").ok().out())
                    .as("%s", damage)
                    .doesNotContain("the names of images cannot be read");
            Path aside = names.resolveSibling("repositories.json.damaged");
            assertThat(Files.exists(aside, LinkOption.NOFOLLOW_LINKS))
                    .as("%s", damage)
                    .isTrue();
            Command.run("rm", "-rf", aside.toString()).ok();
            docker.ok("tag", docker.ok("images", "-aq").lines().findFirst().orElseThrow(), "busybox");
        }
    }

    @Test
    void namesThatCanStillBeReadAreKept() throws IOException {
        Path names = daemon.dataRoot().resolve("image/overlay2/repositories.json");
        docker.ok("tag", "busybox", "zz:1");
        daemon.stop();
        String whole = Files.readString(names);
        Files.writeString(names, whole.substring(0, whole.indexOf("\"zz")));
        daemon.start();
        assertThat(docker.ok("images", "-q", "busybox")).isNotEmpty();
        assertThat(docker.ok("images", "-q", "zz:1")).isEmpty();
        docker.ok("tag", "busybox", "zz:1");
        assertThat(daemon.cairn("store", "check", "--fast").ok().out())
                .doesNotContain("the names of images cannot be read");
        docker.ok("rmi", "zz:1");
        Command.run("rm", names + ".damaged").ok();
    }
}
