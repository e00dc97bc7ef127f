package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Volumes with and without names, their way into containers, and what becomes of them. */
final class VolumesIT {
    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;

    @BeforeAll
    static void start() throws IOException {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        work = TestDaemon.newDirectory();
        Images.importBusybox(daemon, "box");
        Path root = Images.busyboxRoot(work);
        Files.createDirectories(root.resolve("data/sub"));
        Files.writeString(root.resolve("data/file"), "from the image\n");
        Files.createLink(root.resolve("data/hard"), root.resolve("data/file"));
        Files.createSymbolicLink(root.resolve("data/link"), Path.of("file"));
        Files.createSymbolicLink(root.resolve("out"), Path.of("/../../../../../.." + work + "/canary"));
        Files.createSymbolicLink(root.resolve("inside"), Path.of("/data"));
        Files.createDirectories(work.resolve("canary"));
        Files.writeString(work.resolve("canary/secret"), "secret\n");
        Command.run(
                        "sh",
                        "-c",
                        "cd " + root + " && chown 5:6 data && chmod 2750 data && chown 7:8 data/file"
                                + " && chmod 4755 data/file && tar -cf ../data.tar --numeric-owner .")
                .ok();
        docker.ok(
                "import",
                "-c",
                "VOLUME /data",
                "-c",
                "ENV PATH=/bin",
                "-c",
                "CMD [\"sh\"]",
                work.resolve("data.tar").toString(),
                "data");
    }

    @AfterAll
    static void end() {
        daemon.close();
        TestDaemon.deleteTree(work);
    }

    @AfterEach
    void removeAll() {
        daemon.removeContainers();
        for (String volume : volumes()) {
            docker.run("volume", "rm", volume);
        }
    }

    private static List<String> volumes(String... filters) {
        return docker.run(Stream.concat(Stream.of("volume", "ls", "-q"), Stream.of(filters))
                        .toArray(String[]::new))
                .lines();
    }

    private static String run(String... words) {
        return docker.ok(Stream.concat(Stream.of("run", "--rm", "--network", "none"), Stream.of(words))
                .toArray(String[]::new));
    }

    @Test
    void namedVolumeOutlivesItsContainers() {
        assertThat(docker.ok("volume", "create", "--label", "a=b", "kept")).isEqualTo("kept");
        run("-v", "kept:/v", "box", "sh", "-c", "echo one > /v/file");
        assertThat(run("-v", "kept:/v:ro", "box", "sh", "-c", "cat /v/file; touch /v/x 2>&1 || true"))
                .isEqualTo("one\ntouch: /v/x: Read-only file system");
        daemon.restart();
        assertThat(run("--mount", "type=volume,source=kept,target=/w", "box", "cat", "/w/file"))
                .isEqualTo("one");
        assertThat(docker.ok("volume", "inspect", "kept", "--format", "{{.Labels}} {{.Driver}} {{.Scope}}"))
                .isEqualTo("map[a:b] local local");
        assertThat(volumes("-f", "label=a")).containsExactly("kept");
        assertThat(volumes("-f", "name=ep", "-f", "driver=local")).containsExactly("kept");
        assertThat(volumes("-f", "label=a=c")).isEmpty();
        docker.ok("volume", "rm", "kept");
        assertThat(daemon.dataRoot().resolve("volumes/kept")).doesNotExist();
    }

    /** A Dockerfile may say {@code VOLUME data}. */
    @Test
    void anImagesVolumeMayHaveNoLeadingSlash() {
        Images.importBusybox(daemon, "relative", "VOLUME cache");
        docker.ok("run", "--name", "rel", "--network", "none", "relative", "sh", "-c", "echo kept >/cache/file");
        assertThat(volumes()).hasSize(1);
        assertThat(run("--volumes-from", "rel", "box", "cat", "/cache/file")).isEqualTo("kept");
    }

    @Test
    void volumesWithoutANameGoWithTheirContainerIfThatIsAskedFor() {
        docker.ok(
                "create", "--name", "cc", "-v", "/anon", "-v", "named:/n", "--mount", "type=volume,target=/m", "data");
        assertThat(volumes()).hasSize(4);
        assertThat(docker.inspect("cc", "{{len .Mounts}} {{len .Config.Volumes}}"))
                .isEqualTo("4 2");
        docker.ok("rm", "cc");
        assertThat(volumes("-f", "dangling=true")).hasSize(4);
        docker.ok("volume", "prune", "-f");
        assertThat(volumes()).containsExactly("named");

        docker.ok("create", "--name", "cc", "-v", "/anon", "-v", "named:/n", "data");
        docker.ok("rm", "-v", "cc");
        assertThat(volumes()).containsExactly("named");
        run("-v", "/anon", "data", "touch", "/data/x", "/anon/y");
        assertThat(volumes()).containsExactly("named");
    }

    @Test
    void filesOfTheImageAreCopiedIntoAnEmptyVolumeOnce() {
        String look = "cd /data; stat -c '%n %u:%g %a %h' . file hard sub; readlink link; cat file";
        String image = ". 5:6 2750 3\nfile 7:8 4755 2\nhard 7:8 4755 2\nsub 0:0 755 2\nfile\nfrom the image";
        assertThat(run("data", "sh", "-c", look)).isEqualTo(image);
        assertThat(run("-v", "fill:/data", "data", "sh", "-c", look + "; rm file hard"))
                .isEqualTo(image);
        assertThat(run("-v", "fill:/data", "data", "ls", "/data")).isEqualTo("link\nsub");
        assertThat(run("-v", "no:/data:nocopy", "data", "sh", "-c", "ls /data; stat -c '%u %a' /data"))
                .isEqualTo("0 755");
        assertThat(run("--mount", "type=volume,source=no2,target=/data,volume-nocopy", "data", "ls", "/data"))
                .isEmpty();
    }

    /** CVE-2022-23648: what a link of the image leads to is looked for in the image. */
    @Test
    void linksOfTheImageDoNotLeadOut() {
        assertThat(run("-v", "leak:/out", "box", "ls", "/out")).isEmpty();
        assertThat(run("-v", "leak2:/out", "data", "ls", "/out")).isEmpty();
        assertThat(run("-v", "leak3:/out/../../../canary", "data", "ls", "/canary"))
                .isEmpty();
        assertThat(run("-v", "fine:/inside", "data", "cat", "/data/file")).isEqualTo("from the image");
    }

    @Test
    void volumesOfOtherContainersAreTheirs() {
        docker.ok("create", "--name", "first", "-v", "shared:/s", "-v", "/anon", "-v", work + ":/w:ro", "box");
        assertThat(docker.ok(
                        "run",
                        "--name",
                        "second",
                        "--network",
                        "none",
                        "--volumes-from",
                        "first",
                        "box",
                        "sh",
                        "-c",
                        "echo x > /s/x; echo y > /anon/y; ls -d /w"))
                .isEqualTo("/w");
        assertThat(run("--volumes-from", "second:ro", "box", "sh", "-c", "cat /s/x /anon/y; touch /s/z 2>&1 || true"))
                .isEqualTo("x\ny\ntouch: /s/z: Read-only file system");
        docker.ok("rm", "-v", "first");
        assertThat(run("--volumes-from", "second", "-v", "other:/s", "box", "sh", "-c", "ls /s; cat /anon/y"))
                .isEqualTo("y");
        docker.ok("rm", "-v", "second");
        assertThat(volumes()).containsExactly("other", "shared");
    }

    @Test
    void whatIsInUseStays() {
        docker.ok("create", "--name", "user", "-v", "used:/v", "box");
        String id = docker.inspect("user", "{{.Id}}");
        assertThat(docker.run("volume", "rm", "used").err()).contains("remove used: volume is in use - [" + id + "]");
        assertThat(docker.run("volume", "rm", "-f", "used").exit()).isEqualTo(1);
        docker.ok("volume", "prune", "-af");
        daemon.restart();
        assertThat(docker.run("volume", "rm", "used").err()).contains("volume is in use");
        assertThat(volumes("-f", "dangling=false")).containsExactly("used");
        assertThat(docker.ok("ps", "-aq", "--no-trunc", "-f", "volume=used")).isEqualTo(id);
        docker.ok("rm", "user");
        docker.ok("volume", "rm", "used");
    }

    @Test
    void pruneAndUsage() {
        docker.ok("volume", "create", "a1");
        docker.ok("volume", "create", "--label", "keep=1", "a2");
        docker.ok("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "a3");
        run("-v", "a1:/v", "box", "sh", "-c", "head -c 1000 /dev/zero > /v/f; ln /v/f /v/g");
        assertThat(docker.ok(
                        "system", "df", "-v", "--format", "{{range .Volumes}}{{.Name}} {{.Links}} {{.Size}};{{end}}"))
                .isEqualTo("a1 0 1kB;a2 0 0B;");
        assertThat(docker.ok("volume", "prune", "-f")).isEqualTo("Total reclaimed space: 0B");
        assertThat(docker.ok("volume", "prune", "-af", "--filter", "label!=keep"))
                .isEqualTo("Deleted Volumes:\na1\n\nTotal reclaimed space: 1kB");
        docker.ok("volume", "prune", "-af");
        assertThat(volumes()).containsExactly("a3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            volume create a | create a: volume name is too short, names should be at least two alphanumeric characters
            volume create .. | create ..: ".." includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed
            volume create x/y | create x/y: "x/y" includes invalid characters
            volume create -d no vv | create vv: error looking up volume plugin no: plugin "no" not found
            volume create -o foo=1 vv | create vv: invalid option: "foo"
            volume create -o type=nfs vv | create vv: missing required option: "device"
            volume create -o size=1m vv | create vv: quota size requested but no quota support: the file system of
            volume create -o size=1m vv | does not limit projects. Mount it with the option prjquota
            create -v vv:/v --mount type=volume,source=vw,target=/w,volume-opt=size=1m box | create vw: quota size requested but no quota support
            volume create -o size=q vv | create vv: invalid size: 'q'
            volume rm vv | get vv: no such volume
            volume inspect vv | get vv: no such volume
            volume ls -f dangling=x | invalid filter 'dangling=[x]'
            volume prune -f --filter until=1h | invalid filter 'until'
            create -v vv:/ box | invalid volume specification: 'vv:/': invalid mount config for type "volume": invalid specification: destination can't be '/'
            create -v vv:x box | invalid volume specification: 'vv:x': invalid mount config for type "volume": invalid mount path: 'x' mount path must be absolute
            create -v vv:/x:odd box | invalid mode: odd
            create -v vv:/x:ro,rw box | invalid mode: ro,rw
            create -v v_:/x -v /tmp:/x box | Duplicate mount point: /x
            create -v vv/../x:/x box | create vv/../x: "vv/../x" includes invalid characters
            create --volumes-from nobody box | No such container: nobody
            create -v /etc/plain box | cannot mount volume over existing file, file exists
            create --mount type=volume,target=/z,readonly box | invalid mount config for type "volume": must not set ReadOnly mode when using anonymous volumes
            run --rm -v /etc:/etc/plain box true | mkdir /etc/plain: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type
            run --rm -v /etc/passwd:/etc box true | bind on /etc: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)?
            run --rm --tmpfs /etc/plain box true | mkdir /etc/plain: not a directory: unknown: Are you trying to mount
            create --mount type=odd,target=/z box | invalid mount config for type "odd": mount type unknown
            """)
    void refusedInDockersWords(String command, String text) {
        Result result = docker.run(command.split(" "));
        assertThat(result.exit()).isNotZero();
        assertThat(result.err()).contains(text);
        assertThat(docker.ok("ps", "-aq")).isEmpty();
    }

    @Test
    void eventsTellOfEachStep() {
        long since = System.currentTimeMillis() / 1000;
        run("-v", "told:/v:ro", "box", "true");
        docker.ok("volume", "rm", "told");
        String events = docker.ok(
                "events",
                "--since",
                Long.toString(since),
                "--until",
                Long.toString(System.currentTimeMillis() / 1000 + 1),
                "--filter",
                "volume=told",
                "--format",
                "{{.Action}} {{index .Actor.Attributes \"driver\"}} {{index .Actor.Attributes \"destination\"}} {{index"
                        + " .Actor.Attributes \"read/write\"}}");
        assertThat(events.lines().map(String::strip))
                .containsExactly("create local", "mount local /v false", "unmount local", "destroy local");
    }

    @Test
    void whatAVolumesOptionsAskForIsMountedWhileItIsUsed() throws IOException {
        Path target = Files.createDirectories(work.resolve("bound"));
        docker.ok("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", "device=" + target, "bound");
        docker.ok(
                "volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "-o", "o=size=1m,uid=5,nosuid", "memory");
        Path data = daemon.dataRoot().resolve("volumes/memory/_data");
        docker.ok(
                "run",
                "-d",
                "--name",
                "one",
                "--network",
                "none",
                "-v",
                "bound:/b",
                "-v",
                "memory:/m",
                "box",
                "sh",
                "-c",
                "echo b > /b/f; echo m > /m/f; sleep 100");
        Wait.until(Duration.ofSeconds(5), () -> "the container's file", () -> Files.exists(data.resolve("f")));
        assertThat(Files.readString(target.resolve("f"))).isEqualTo("b\n");
        assertThat(run("-v", "memory:/m", "box", "sh", "-c", "cat /m/f; mount | grep ' /m '"))
                .startsWith("m\n")
                .contains("nosuid", "size=1024k", "uid=5");
        assertThat(mounted(data)).isTrue();

        daemon.kill();
        daemon.start();
        assertThat(run("-v", "memory:/m", "box", "cat", "/m/f")).isEqualTo("m");
        docker.ok("rm", "-f", "one");
        Wait.until(Duration.ofSeconds(5), () -> "the volume's mount goes", () -> !mounted(data));
        assertThat(run("-v", "memory:/m", "box", "ls", "/m")).isEmpty();
        docker.ok("volume", "rm", "bound");
        assertThat(target.resolve("f")).exists();

        docker.ok("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", "device=/nowhere", "lost");
        Result refused = docker.run("run", "--rm", "--network", "none", "-v", "lost:/l", "box", "true");
        assertThat(refused.exit()).isEqualTo(127);
        assertThat(refused.err())
                .contains("failed to mount local volume: mount /nowhere:" + daemon.dataRoot()
                        + "/volumes/lost/_data, flags: 0x1000: no such file or directory");
    }

    private static boolean mounted(Path directory) {
        return !LeakLedger.mountsBelow(directory).isEmpty();
    }

    @Test
    void partsOfVolumes() {
        run(
                "-v",
                "parts:/v",
                "box",
                "sh",
                "-c",
                "mkdir -p /v/a/b /v/etc; echo in > /v/a/b/f; ln -s /etc /v/out;"
                        + " ln -s ../../../../a/b /v/up; echo own > /v/etc/own");
        String mount = "type=volume,source=parts,target=/p,volume-subpath=";
        assertThat(run("--mount", mount + "a/b", "box", "cat", "/p/f")).isEqualTo("in");
        assertThat(run("--mount", mount + "a/b/f", "box", "cat", "/p")).isEqualTo("in");
        // What leads out of the volume leads to its top instead.
        assertThat(run("--mount", mount + "out", "box", "ls", "/p")).isEqualTo("own");
        assertThat(run("--mount", mount + "up", "box", "ls", "/p")).isEqualTo("f");
        assertThat(docker.run("run", "--rm", "--network", "none", "--mount", mount + "none", "box", "true")
                        .err())
                .contains("cannot access path " + daemon.dataRoot()
                        + "/volumes/parts/_data/none: no such file or directory");
        assertThat(docker.run("create", "--mount", mount + "../x", "box").err())
                .contains("subpath must be a relative path within the volume");
        docker.ok("create", "--name", "stopped", "--mount", mount + "a", "box");
        assertThat(docker.ok("cp", "stopped:/p/b/f", "-")).contains("in\n");
    }

    @Test
    void bindsWithWhatIsMountedBelow() throws IOException {
        Path tree = Files.createDirectories(work.resolve("tree/sub")).getParent();
        Command.run("mount", "-t", "tmpfs", "tree", tree.resolve("sub").toString())
                .ok();
        try {
            Files.writeString(tree.resolve("sub/below"), "x");
            String mount = "type=bind,source=" + tree + ",target=/t";
            String write =
                    "ls /t/sub; touch /t/x 2>/dev/null && echo top; touch /t/sub/x 2>/dev/null && echo sub; rm -f"
                            + " /t/x /t/sub/x; true";
            assertThat(run("--mount", mount, "box", "sh", "-c", write)).isEqualTo("below\ntop\nsub");
            assertThat(run("--mount", mount + ",readonly", "box", "sh", "-c", write))
                    .isEqualTo("below");
            assertThat(run("--mount", mount + ",readonly,bind-recursive=writable", "box", "sh", "-c", write))
                    .isEqualTo("below\nsub");
            assertThat(run("--mount", mount + ",bind-recursive=disabled", "box", "sh", "-c", write))
                    .isEqualTo("top\nsub");
            assertThat(run(
                            "--mount",
                            mount + ",readonly,bind-recursive=readonly,bind-propagation=rprivate",
                            "box",
                            "sh",
                            "-c",
                            write))
                    .isEqualTo("below");
            assertThat(docker.run("create", "--mount", mount + ",bind-recursive=readonly", "box")
                            .exit())
                    .isNotZero();
        } finally {
            Command.run("umount", tree.resolve("sub").toString()).ok();
        }
    }

    @Test
    void mountsArePassedOnWhereThatIsAskedFor() throws IOException {
        Path tree = Files.createDirectories(work.resolve("passing"));
        Command.run("mount", "-t", "tmpfs", "passing", tree.toString()).ok();
        try {
            Command.run("mount", "--make-private", tree.toString()).ok();
            assertThat(docker.run("run", "--rm", "--network", "none", "-v", tree + ":/t:rshared", "box", "true")
                            .err())
                    .contains("path " + tree + " is mounted on " + tree + " but it is not a shared mount");
            Command.run("mount", "--make-shared", tree.toString()).ok();
            Files.createDirectories(tree.resolve("in"));
            Files.createDirectories(tree.resolve("out"));
            String mount =
                    "mount -t tmpfs x /t/in && touch /t/in/f; until [ -e /t/out/f ]; do sleep 0.1; done; echo seen";
            docker.ok(
                    "run",
                    "-d",
                    "--name",
                    "both",
                    "--privileged",
                    "--network",
                    "none",
                    "-v",
                    tree + ":/t:rshared",
                    "box",
                    "sh",
                    "-c",
                    mount);
            Wait.until(
                    Duration.ofSeconds(10),
                    () -> "the host sees the container's mount",
                    () -> Files.exists(tree.resolve("in/f")));
            Command.run("mount", "-t", "tmpfs", "out", tree.resolve("out").toString())
                    .ok();
            Files.writeString(tree.resolve("out/f"), "");
            docker.ok("wait", "both");
            assertThat(docker.ok("logs", "both")).isEqualTo("seen");
        } finally {
            docker.run("rm", "-f", "both");
            for (String line : LeakLedger.mountsBelow(tree)) {
                Command.run("umount", line.split(" ")[4]);
            }
        }
    }

    @Test
    void filesInMemory() {
        assertThat(
                        run(
                                "--mount",
                                "type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1770",
                                "box",
                                "sh",
                                "-c",
                                "stat -c %a /t; mount | grep ' /t '; head -c 2000000 /dev/zero > /t/f 2>/dev/null || echo full"))
                .startsWith("1770\n")
                .contains("size=1024k")
                .endsWith("full");
        docker.ok("create", "--name", "tmp", "--mount", "type=tmpfs,target=/t", "box");
        assertThat(docker.inspect("tmp", "{{range .Mounts}}{{.Type}} {{.Destination}} {{.RW}}{{end}}"))
                .isEqualTo("tmpfs /t true");
    }

    @Test
    void filesOfOtherImages() {
        String mount = "type=image,source=data,target=/i";
        assertThat(run("--mount", mount, "box", "sh", "-c", "cat /i/data/file; touch /i/x 2>&1 || true"))
                .isEqualTo("from the image\ntouch: /i/x: Read-only file system");
        assertThat(run("--mount", mount + ",image-subpath=data", "box", "cat", "/i/file"))
                .isEqualTo("from the image");
        assertThat(run(
                        "--mount",
                        mount + ",image-subpath=data/file",
                        "--mount",
                        mount.replace("/i", "/j"),
                        "box",
                        "sh",
                        "-c",
                        "cat /i; ls /j/data"))
                .isEqualTo("from the image\nfile\nhard\nlink\nsub");
        // Its links count from its own top.
        assertThat(run("--mount", mount + ",image-subpath=inside", "box", "ls", "/i"))
                .contains("file");
        assertThat(docker.run(
                                "run",
                                "--rm",
                                "--network",
                                "none",
                                "--mount",
                                mount + ",image-subpath=out",
                                "box",
                                "ls",
                                "/i")
                        .out())
                .doesNotContain("secret");
        docker.ok("tag", "data", "lent");
        docker.ok("create", "--name", "holder", "--mount", mount, "box");
        assertThat(docker.inspect("holder", "{{range .Mounts}}{{.Type}} {{.Name}} {{.RW}}{{end}}"))
                .isEqualTo("image data false");
        assertThat(LeakLedger.mountsBelow(daemon.dataRoot().resolve("containers")))
                .isEmpty();
        docker.ok("rmi", "lent");
        assertThat(docker.run("rmi", docker.inspect("data", "{{.Id}}")).err()).contains("conflict");
    }

    @Test
    void volumesAreCopiedAsAWhole() throws IOException {
        docker.ok("volume", "create", "--label", "a=b", "first");
        run("-v", "first:/v", "data", "sh", "-c", "cp -a /data/. /v/; mknod /v/pipe p; chown 9:9 /v");
        assertThat(daemon.cairn("volume", "clone", "first", "second").ok().text())
                .isEqualTo("second");
        String look = "cd /v; stat -c '%n %u:%g %a %h %F' . *; cat file";
        String original = run("-v", "first:/v", "box", "sh", "-c", look);
        assertThat(run("-v", "second:/v", "box", "sh", "-c", look)).isEqualTo(original);
        assertThat(docker.inspect("second", "{{.Labels}}")).isEqualTo("map[a:b]");
        assertThat(daemon.cairn("volume", "clone", "first", "second").err()).contains("there is a volume of that name");
        assertThat(daemon.cairn("volume", "clone", "nothing", "x1").err()).contains("get nothing: no such volume");

        docker.ok("run", "-d", "--name", "writer", "--network", "none", "-v", "first:/v", "box", "sleep", "100");
        String snapshot = daemon.cairn("volume", "snapshot", "first").ok().text();
        assertThat(snapshot).startsWith("first.20");
        assertThat(docker.inspect("writer", "{{.State.Status}}")).isEqualTo("running");
        assertThat(run("-v", snapshot + ":/v", "box", "sh", "-c", look)).isEqualTo(original);
        assertThat(daemon.cairn("volume", "ls", "--format", "{{.Name}}:{{.UsedBy}}:{{.LastUsed}}", "-f", "name=^first$")
                        .ok()
                        .text())
                .isEqualTo("first:writer:now");
        assertThat(docker.inspect("first", "{{.Status.UsedBy}}")).isEqualTo("[writer]");

        Path tar = work.resolve("volume.tar");
        daemon.cairn("volume", "export", "-o", tar.toString(), "first").ok();
        daemon.cairn("volume", "import", tar.toString(), "third").ok();
        assertThat(run("-v", "third:/v", "box", "sh", "-c", look)).isEqualTo(original);
        Files.writeString(tar, "no archive at all, but long enough to be looked at ".repeat(40));
        assertThat(daemon.cairn("volume", "import", tar.toString(), "fourth").exit())
                .isNotZero();
        assertThat(volumes()).containsExactly("first", snapshot, "second", "third");
        daemon.cairn("volume", "rm", "second", "third").ok();
        assertThat(daemon.cairn("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "fifth")
                        .ok()
                        .text())
                .isEqualTo("fifth");
        docker.ok("rm", "-f", "writer");
        assertThat(daemon.cairn("volume", "prune", "-af").ok().text())
                .contains(snapshot)
                .doesNotContain("fifth");
    }

    /** A mount in a volume is not walked into: what is mounted there stays, and so does the volume. */
    @Test
    void removalDoesNotWalkIntoMounts() throws IOException {
        docker.ok("volume", "create", "walked");
        Path inside = Files.createDirectories(daemon.dataRoot().resolve("volumes/walked/_data/sub"));
        Command.run("mount", "--bind", work.resolve("canary").toString(), inside.toString())
                .ok();
        try {
            assertThat(docker.run("volume", "rm", "walked").err())
                    .contains("remove walked: something is mounted on " + inside);
            docker.ok("volume", "prune", "-af");
            assertThat(inside.resolve("secret")).exists();
        } finally {
            Command.run("umount", inside.toString()).ok();
        }
        docker.ok("volume", "rm", "walked");
        assertThat(work.resolve("canary/secret")).exists();
    }

    /** CVE-2021-41091, CVE-2024-25621: what is in volumes is out of reach for users of the host, and stays so. */
    @Test
    void volumesAreClosedToUsersOfTheHost() throws IOException {
        docker.ok("volume", "create", "closed");
        Path volumes = daemon.dataRoot().resolve("volumes");
        assertThat(mode(volumes)).isEqualTo("rwx-----x");
        assertThat(mode(volumes.resolve("closed"))).isEqualTo("rwx-----x");
        assertThat(mode(daemon.dataRoot().resolve("cairn/volumes"))).isEqualTo("rwx------");
        Files.setPosixFilePermissions(volumes, PosixFilePermissions.fromString("rwxrwxrwx"));
        daemon.restart();
        assertThat(mode(volumes)).isEqualTo("rwx-----x");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void explainSaysWhichVolumeAndWhere() {
        docker.ok(
                "run",
                "-d",
                "--name",
                "told",
                "--network",
                "none",
                "-v",
                "shown:/v:ro",
                "--mount",
                "type=image,source=data,target=/i",
                "box",
                "sleep",
                "100");
        assertThat(daemon.cairn("explain", "told").ok().out())
                .contains("the volume shown, " + daemon.dataRoot() + "/volumes/shown/_data, read-only")
                .contains("the image data");
    }

    /** Whatever moment a kill comes at: what is there afterwards is whole, and what has a record is there. */
    @Test
    void killsLeaveWholeVolumesOrNone() throws IOException {
        Random random = new Random(7);
        Path volumes = daemon.dataRoot().resolve("volumes");
        Path records = daemon.dataRoot().resolve("cairn/volumes");
        for (int round = 0; round < 4; round++) {
            String loop =
                    "i=0; while docker volume create r" + round + "-$i -o type=tmpfs -o device=tmpfs >/dev/null; do"
                            + " docker create --rm -v /anon -v r" + round + "-$i:/v data >/dev/null; i=$((i+1));"
                            + " docker volume rm r" + round + "-$((i-3)) >/dev/null 2>&1; done; true";
            Command busy = Command.start(Map.of("DOCKER_HOST", "unix://" + daemon.socket()), List.of("sh", "-c", loop));
            Wait.pause(Duration.ofMillis(200 + random.nextInt(500)));
            daemon.kill();
            busy.close();
            daemon.start();
            for (String name : volumes()) {
                assertThat(volumes.resolve(name).resolve("_data")).isDirectory();
                assertThat(records.resolve(name + ".json")).exists();
            }
            try (Stream<Path> all = Files.list(volumes);
                    Stream<Path> known = Files.list(records)) {
                assertThat(all.map(path -> path.getFileName() + ".json")
                                .sorted()
                                .toList())
                        .isEqualTo(known.map(path -> path.getFileName().toString())
                                .sorted()
                                .toList());
            }
            // None of those without a name is left without its container.
            daemon.removeContainers();
            assertThat(volumes()).allMatch(name -> name.startsWith("r"));
        }
    }

    /** What a kill can leave, made by hand: each start agrees with what is there, in both directions. */
    @Test
    void startsSweepWhatAKillHasLeft() throws IOException {
        docker.ok("create", "--name", "cc", "-v", "/anon", "-v", "named:/n", "box");
        daemon.stop();
        Path volumes = daemon.dataRoot().resolve("volumes");
        Path records = daemon.dataRoot().resolve("cairn/volumes");
        // Half made, half removed, and made by dockerd.
        Files.createDirectories(volumes.resolve("half"));
        Files.writeString(records.resolve("half.json"), "{\"Name\":\"half\"}");
        Files.writeString(records.resolve("gone.json"), "{\"Name\":\"gone\"}");
        Files.createDirectories(volumes.resolve("dockers/_data"));
        Files.writeString(
                volumes.resolve("dockers/opts.json"),
                "{\"MountType\":\"tmpfs\",\"MountOpts\":\"size=1m\",\"MountDevice\":\"tmpfs\",\"Quota\":{\"Size\":0}}");
        // A container that was being made for its volume.
        Files.createDirectories(volumes.resolve("ab".repeat(32) + "/_data"));
        Files.writeString(
                records.resolve("ab".repeat(32) + ".json"),
                "{\"Name\":\"x\",\"Labels\":{\"com.docker.volume.anonymous\":\"\"},\"MadeFor\":\"" + "cd".repeat(32)
                        + "\"}");
        daemon.start();
        assertThat(volumes()).hasSize(3).contains("dockers", "named");
        assertThat(docker.inspect("dockers", "{{.Options}}")).isEqualTo("map[device:tmpfs o:size=1m type:tmpfs]");
        assertThat(run("-v", "dockers:/d", "box", "sh", "-c", "mount | grep ' /d '"))
                .contains("size=1024k");
        assertThat(volumes.resolve("half")).doesNotExist();
        try (Stream<Path> left = Files.list(records)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .hasSize(3)
                    .contains("named.json", "dockers.json");
        }
    }
}
