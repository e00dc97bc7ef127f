package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files in and out of containers in every state, through what is mounted into them, and never out of their root. */
final class CopyIT {
    private static final List<String> STATES = List.of("running", "paused", "created", "exited");

    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        work = TestDaemon.newDirectory();
        Images.importBusybox(daemon, "box");
    }

    @AfterAll
    static void end() {
        daemon.close();
        TestDaemon.deleteTree(work);
    }

    @AfterEach
    void removeAll() {
        daemon.removeContainers();
    }

    /** A container in that state, which has run before but for the state created. */
    private static String in(String state, String... flags) {
        String name = "in-" + state;
        List<String> words = new ArrayList<>(List.of("create", "--network", "none", "--name", name));
        words.addAll(List.of(flags));
        words.addAll(List.of("box", "sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done"));
        docker.ok(words.toArray(String[]::new));
        if (!state.equals("created")) {
            docker.ok("start", name);
        }
        switch (state) {
            case "paused" -> docker.ok("pause", name);
            case "exited" -> docker.ok("kill", name);
            default -> {}
        }
        assertThat(docker.inspect(name, "{{.State.Status}}")).isEqualTo(state);
        return name;
    }

    /** What the container sees, run in it or, where it does not run, started for that. */
    private static String sees(String name, String script) {
        if (docker.inspect(name, "{{.State.Paused}}").equals("true")) {
            docker.ok("unpause", name);
        }
        docker.ok("start", name);
        return docker.ok("exec", name, "sh", "-c", script);
    }

    private static Path sample(String name) throws IOException {
        Path tree = Files.createDirectories(work.resolve(name));
        Files.createDirectories(tree.resolve("sub/empty"));
        Files.writeString(tree.resolve("one"), "first\n");
        Files.writeString(tree.resolve("sub/run"), "#!/bin/sh\necho ran\n");
        Files.setPosixFilePermissions(tree.resolve("sub/run"), PosixFilePermissions.fromString("rwxr-x--x"));
        if (!Files.exists(tree.resolve("link"), java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(tree.resolve("link"), Path.of("sub/run"));
            Files.createLink(tree.resolve("hard"), tree.resolve("one"));
        }
        Command.run(
                        "touch",
                        "-d",
                        "2001-02-03 04:05:06 UTC",
                        tree.resolve("one").toString())
                .ok();
        return tree;
    }

    @ParameterizedTest
    @ValueSource(strings = {"running", "paused", "created", "exited"})
    void goesInAndComesOutInEveryState(String state) throws IOException {
        Path tree = sample("tree");
        String name = in(state);
        docker.ok("cp", tree.toString(), name + ":/opt");
        Path back = Files.createDirectories(work.resolve("back-" + state));
        docker.ok("cp", name + ":/opt", back.toString());
        assertThat(Command.run("diff", "-r", "--no-dereference", tree.toString(), back + "/opt")
                        .ok()
                        .text())
                .isEmpty();
        assertThat(Files.readSymbolicLink(back.resolve("opt/link"))).hasToString("sub/run");
        assertThat(docker.inspect(name, "{{.State.Status}}")).isEqualTo(state);
        assertThat(sees(
                        name,
                        "cat /opt/one; /opt/link; stat -c '%a %Y %h' /opt/sub/run /opt/one; ls -d /opt/sub/empty"))
                .isEqualTo("first\nran\n751 "
                        + Files.getLastModifiedTime(tree.resolve("sub/run"))
                                .toInstant()
                                .getEpochSecond()
                        + " 1\n644 981173106 2\n/opt/sub/empty");
        if (!TestDaemon.isDocker()) {
            assertThat(LeakLedger.mountsBelow(daemon.directory()).size())
                    .as("mounts: the container's root alone")
                    .isLessThanOrEqualTo(1);
        }
    }

    @Test
    void followsDockersRulesForWhatIsThere() throws IOException {
        Path tree = sample("rules");
        String name = in("running");
        docker.ok("exec", name, "mkdir", "-p", "/there", "/dir/one");
        docker.ok("cp", tree.toString(), name + ":/there");
        docker.ok("cp", tree + "/.", name + ":/there");
        docker.ok("cp", tree + "/one", name + ":/there/renamed");
        docker.ok("cp", tree + "/one", name + ":/there/sub/");
        assertThat(docker.ok("exec", name, "sh", "-c", "cd /there; find . -type f | sort"))
                .isEqualTo(
                        "./hard\n./one\n./renamed\n./rules/hard\n./rules/one\n./rules/sub/run\n./sub/one\n./sub/run");
        assertThat(docker.run("cp", tree + "/one", name + ":/dir").fails(1).err())
                .contains("cannot overwrite directory");
        assertThat(docker.run("cp", tree + "/one", name + ":/none/").fails(1).err())
                .contains("no such directory");
        assertThat(docker.run("cp", tree + "/one", name + ":/none/x").fails(1).err())
                .contains("Could not find the file /none in container " + name);
        assertThat(docker.run("cp", name + ":/missing", work.toString())
                        .fails(1)
                        .err())
                .contains("Could not find the file /missing in container " + name);
        assertThat(docker.run("cp", "nobody:/etc", work.toString()).fails(1).err())
                .containsIgnoringCase("No such container: nobody");
        assertThat(docker.run("cp", tree.toString(), name + ":/etc/passwd")
                        .fails(1)
                        .err())
                .contains("cannot copy directory");
    }

    @Test
    void linksAreTakenOrFollowedAsAsked() throws IOException {
        String name = in("running");
        docker.ok(
                "exec",
                name,
                "sh",
                "-c",
                "mkdir /data; echo here >/data/f; ln -s /data /abs; ln -s f /data/rel; ln -s /no /dangling");
        Path out = Files.createDirectories(work.resolve("links"));
        docker.ok("cp", name + ":/abs", out + "/as-link");
        assertThat(out.resolve("as-link")).isSymbolicLink();
        docker.ok("cp", "-L", name + ":/abs", out + "/followed");
        assertThat(out.resolve("followed/f")).hasContent("here\n");
        docker.ok("cp", name + ":/abs/.", out + "/inside");
        assertThat(out.resolve("inside/f")).hasContent("here\n");
        docker.ok("cp", "-L", name + ":/data/rel", out + "/file");
        assertThat(out.resolve("file")).hasContent("here\n");
        docker.ok("cp", name + ":/dangling", out + "/dangling");
        assertThat(out.resolve("dangling")).isSymbolicLink();
        // Into a link: where it leads in the container.
        docker.ok("cp", out + "/file", name + ":/abs/new");
        assertThat(docker.ok("exec", name, "cat", "/data/new")).isEqualTo("here");
    }

    @Test
    void streamsAreTars() throws IOException {
        String name = in("created");
        Path tar = work.resolve("in.tar");
        Path tree = sample("stream");
        Command.run("tar", "-C", tree.toString(), "-cf", tar.toString(), ".").ok();
        for (String coding : List.of("cat", "gzip", "zstd", "bzip2", "xz")) {
            Result done = Command.run(
                    Map.of(),
                    List.of(
                            "sh",
                            "-c",
                            coding + " <" + tar + " | DOCKER_HOST=unix://" + daemon.socket() + " docker cp - " + name
                                    + ":/home"),
                    "");
            done.ok();
        }
        Result out = Command.run(
                Map.of(),
                List.of(
                        "sh",
                        "-c",
                        "DOCKER_HOST=unix://" + daemon.socket() + " docker cp " + name + ":/home - | tar -tf - | sort"),
                "");
        assertThat(out.ok().text())
                .isEqualTo(
                        "home/\nhome/hard\nhome/link\nhome/one\nhome/sub/\nhome/sub/empty/\nhome/sub/run\nhome/user/");
        assertThat(sees(name, "cat /home/one")).isEqualTo("first");
    }

    @ParameterizedTest
    @ValueSource(strings = {"running", "created", "exited"})
    void goesThroughMounts(String state) throws IOException {
        Path bind = Files.createDirectories(work.resolve("bind-" + state));
        Path locked = Files.createDirectories(work.resolve("locked-" + state));
        Files.writeString(bind.resolve("old"), "from the host\n");
        Path file = work.resolve("single");
        Files.writeString(file, "payload\n");
        String name = in(state, "-v", bind + ":/vol/deep", "-v", locked + ":/locked:ro");
        docker.ok("cp", file.toString(), name + ":/vol/deep/new");
        assertThat(bind.resolve("new")).hasContent("payload\n");
        docker.ok("cp", name + ":/vol/deep/old", work + "/old-" + state);
        assertThat(work.resolve("old-" + state)).hasContent("from the host\n");
        docker.ok("cp", name + ":/vol", work + "/vol-" + state);
        assertThat(work.resolve("vol-" + state + "/deep/old")).hasContent("from the host\n");
        assertThat(docker.run("cp", file.toString(), name + ":/locked/x")
                        .fails(1)
                        .err())
                .contains("mounted volume is marked read-only");
        assertThat(locked).isEmptyDirectory();
    }

    @Test
    void tmpfsOfARunningContainerIsReached() throws IOException {
        TestDaemon.onlyCairn("Docker's cp does not see them");
        String name = in("running", "--tmpfs", "/scratch");
        Path file = work.resolve("for-tmpfs");
        Files.writeString(file, "in memory\n");
        docker.ok("cp", file.toString(), name + ":/scratch/x");
        assertThat(docker.ok("exec", name, "cat", "/scratch/x")).isEqualTo("in memory");
        docker.ok("cp", name + ":/scratch/x", work + "/from-tmpfs");
        assertThat(work.resolve("from-tmpfs")).hasContent("in memory\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"running", "created", "exited"})
    void aReadOnlyRootStaysAsItIs(String state) throws IOException {
        Path bind = Files.createDirectories(work.resolve("rw-" + state));
        Path file = work.resolve("ro-file");
        Files.writeString(file, "x\n");
        String name = in(state, "--read-only", "-v", bind + ":/rw");
        assertThat(docker.run("cp", file.toString(), name + ":/home").fails(1).err())
                .contains("container rootfs is marked read-only");
        docker.ok("cp", file.toString(), name + ":/rw/x");
        assertThat(bind.resolve("x")).hasContent("x\n");
        docker.ok("cp", name + ":/etc/passwd", work + "/passwd-" + state);
    }

    @Test
    void ownersAreTheArchivesOrTheContainersUser() throws IOException {
        Path file = work.resolve("owned");
        Files.writeString(file, "x\n");
        Command.run("chown", "1234:4321", file.toString()).ok();
        String name = in("running", "-u", "65534:65534");
        docker.ok("exec", "-u", "0", name, "chmod", "777", "/home");
        docker.ok("cp", file.toString(), name + ":/home/plain");
        docker.ok("cp", "-a", file.toString(), name + ":/home/archive");
        Api.Response put = put("/containers/" + name + "/archive?path=/home&copyUIDGID=1", tarOf(file));
        assertThat(put.status()).as(put.text()).isEqualTo(200);
        assertThat(docker.ok("exec", name, "stat", "-c", "%n %u:%g", "/home/plain", "/home/archive", "/home/owned"))
                .isEqualTo("/home/plain 1234:4321\n/home/archive 65534:65534\n/home/owned 65534:65534");
    }

    private static Api.Response put(String path, byte[] archive) {
        return daemon.api().request("PUT", path, Map.of("Content-Type", "application/x-tar"), archive);
    }

    private static byte[] tarOf(Path file) throws IOException {
        Path tar = work.resolve("one.tar");
        Command.run(
                        "tar",
                        "-C",
                        String.valueOf(file.getParent()),
                        "-cf",
                        tar.toString(),
                        String.valueOf(file.getFileName()))
                .ok();
        return Files.readAllBytes(tar);
    }

    @Test
    void theStatisticsHaveGosModes() {
        String name = in("created");
        docker.ok("start", name);
        docker.ok(
                "exec",
                name,
                "sh",
                "-c",
                "cd /home; mkdir d; chmod 1777 d; ln -s d l; mkfifo p; touch f; chmod 6755 f");
        assertThat(statMode(name, "/home/d")).isEqualTo(1L << 31 | 1L << 20 | 0777);
        assertThat(statMode(name, "/home/l")).isEqualTo(1L << 27 | 0777);
        assertThat(statMode(name, "/home/l/")).isEqualTo(1L << 31 | 1L << 20 | 0777);
        assertThat(statMode(name, "/home/p")).isEqualTo(1L << 25 | 0644);
        assertThat(statMode(name, "/home/f")).isEqualTo(1L << 23 | 1L << 22 | 0755);
        assertThat(stat(name, "/home/l")).contains("\"linkTarget\":\"/home/d\"", "\"name\":\"l\"");
    }

    private static String stat(String name, String path) {
        Api.Response response =
                daemon.api().request("HEAD", "/containers/" + name + "/archive?path=" + path, Map.of(), new byte[0]);
        assertThat(response.status()).isEqualTo(200);
        return new String(
                Base64.getDecoder().decode(response.headers().get("x-docker-container-path-stat")),
                StandardCharsets.UTF_8);
    }

    private static long statMode(String name, String path) {
        String text = stat(name, path);
        return Long.parseLong(text.replaceAll(".*\"mode\":(\\d+).*", "$1"));
    }

    /** CVE-2018-15664: a link swapped between resolving and working. The canaries lie where the links lead on the host. */
    @Test
    void aRacingContainerGetsNothingOutOfItsRoot() throws IOException {
        TestDaemon.onlyCairn("old engines lose this race");
        Path canary = Files.createDirectories(work.resolve("canary"));
        Files.writeString(canary.resolve("secret"), "host only\n");
        String name = in("running");
        docker.ok("exec", name, "sh", "-c", "mkdir -p /race/real" + canary + " && echo inside >/race/real/secret");
        docker.ok(
                "exec",
                "-d",
                name,
                "sh",
                "-c",
                "cd /race; ln -s " + canary
                        + " evil; while true; do mv real at; mv at back; mv evil at; mv at evil; mv back real; done");
        Path in = work.resolve("racer-in");
        Files.writeString(in, "mine\n");
        byte[] tar = tarOf(in);
        int rounds = System.getenv("CAIRN_LONG") != null ? 2000 : 150;
        int met = 0;
        for (int round = 0; round < rounds; round++) {
            Api.Response put = put("/containers/" + name + "/archive?path=/race/at", tar);
            assertThat(put.status()).as(put.text()).isIn(200, 400, 404);
            Api.Response got = daemon.api().get("/containers/" + name + "/archive?path=/race/at/secret");
            assertThat(got.text()).doesNotContain("host only");
            met += put.status() == 200 ? 1 : 0;
        }
        System.out.println("FIGURE cp races won by the copy = " + met + " of " + rounds);
        assertThat(canary.resolve("secret")).hasContent("host only\n");
        assertThat(canary.toFile().list()).containsExactly("secret");
    }

    /** What a container keeps in its root is never run and never asked, whatever is uploaded (CVE-2026-41567, CVE-2019-14271). */
    @Test
    void linksThatLeadOutLeadIntoTheRoot() throws IOException {
        String name = in("exited");
        Path canary = work.resolve("outside");
        Files.writeString(canary, "host\n");
        Path tree = Files.createDirectories(work.resolve("links-in"));
        Path up = tree.resolve("up");
        if (!Files.isSymbolicLink(up)) {
            Files.createSymbolicLink(up, Path.of("/../../../.." + work));
        }
        Path tar = work.resolve("links.tar");
        Command.run("tar", "-C", tree.toString(), "-cf", tar.toString(), "up").ok();
        assertThat(put("/containers/" + name + "/archive?path=/", Files.readAllBytes(tar))
                        .status())
                .isEqualTo(200);
        Api.Response read = daemon.api().get("/containers/" + name + "/archive?path=/up/outside");
        assertThat(read.status()).isEqualTo(404);
        Api.Response written = put("/containers/" + name + "/archive?path=/up/", tarOf(canary));
        assertThat(written.status()).isIn(400, 404, 500);
        assertThat(canary).hasContent("host\n");
    }

    @Test
    void cairnsOwnCommandDoesAsDockers() throws IOException {
        TestDaemon.onlyCairn("it is Cairn's CLI");
        Path tree = sample("own");
        String name = in("running");
        assertThat(daemon.cairn("cp", tree.toString(), name + ":/new").ok().err())
                .isEmpty();
        daemon.cairn("cp", tree + "/.", name + ":/home").ok();
        daemon.cairn("cp", tree + "/one", name + ":/home/renamed").ok();
        daemon.cairn("cp", "-L", tree + "/link", name + ":/home/followed").ok();
        assertThat(
                        docker.ok(
                                "exec",
                                name,
                                "sh",
                                "-c",
                                "cd /; find new home -type f | sort; stat -c %a /new/sub/run /home/followed; readlink /new/link"))
                .isEqualTo(
                        "home/followed\nhome/hard\nhome/one\nhome/renamed\nhome/sub/run\nnew/hard\nnew/one\nnew/sub/run"
                                + "\n751\n751\nsub/run");
        Path out = Files.createDirectories(work.resolve("own-out"));
        daemon.cairn("cp", name + ":/new", out.toString()).ok();
        daemon.cairn("cp", name + ":/new/.", out + "/fresh").ok();
        daemon.cairn("cp", name + ":/new/one", out + "/single").ok();
        daemon.cairn("cp", "-L", name + ":/new/link", out + "/run").ok();
        for (String copy : List.of("new", "fresh")) {
            Command.run("diff", "-r", "--no-dereference", tree.toString(), out + "/" + copy)
                    .ok();
        }
        assertThat(out.resolve("single")).hasContent("first\n");
        assertThat(out.resolve("run")).hasContent("#!/bin/sh\necho ran\n");
        assertThat(daemon.cairn("cp", tree + "/one", name + ":/none/").fails(1).err())
                .contains("no such directory");
        assertThat(daemon.cairn("cp", name + ":/missing", out.toString())
                        .fails(1)
                        .err())
                .contains("Could not find the file /missing in container " + name);
        assertThat(daemon.cairn("cp", "a", "b").fails(1).err()).contains("must specify at least one container source");
        assertThat(daemon.cairn("cp", "a:b", "c:d").fails(1).err())
                .contains("copying between containers is not supported");
        // A container that puts a link where the next entry goes gets nothing out of the directory.
        docker.ok("exec", name, "sh", "-c", "mkdir /evil; ln -s " + work + " /evil/a");
        daemon.cairn("cp", name + ":/evil", out.toString()).ok();
        docker.ok("exec", name, "sh", "-c", "rm /evil/a; mkdir /evil/a; echo x >/evil/a/canary-of-cp");
        assertThat(daemon.cairn("cp", name + ":/evil", out.toString()).exit()).isNotZero();
        assertThat(work.resolve("canary-of-cp")).doesNotExist();
    }

    @Test
    void nothingIsLeftBehind() throws IOException {
        LeakLedger before = LeakLedger.of(daemon);
        Path tree = sample("ledger");
        for (String state : STATES) {
            String name = in(state);
            docker.ok("cp", tree.toString(), name + ":/opt");
            docker.ok("cp", name + ":/opt", work + "/ledger-" + state);
            docker.ok("rm", "-f", name);
        }
        before.awaitSame(daemon);
    }
}
