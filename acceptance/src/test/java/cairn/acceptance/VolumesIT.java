package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
            volume create -o size=1m vv | create vv: quota size requested but no quota support
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
