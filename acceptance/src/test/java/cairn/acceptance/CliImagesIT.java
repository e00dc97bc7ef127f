package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code cairn}'s own verbs for images, against a registry that wants a password. */
final class CliImagesIT {
    private static TestDaemon daemon;
    private static TestRegistry registry;
    private static Path configuration;
    private static DockerCli cairn;
    private static String image;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("it is about Cairn's command line");
        daemon = TestDaemon.fresh();
        registry = TestRegistry.withPassword();
        configuration = TestDaemon.newDirectory();
        cairn = new DockerCli(TestDaemon.dist().resolve("bin/cairn").toString(), daemon.socket(), configuration);
        Images.importBusybox(daemon, "busybox");
        image = registry.image("team/box:1");
        cairn.ok("tag", "busybox", image);
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
            daemon.close();
            registry.close();
            TestDaemon.deleteTree(configuration);
        }
    }

    @AfterEach
    void logOut() {
        daemon.removeContainers();
        cairn.run("logout", registry.address());
    }

    private static Result logIn(String password) {
        return cairn.runWithInput(password, "login", "-u", "user", "--password-stdin", registry.address());
    }

    private static void pushed() {
        logIn("secret").ok();
        cairn.ok("push", "-q", image);
    }

    @Test
    void aLoginIsCheckedKeptAndForgotten() throws IOException {
        cairn.run("logout", registry.address());
        Path file = configuration.resolve("config.json");
        Result wrong = logIn("guess").fails(1);
        assertThat(wrong.err())
                .contains("Error response from daemon: login attempt to", "failed with status: 401 Unauthorized");
        assertThat(Files.exists(file) ? Files.readString(file) : "").doesNotContain(registry.address());

        Result right = logIn("secret").ok();
        assertThat(right.out()).isEqualTo("Login Succeeded\n");
        assertThat(right.err()).contains("WARNING! Your credentials are stored unencrypted in");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        // The stock client reads what we write.
        DockerCli docker = new DockerCli(daemon.socket(), configuration);
        assertThat(docker.run("login", registry.address()).ok().out()).contains("Login Succeeded");

        assertThat(cairn.ok("logout", registry.address()))
                .isEqualTo("Removing login credentials for " + registry.address());
        assertThat(Files.readString(file)).doesNotContain(registry.address());
    }

    @Test
    void whoHasNotLoggedInMayNeitherPushNorPull() {
        pushed();
        cairn.ok("logout", registry.address());
        for (String verb : List.of("push", "pull")) {
            assertThat(cairn.run(verb, image).fails(1).err())
                    .containsAnyOf("no basic auth credentials", "unauthorized: authentication required");
        }
    }

    @Test
    void aPushIsPulledAgainUnderTheSameId() {
        String id = cairn.inspect(image, "{{.Id}}");
        pushed();
        assertThat(cairn.run("push", image).ok().out())
                .startsWith("The push refers to repository [" + registry.image("team/box") + "]\n")
                .contains(": Layer already exists\n")
                .containsPattern("1: digest: sha256:[0-9a-f]{64} size: [0-9]+\n$");
        cairn.ok("rmi", image);
        Result pull = cairn.run("pull", image).ok();
        assertThat(pull.out())
                .startsWith("1: Pulling from team/box\n")
                .contains("Status: Downloaded newer image for " + image + "\n")
                .endsWith("\n" + image + "\n");
        assertThat(cairn.inspect(image, "{{.Id}}")).isEqualTo(id);
        assertThat(cairn.run("pull", "-q", image).ok().out()).isEqualTo(image + "\n");
        assertThat(cairn.ok("images", "--digests", "--format", "{{.Digest}}", registry.image("team/box")))
                .startsWith("sha256:");
    }

    @Test
    void runPullsWhatIsMissing() {
        pushed();
        cairn.ok("rmi", image);
        assertThat(cairn.run("run", "--rm", "--network", "none", "--pull", "never", image, "true")
                        .fails(125)
                        .err())
                .contains("No such image: " + image);
        Result run = cairn.run("run", "--rm", "--network", "none", image, "echo", "hello")
                .ok();
        assertThat(run.out()).isEqualTo("hello\n");
        assertThat(run.err()).startsWith("Unable to find image '" + image + "' locally\n1: Pulling from team/box\n");
        assertThat(cairn.run("create", "-q", "--pull", "always", image, "true")
                        .ok()
                        .err())
                .isEmpty();
    }

    @Test
    void onATerminalALayerKeepsItsLine() {
        logIn("secret").ok();
        String other = registry.image("team/other:1");
        cairn.ok("import", Images.busyboxTar(configuration).toString(), other);
        cairn.ok("push", "-q", other);
        cairn.ok("rmi", other);
        try (Command terminal = cairn.terminal("pull", other)) {
            Result result = terminal.await(Command.PATIENCE).ok();
            assertThat(result.out())
                    .contains("\033[K")
                    .containsPattern("[0-9a-f]{12}: [^\n]*(Pull complete|Already exists)");
            assertThat(result.out()).contains("Status: Downloaded newer image for " + other);
        }
    }

    @Test
    void whatIsSavedIsLoadedAgain() throws IOException {
        Path tar = configuration.resolve("box.tar");
        String id = cairn.inspect("busybox", "{{.Id}}");
        cairn.ok("save", "-o", tar.toString(), "busybox");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tar)))
                .isEqualTo("rw-------");
        assertThat(cairn.ok("load", "-i", tar.toString())).isEqualTo("Loaded image: busybox:latest");
        assertThat(cairn.inspect("busybox", "{{.Id}}")).isEqualTo(id);
        try (Command terminal = cairn.terminal("save", "busybox")) {
            assertThat(terminal.await(Command.PATIENCE).fails(1).out())
                    .contains("cowardly refusing to save to a terminal. Use the -o flag or redirect");
        }
        assertThat(cairn.run("save", "-o", configuration.resolve("x.tar").toString(), "nosuch")
                        .fails(1)
                        .err())
                .contains("nosuch");
        assertThat(configuration.resolve("x.tar")).doesNotExist();
    }
}
