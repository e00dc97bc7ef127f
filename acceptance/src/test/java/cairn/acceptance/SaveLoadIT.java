package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Archives between Cairn and programs that nobody here wrote: skopeo, tar, gzip, zstd, dockerd. */
final class SaveLoadIT {
    private static TestDaemon daemon;
    private static DockerCli docker;
    private static Path work;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        work = TestDaemon.newDirectory();
        Images.importBusybox(daemon, "base:1");
        docker.ok("run", "--name", "maker", "--network", "none", "base:1", "sh", "-c", "echo 1 >/one; rm /etc/group");
        docker.ok("commit", "-m", "second layer", "maker", "team/app:1");
        docker.ok("rm", "maker");
        docker.ok("tag", "team/app:1", "team/app:2");
        docker.ok("tag", "team/app:1", "registry.example:5000/other:x");
    }

    @AfterAll
    static void end() {
        daemon.close();
        TestDaemon.deleteTree(work);
    }

    @AfterEach
    void removeOthers() {
        for (String name :
                docker.run("images", "--format", "{{.Repository}}:{{.Tag}}").lines()) {
            if (!List.of("base:1", "team/app:1", "team/app:2", "registry.example:5000/other:x")
                    .contains(name)) {
                docker.run("rmi", "-f", name);
            }
        }
    }

    private static Path saved(String name, String... images) {
        Path tar = work.resolve(name);
        List<String> words = new java.util.ArrayList<>(List.of("save", "-o", tar.toString()));
        words.addAll(List.of(images));
        docker.ok(words.toArray(new String[0]));
        return tar;
    }

    private static String sh(String script) {
        return Command.run("sh", "-c", "cd " + work + " && " + script).ok().text();
    }

    private static String id(String name) {
        return docker.inspect(name, "{{.Id}}");
    }

    @Test
    void severalImagesAndAllTheirTagsComeBackWithTheirIds() {
        Path tar = saved("several.tar", "team/app", "registry.example:5000/other:x", "base:1");
        String app = id("team/app:1");
        String base = id("base:1");
        assertThat(sh("tar -xOf several.tar manifest.json"))
                .contains("\"team/app:1\",\"team/app:2\"", "\"registry.example:5000/other:x\"", "\"base:1\"");
        assertThat(sh("tar -xOf several.tar repositories")).contains("\"team/app\"");
        assertThat(sh("tar -xOf several.tar index.json oci-layout"))
                .contains("io.containerd.image.name", "imageLayoutVersion");
        try (TestDaemon other = TestDaemon.fresh()) {
            assertThat(other.docker().ok("load", "-i", tar.toString()).lines())
                    .containsExactlyInAnyOrder(
                            "Loaded image: team/app:1",
                            "Loaded image: team/app:2",
                            "Loaded image: registry.example:5000/other:x",
                            "Loaded image: base:1");
            assertThat(other.docker().inspect("team/app:2", "{{.Id}}")).isEqualTo(app);
            assertThat(other.docker().inspect("base:1", "{{.Id}}")).isEqualTo(base);
            assertThat(other.docker().ok("history", "--format", "{{.Comment}}", "team/app:1"))
                    .contains("second layer");
        }
    }

    @Test
    void byIdAnArchiveHasNoName() {
        String id = id("team/app:1");
        saved("id.tar", id);
        docker.ok("tag", "team/app:1", "keeper:1");
        assertThat(docker.ok("load", "-i", work.resolve("id.tar").toString())).isEqualTo("Loaded image ID: " + id);
    }

    @Test
    void skopeoReadsWhatIsSavedInBothOfItsForms() {
        saved("both.tar", "team/app:1");
        String diffIds = docker.inspect("team/app:1", "{{range .RootFS.Layers}}{{.}} {{end}}")
                .strip();
        sh("skopeo copy -q docker-archive:both.tar dir:from-docker && mkdir unpacked && tar -xf both.tar -C unpacked"
                + " && skopeo copy -q oci:unpacked dir:from-oci");
        for (String form : List.of("from-docker", "from-oci")) {
            String config = sh(
                    "cat %s/$(grep -o '\"config\":{[^}]*sha256:[0-9a-f]*' %s/manifest.json | grep -o '[0-9a-f]\\{64\\}')"
                            .formatted(form, form));
            assertThat(Images.sha256(write(form + ".json", config)))
                    .as(form)
                    .isEqualTo(id("team/app:1").substring(7));
            for (String diffId : diffIds.split(" ")) {
                assertThat(config).contains(diffId);
            }
        }
    }

    private static Path write(String name, String content) {
        try {
            return Files.writeString(work.resolve(name), content);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void whatSkopeoWritesIsLoaded() {
        saved("plain.tar", "team/app:1");
        String id = id("team/app:1");
        sh("rm -rf layout && skopeo copy -q docker-archive:plain.tar docker-archive:theirs.tar:loaded/theirs:1"
                + " && skopeo copy -q docker-archive:plain.tar oci-archive:gzip.tar:loaded/gzip:1"
                + " && skopeo copy -q --dest-compress-format zstd docker-archive:plain.tar oci:layout:loaded/zstd:1"
                + " && tar -cf zstd.tar -C layout .");
        for (String kind : List.of("theirs", "gzip", "zstd")) {
            assertThat(docker.ok("load", "-i", work.resolve(kind + ".tar").toString()))
                    .isEqualTo("Loaded image: loaded/" + kind + ":1");
        }
        assertThat(id("loaded/theirs:1")).isEqualTo(id);
        assertThat(docker.ok("run", "--rm", "--network", "none", "loaded/gzip:1", "cat", "/one"))
                .isEqualTo("1");
        assertThat(docker.inspect("loaded/zstd:1", "{{json .RootFS}}"))
                .isEqualTo(docker.inspect("team/app:1", "{{json .RootFS}}"));
    }

    @Test
    void aWholeArchiveMayBeCompressed() {
        saved("whole.tar", "team/app:1");
        sh("gzip -kf whole.tar; xz -kf0 whole.tar; bzip2 -kf1 whole.tar");
        for (String suffix : List.of("gz", "xz", "bz2")) {
            assertThat(docker.ok(
                            "load",
                            "-q",
                            "-i",
                            work.resolve("whole.tar." + suffix).toString()))
                    .isEqualTo("Loaded image: team/app:1");
        }
        // What cannot be read is said by its name.
        sh("printf '\\375\\067\\172\\130\\132\\000rest of it' >whole.xz; printf 'BZh91AY&SYrest of it' >whole.bz2");
        assertThat(docker.run("load", "-i", work.resolve("whole.xz").toString())
                        .fails(1)
                        .err())
                .contains("xz");
        assertThat(docker.run("load", "-i", work.resolve("whole.bz2").toString())
                        .fails(1)
                        .err())
                .contains("bzip2");
    }

    @Test
    void aNameThatMovesIsSaid() {
        saved("moved.tar", "team/app:1");
        docker.ok("tag", "base:1", "keep:1");
        docker.ok("rmi", "team/app:1");
        docker.ok("tag", "base:1", "team/app:1");
        String base = id("base:1");
        assertThat(docker.ok("load", "-i", work.resolve("moved.tar").toString()))
                .isEqualTo("The image team/app:1 already exists, renaming the old one with ID " + base
                        + " to empty string\nLoaded image: team/app:1");
    }

    @Test
    void ofSeveralPlatformsTheMachinesOwnIsLoaded() throws IOException {
        saved("own.tar", "base:1");
        sh("rm -rf multi && skopeo copy -q docker-archive:own.tar oci:multi:own");
        // The same image once more, said to be for another machine.
        String own = found(read("multi/index.json"), "\"digest\":\"sha256:([0-9a-f]{64})");
        String manifest = read("multi/blobs/sha256/" + own);
        String config = found(manifest, "\"config\":.*?\"digest\":\"sha256:([0-9a-f]{64})");
        String far = read("multi/blobs/sha256/" + config).replace("\"amd64\"", "\"s390x\"");
        String other = blob(manifest.replace(config, blob(far)));
        index("multi:1", entry(other, "s390x"), entry(own, "amd64"));
        sh("tar -cf multi.tar -C multi .");
        index("far:1", entry(other, "s390x"), entry(other, "ppc64le"));
        sh("tar -cf far.tar -C multi .");
        assertThat(docker.ok("load", "-i", work.resolve("multi.tar").toString()))
                .isEqualTo("Loaded image: multi:1");
        assertThat(docker.inspect("multi:1", "{{.Architecture}}")).isEqualTo("amd64");
        assertThat(docker.run("load", "-i", work.resolve("far.tar").toString())
                        .fails(1)
                        .err())
                .contains("linux/s390x, linux/ppc64le, not for linux/amd64");
    }

    private static String read(String path) throws IOException {
        return Files.readString(work.resolve(path));
    }

    private static String found(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return matcher.group(1);
    }

    /** The digest of a new blob of the layout. */
    private static String blob(String content) throws IOException {
        Path file = write("blob", content);
        String digest = Images.sha256(file);
        Files.move(file, work.resolve("multi/blobs/sha256/" + digest), StandardCopyOption.REPLACE_EXISTING);
        return digest;
    }

    private static String entry(String digest, String architecture) throws IOException {
        return "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"sha256:%s\",\"size\":%d,\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}}"
                .formatted(digest, Files.size(work.resolve("multi/blobs/sha256/" + digest)), architecture);
    }

    private static void index(String name, String... entries) throws IOException {
        String type = "application/vnd.oci.image.index.v1+json";
        String nested = "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
                .formatted(type, String.join(",", entries));
        String digest = blob(nested);
        write(
                "multi/index.json",
                "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":%d,\"annotations\":{\"io.containerd.image.name\":\"docker.io/library/%s\"}}]}"
                        .formatted(type, digest, nested.length(), name));
    }

    @Test
    void dockerdLoadsWhatCairnSaves() {
        Path tar = saved("for-dockerd.tar", "team/app", "base:1");
        String app = id("team/app:1");
        Path directory = TestDaemon.newDirectory();
        TestDaemon dockerd = TestDaemon.on(directory, "/usr/sbin/dockerd");
        try {
            assertThat(dockerd.docker().ok("load", "-i", tar.toString()).lines())
                    .containsExactlyInAnyOrder(
                            "Loaded image: team/app:1", "Loaded image: team/app:2", "Loaded image: base:1");
            assertThat(dockerd.docker().inspect("team/app:2", "{{.Id}}")).isEqualTo(app);
            Path back = work.resolve("back.tar");
            dockerd.docker().ok("save", "-o", back.toString(), "team/app:1");
            assertThat(docker.ok("load", "-i", back.toString())).isEqualTo("Loaded image: team/app:1");
            assertThat(id("team/app:1")).isEqualTo(app);
        } finally {
            dockerd.stop();
            TestDaemon.deleteTree(directory);
        }
    }
}
