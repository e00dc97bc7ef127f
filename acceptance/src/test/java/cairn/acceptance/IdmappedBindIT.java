package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Binds whose owner on the host, here 1000:2000, is the container's user inside. */
final class IdmappedBindIT {
    private static final String OWNER = "1000:2000";

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;
    private static LeakLedger before;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("Docker has no such binds");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        work = TestDaemon.newDirectory();
        Images.importBusybox(daemon, "box", "LABEL cairn.idmap=/b");
        docker.ok("run", "--rm", "box", "true");
        before = LeakLedger.of(daemon);
    }

    @AfterAll
    static void end() {
        try {
            docker.ok("run", "--rm", "box", "true");
            before.awaitSame(daemon);
        } finally {
            daemon.close();
            TestDaemon.deleteTree(work);
        }
    }

    /** A directory of the owner's, with files of his, of the host's root, and of somebody else. */
    @BeforeEach
    void makeFiles() throws IOException {
        Path home = Files.createDirectories(work.resolve("home"));
        Files.writeString(home.resolve("own"), "own\n");
        Files.writeString(home.resolve("roots"), "secret\n");
        Files.writeString(home.resolve("others"), "others\n");
        Files.createDirectories(work.resolve("roots"));
        Files.createDirectories(work.resolve("groups"));
        Command.run(
                        "sh",
                        "-ec",
                        "cd " + work + "; chown " + OWNER + " home home/own; chown 44:55 home/others;"
                                + " chmod 755 . home; chmod 600 home/roots; chmod 644 home/own home/others; chown 1000:0 groups")
                .ok();
    }

    @AfterEach
    void removeAll() {
        daemon.removeContainers();
        TestDaemon.deleteTree(work.resolve("home"));
    }

    private static String owner(Path file) throws IOException {
        var attributes = Files.readAttributes(file, "unix:uid,gid", LinkOption.NOFOLLOW_LINKS);
        return attributes.get("uid") + ":" + attributes.get("gid");
    }

    private static Path home() {
        return work.resolve("home");
    }

    /** With {@code -v}, which the stock CLI passes on, or with Cairn's own for what that refuses. */
    private static Result run(String flags, String script) {
        List<String> words = new ArrayList<>(List.of("run", "--rm"));
        boolean stock = !flags.contains("--userns") && !flags.contains("--mount");
        words.addAll(
                flags.isEmpty()
                        ? List.of()
                        : List.of(flags.replace("HOME", home().toString()).split(" ")));
        if (!flags.contains("home") && !flags.contains("HOME")) {
            words.addAll(List.of("-v", home() + ":/b:idmap"));
        }
        words.addAll(List.of("box", "sh", "-c", script));
        String[] command = words.toArray(String[]::new);
        return stock ? docker.run(command) : daemon.cairn(command);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|0:0",
                "-u 33:34|33:34",
                "-u 1000:2000|1000:2000",
                "-u 1000|1000:1000",
                "-u 2345|2345:0",
                "-u 70000:70000|70000:70000",
                "--mount type=bind,src=HOME,dst=/b,idmap|0:0",
                "--annotation cairn.idmap=/b -v HOME:/b|0:0",
                "--userns private|0:0",
                "--userns private -u 33:34|33:34",
                "--userns private --mount type=bind,src=HOME,dst=/b,idmap,bind-recursive=disabled|0:0",
            })
    void ownerOnTheHostIsTheContainersUser(String flags, String user) throws IOException {
        assertThat(run(
                                flags,
                                "cd /b; stat -c %u:%g . own others; echo more >>own; mkdir new; echo x >new/file; ln -s x new/link;"
                                        + " stat -c %u:%g new/file; grep -c ' /b .*nosuid.*idmapped' /proc/mounts")
                        .ok()
                        .text()
                        .lines()
                        .toList())
                .startsWith(user, user)
                .endsWith(user, "1");
        assertThat(Files.readString(home().resolve("own"))).isEqualTo("own\nmore\n");
        for (String made : List.of("own", "new", "new/file", "new/link")) {
            assertThat(owner(home().resolve(made))).as(made).isEqualTo(OWNER);
        }
        // Nothing was changed for it.
        assertThat(owner(home())).isEqualTo(OWNER);
        assertThat(owner(home().resolve("others"))).isEqualTo("44:55");
        assertThat(owner(home().resolve("roots"))).isEqualTo("0:0");
    }

    @Test
    void aFileAloneAndWhatIsMountedBelow() throws IOException {
        Path below = Files.createDirectories(home().resolve("below"));
        Command.run("mount", "-t", "tmpfs", "-o", "uid=1000,gid=2000,mode=755", "none", below.toString())
                .ok();
        try {
            assertThat(run("-u 33:34", "touch /b/below/new && stat -c %u:%g /b/below/new")
                            .ok()
                            .text())
                    .isEqualTo("33:34");
            assertThat(owner(below.resolve("new"))).isEqualTo(OWNER);
        } finally {
            Command.run("umount", below.toString()).ok();
        }
        assertThat(run("-u 33:34 -v " + home() + "/own:/f:idmap", "echo new >/f; stat -c %u:%g /f")
                        .ok()
                        .text())
                .isEqualTo("33:34");
        assertThat(Files.readString(home().resolve("own"))).isEqualTo("new\n");
    }

    /** Root squashing, the other way round as well: what is root's on the host is nobody's inside, or root's. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-u 33:34",
                "-u 1000:2000",
                "--userns private",
                "--userns private -u 33:34",
                "--privileged",
                "--cap-add ALL"
            })
    void filesOfTheHostsRootAreGivenToNobody(String flags) throws IOException {
        boolean root = !flags.contains("-u ");
        // Whoever has CAP_CHOWN on the host's file system may take what is nobody's, as he might without this.
        boolean take = !root || flags.contains("--userns");
        String script = "cd /b; stat -c %u:%g roots; cat roots; echo bad >>roots; chmod 4777 roots; rmdir roots;"
                + (take ? "chown $(id -u):$(id -g) roots; chown 0:0 roots;" : "")
                + " touch new; chown 0:0 new; chmod 4755 new; true";
        Result result = run(flags, script).ok();
        assertThat(result.out()).isEqualTo(root ? "65534:65534\n" : "0:0\n");
        assertThat(Files.readString(home().resolve("roots"))).isEqualTo("secret\n");
        assertThat(owner(home().resolve("roots"))).isEqualTo("0:0");
        assertThat((int) Files.getAttribute(home().resolve("roots"), "unix:mode") & 07777)
                .isEqualTo(0600);
        // No new file is the host's root's either, whatever the container's root makes of it.
        assertThat(owner(home().resolve("new"))).isEqualTo(OWNER);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-u 33 -v WORK/roots:/b:idmap|WORK/roots cannot be idmapped for user 33: it belongs to the host's root, whose files are nobody else's",
                "-u 33:33 -v WORK/groups:/b:idmap|WORK/groups cannot be idmapped for group 33: it belongs to the host's group root",
                "-v WORK/missing:/b:idmap|bind source path does not exist: WORK/missing",
                "-v /proc:/b:idmap|/proc cannot be idmapped: its file system, or one below it, has no idmapped mounts (map the ids of a mount: invalid argument); leave idmap out",
                "-v vol:/b:idmap|invalid mount config for type \"volume\": only binds can be idmapped",
                "-v WORK/home:/b:idmap,idmap|invalid mode: idmap,idmap",
                "--volumes-from other:idmap|invalid mode: idmap",
                "--annotation cairn.idmap=/x -v WORK/home:/b|annotation cairn.idmap: no bind is mounted at '/x'",
                "--userns private -u 70000:70000 -v WORK/home:/b:idmap|WORK/home cannot be idmapped for user 70000: the container's user namespace has the ids 0 to 65535",
            })
    void whatCannotBeIsRefused(String flags, String text) {
        List<String> words = new ArrayList<>(List.of("run", "--rm"));
        words.addAll(List.of(flags.replace("WORK", work.toString()).split(" ")));
        words.addAll(List.of("box", "true"));
        String[] command = words.toArray(String[]::new);
        Result result = flags.contains("--userns") ? daemon.cairn(command) : docker.run(command);
        assertThat(result.fails(125).err()).contains(text.replace("WORK", work.toString()));
        assertThat(work.resolve("missing")).doesNotExist();
        // The host's root may have what is its own.
        assertThat(docker.ok("run", "--rm", "-v", work.resolve("roots") + ":/b:idmap", "box", "stat", "-c", "%u", "/b"))
                .isEqualTo("0");
    }

    @Test
    void labelsOfImagesDoNotDecide() {
        assertThat(docker.ok("run", "--rm", "-v", home() + ":/b", "box", "stat", "-c", "%u:%g", "/b"))
                .isEqualTo(OWNER);
    }

    @Test
    void itIsShownKeptAndPassedOn() throws IOException {
        docker.ok(
                "run",
                "-d",
                "--init",
                "--name",
                "one",
                "-u",
                "33:34",
                "-v",
                home() + ":/b:idmap",
                "box",
                "sleep",
                "600");
        assertThat(docker.inspect("one", "{{(index .Mounts 0).Mode}} {{.HostConfig.Binds}}"))
                .isEqualTo("idmap [" + home() + ":/b:idmap]");
        assertThat(daemon.cairn("explain", "one").ok().out())
                .contains("idmapped: its owner is the container's user")
                .contains("idmapped: " + OWNER + " is 33:34 inside");
        // To its own user, not to that of the other one.
        assertThat(docker.ok("run", "--rm", "--volumes-from", "one:ro", "box", "stat", "-c", "%u:%g", "/b"))
                .isEqualTo("0:0");
        docker.ok("exec", "-u", "0", "one", "sh", "-c", "touch /b/by-root; chown 33:34 /b/by-root");
        assertThat(owner(home().resolve("by-root"))).isEqualTo(OWNER);
        // Each start looks anew whose the directory is, under the next daemon, too.
        Command.run("chown", "1001:2001", home().toString()).ok();
        daemon.kill();
        daemon.start();
        docker.ok("restart", "-t", "1", "one");
        assertThat(docker.ok("exec", "one", "stat", "-c", "%u:%g", "/b", "/b/own"))
                .isEqualTo("33:34\n1000:2000");
    }

    @Test
    void copiesGoByWhatTheContainerSees() throws IOException {
        docker.ok("create", "--init", "--name", "one", "-v", home() + ":/b:idmap", "box", "sleep", "600");
        Path in = Files.writeString(work.resolve("in"), "in\n");
        // The owners of files are only known in the mounts of a process.
        assertThat(docker.run("cp", in.toString(), "one:/b/in").fails(1).err())
                .contains("idmapped bind /b can be written to only while the container runs");
        docker.ok("cp", in.toString(), "one:/tmp/in");
        docker.ok("start", "one");
        docker.ok("cp", in.toString(), "one:/b/in");
        assertThat(owner(home().resolve("in"))).isEqualTo(OWNER);
        docker.ok("cp", "-a", "one:/b/own", work.resolve("out").toString());
        assertThat(owner(work.resolve("out"))).isEqualTo("0:0");
    }

    /** Compose drops words of a short volume that it does not know. */
    @Test
    void composeAsksByAnnotation() {
        assumeTrue(
                ComposeProject.clients(daemon).contains(ComposeProject.Client.V2),
                "there is no compose plugin (packaging/compose)");
        try (ComposeProject project = ComposeProject.of(
                daemon, ComposeProject.Client.V2, "idmap", """
                services:
                  app:
                    image: box
                    user: "33:34"
                    command: ["sh", "-c", "touch /b/by-compose; stat -c %u:%g /b/by-compose"]
                    annotations: {cairn.idmap: /b}
                    volumes: ["{home}:/b"]
                """.replace("{home}", home().toString()))) {
            assertThat(project.run("up").ok().out()).contains("33:34");
            assertThat(owner(home().resolve("by-compose"))).isEqualTo(OWNER);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
