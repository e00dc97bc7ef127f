package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Cairn committed, a stock dockerd on the same root lists, runs, saves and commits on; and the other way round. */
final class CommitWithDockerdIT {
    private static final String DOCKERD = "/usr/sbin/dockerd";
    private static final String WRITE =
            "echo hi >/etc/new; rm /etc/group; mkdir /d; echo 1 >/d/f; ln /d/f /d/g; rm -r /root;"
                    + " mkdir /root; echo in >/root/in; chown 7:8 /d/f; chmod 4711 /d/f; ln -s x /d/link; mkfifo /d/pipe";

    private Path directory;
    private Path work;

    @BeforeEach
    void makeDirectories() {
        directory = TestDaemon.newDirectory();
        work = TestDaemon.newDirectory();
    }

    @AfterEach
    void deleteDirectories() {
        TestDaemon.deleteTree(directory);
        TestDaemon.deleteTree(work);
    }

    private static String describe(DockerCli docker, String image) {
        return docker.inspect(
                image,
                "{{.Id}} {{.Parent}} {{.Author}} {{.Comment}} {{json .RootFS}} {{json .GraphDriver}} {{.Size}}"
                        + " {{json .Config.Cmd}} {{json .Config.Labels}} {{.Created}}");
    }

    private static String history(DockerCli docker, String image) {
        return docker.ok("history", "--no-trunc", "--format", "{{.ID}} {{.CreatedBy}} {{.Size}} {{.Comment}}", image);
    }

    /** The layer archives of a saved image, by digest. */
    private String layers(DockerCli docker, String image) {
        Path saved = work.resolve("saved.tar");
        docker.ok("save", "-o", saved.toString(), image);
        Path extracted = work.resolve("extracted");
        TestDaemon.deleteTree(extracted);
        return Command.run(
                        "sh",
                        "-c",
                        ("mkdir %2$s && tar -xf %1$s -C %2$s && cd %2$s &&"
                                        + " find . \\( -name layer.tar -o -path './blobs/*' \\) -type f -exec sha256sum {} + | cut -c1-64 | sort -u")
                                .formatted(saved, extracted))
                .ok()
                .text();
    }

    private static void make(DockerCli docker, String name) {
        docker.ok("run", "--name", "maker", "--network", "none", "-e", "PATH=/bin", "box", "sh", "-c", WRITE);
        docker.ok("commit", "-a", "Me", "-m", "note", "-c", "LABEL a=b", "-c", "CMD [\"sh\"]", "maker", name);
    }

    private static String look(DockerCli docker, String image) {
        return docker.ok(
                "run",
                "--rm",
                "--network",
                "none",
                "-e",
                "PATH=/bin",
                image,
                "sh",
                "-c",
                "cat /etc/new; ls /etc/group 2>&1; ls /root; stat -c '%h %u %g %a' /d/f /d/g; readlink /d/link; stat -c %F /d/pipe; true");
    }

    @Test
    void commitsChangeHands() throws IOException {
        Path busybox = Images.busyboxTar(work);
        String described;
        String steps;
        String seen;
        List<String> diffIds;
        String changes;
        try (Closing cairn = new Closing(TestDaemon.on(directory, TestDaemon.engine()))) {
            DockerCli docker = cairn.daemon().docker();
            docker.ok("import", busybox.toString(), "box");
            make(docker, "by:cairn");
            described = describe(docker, "by:cairn");
            steps = history(docker, "by:cairn");
            seen = look(docker, "by:cairn");
            changes = docker.ok("diff", "maker").lines().sorted().collect(Collectors.joining("\n"));
            diffIds = docker.ok("inspect", "-f", "{{range .RootFS.Layers}}{{println .}}{{end}}", "by:cairn")
                    .lines()
                    .toList();
            assertThat(layers(docker, "by:cairn"))
                    .contains(diffIds.stream().map(id -> id.substring(7)).toList());
        }
        String theirs;
        try (Closing dockerd = new Closing(TestDaemon.on(directory, DOCKERD))) {
            DockerCli docker = dockerd.daemon().docker();
            assertThat(describe(docker, "by:cairn")).isEqualTo(described);
            assertThat(history(docker, "by:cairn")).isEqualTo(steps);
            assertThat(look(docker, "by:cairn")).isEqualTo(seen);
            // The very container that was committed, compared by dockerd's own walk.
            assertThat(docker.ok("diff", "maker").lines().sorted().collect(Collectors.joining("\n")))
                    .isEqualTo(changes);
            assertThat(layers(docker, "by:cairn"))
                    .contains(diffIds.stream().map(id -> id.substring(7)).toList());
            docker.ok(
                    "commit", "-a", "Me", "-m", "note", "-c", "LABEL a=b", "-c", "CMD [\"sh\"]", "maker", "by:dockerd");
            assertThat(look(docker, "by:dockerd")).isEqualTo(seen);
            theirs = describe(docker, "by:dockerd");
        }
        try (Closing cairn = new Closing(TestDaemon.on(directory, TestDaemon.engine()))) {
            DockerCli docker = cairn.daemon().docker();
            assertThat(describe(docker, "by:dockerd")).isEqualTo(theirs);
            assertThat(look(docker, "by:dockerd")).isEqualTo(seen);
            docker.ok(
                    "run",
                    "--name",
                    "again",
                    "--network",
                    "none",
                    "-e",
                    "PATH=/bin",
                    "by:dockerd",
                    "sh",
                    "-c",
                    "rm /etc/new");
            docker.ok("commit", "again", "both:1");
            // Two engines, one container: their layers hold the same files.
            assertThat(cairn.daemon()
                            .cairn("image", "diff", "by:cairn", "by:dockerd")
                            .ok()
                            .text())
                    .contains("no difference");
            docker.ok("rm", "again", "maker");
            docker.ok("rmi", "both:1", "by:dockerd", "by:cairn", "box");
            assertThat(directory.resolve("data/image/overlay2/layerdb/sha256")).isEmptyDirectory();
        }
    }

    /** Ends the daemon, and leaves its directory to the next one. */
    private record Closing(TestDaemon daemon) implements AutoCloseable {
        @Override
        public void close() {
            if (daemon.isRunning()) {
                daemon.stop();
            }
        }
    }
}
