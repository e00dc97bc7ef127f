package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.ExecConfig;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.containers.output.ToStringConsumer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.containers.wait.strategy.WaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/**
 * What people do with Testcontainers, in a program of its own: it reads where the engine is, and whether there is a reaper, from
 * the environment when it starts. Each scenario prints its name when it is through.
 */
final class TestcontainersScenario {
    private static final DockerImageName BUSYBOX = DockerImageName.parse("busybox:latest");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private TestcontainersScenario() {}

    public static void main(String[] names) {
        try {
            run(names);
        } catch (Exception | AssertionError e) {
            e.printStackTrace();
            System.exit(1); // Its threads would keep the program alive.
        }
        System.exit(0);
    }

    private static void run(String... names) throws Exception {
        for (String name : names) {
            switch (name) {
                case "web" -> web();
                case "waits" -> waits();
                case "copies" -> copies();
                case "execs" -> execs();
                case "one-shot" -> oneShot();
                case "options" -> options();
                case "reuse" -> reuse();
                case "left" -> left();
                default -> throw new IllegalArgumentException(name);
            }
            System.out.println("through: " + name);
        }
    }

    private static GenericContainer<?> server() {
        return new GenericContainer<>(BUSYBOX)
                .withCommand(
                        "sh",
                        "-c",
                        "mkdir /www; echo hello > /www/index.html; echo going to serve; exec httpd -f -p 80 -h /www")
                .withExposedPorts(80)
                .withStartupTimeout(PATIENCE);
    }

    private static String get(GenericContainer<?> container) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://" + container.getHost() + ":" + container.getMappedPort(80) + "/index.html")
                        .toURL()
                        .openConnection();
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private static void web() throws IOException {
        try (GenericContainer<?> server = server()) {
            server.start();
            assertThat(server.isRunning()).isTrue();
            assertThat(get(server)).isEqualTo("hello");
            assertThat(server.getLogs()).contains("going to serve");
            assertThat(server.getMappedPort(80)).isGreaterThan(1024);
            assertThat(server.getContainerInfo().getNetworkSettings().getNetworks())
                    .containsKey("bridge");
        }
    }

    private static void waits() throws IOException {
        for (WaitStrategy strategy : new WaitStrategy[] {
            Wait.forListeningPort(),
            Wait.forHttp("/index.html").forStatusCode(200),
            Wait.forLogMessage(".*going to serve.*", 1),
            Wait.forSuccessfulCommand("test -f /www/index.html")
        }) {
            try (GenericContainer<?> server = server().waitingFor(strategy.withStartupTimeout(PATIENCE))) {
                server.start();
                assertThat(get(server)).isEqualTo("hello");
            }
        }
        try (GenericContainer<?> never =
                server().waitingFor(Wait.forLogMessage("never", 1).withStartupTimeout(Duration.ofSeconds(2)))) {
            assertThatThrownBy(never::start).isInstanceOf(ContainerLaunchException.class);
        }
    }

    private static void copies() throws IOException, InterruptedException {
        Path file = Files.createTempFile("cairn-it-", ".txt");
        Files.writeString(file, "from the host\n");
        try (GenericContainer<?> container = new GenericContainer<>(BUSYBOX)
                .withCommand("sh", "-c", "cat /given /etc/written; sleep 1000")
                .withCopyFileToContainer(MountableFile.forHostPath(file, 0640), "/given")
                .withCopyToContainer(Transferable.of("from memory\n", 0755), "/etc/written")
                .waitingFor(Wait.forLogMessage(".*from memory.*", 1).withStartupTimeout(PATIENCE))) {
            container.start();
            assertThat(container.getLogs()).isEqualTo("from the host\nfrom memory\n");
            assertThat(container
                            .execInContainer("stat", "-c", "%a", "/given", "/etc/written")
                            .getStdout())
                    .isEqualTo("640\n755\n");
            container.copyFileToContainer(Transferable.of("later"), "/tmp/later");
            String later = container.copyFileFromContainer(
                    "/tmp/later", input -> new String(input.readAllBytes(), StandardCharsets.UTF_8));
            assertThat(later).isEqualTo("later");
        } finally {
            Files.delete(file);
        }
    }

    private static void execs() throws IOException, InterruptedException {
        try (GenericContainer<?> container = new GenericContainer<>(BUSYBOX).withCommand("sleep", "1000")) {
            container.start();
            Container.ExecResult result = container.execInContainer("sh", "-c", "echo out; echo err >&2; exit 5");
            assertThat(result.getStdout()).isEqualTo("out\n");
            assertThat(result.getStderr()).isEqualTo("err\n");
            assertThat(result.getExitCode()).isEqualTo(5);
            assertThat(container
                            .execInContainer(ExecConfig.builder()
                                    .user("user")
                                    .command(new String[] {"id", "-u"})
                                    .build())
                            .getStdout())
                    .isEqualTo("1000\n");
        }
    }

    private static void oneShot() {
        ToStringConsumer said = new ToStringConsumer();
        try (GenericContainer<?> container = new GenericContainer<>(BUSYBOX)
                .withCommand("echo", "once")
                .withLogConsumer(said)
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(PATIENCE))) {
            container.start();
            assertThat(container.getLogs(OutputFrame.OutputType.STDOUT)).isEqualTo("once\n");
        }
        try (GenericContainer<?> container = new GenericContainer<>(BUSYBOX)
                .withCommand("false")
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(PATIENCE))) {
            assertThatThrownBy(container::start).isInstanceOf(ContainerLaunchException.class);
        }
    }

    private static void options() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("cairn-it-");
        Files.writeString(directory.resolve("file"), "bound\n");
        try (GenericContainer<?> container = new GenericContainer<>(BUSYBOX)
                .withCommand("sleep", "1000")
                .withEnv("A", "b")
                .withLabel("of", "options")
                .withFileSystemBind(directory.toString(), "/bound", BindMode.READ_ONLY)
                .withTmpFs(Map.of("/scratch", "rw,size=1m"))
                .withExtraHost("elsewhere", "192.0.2.9")
                .withWorkingDirectory("/tmp")
                .withPrivilegedMode(true)
                .withSharedMemorySize(1L << 20)
                .withCreateContainerCmdModifier(
                        create -> create.withHostName("named").withUser("root"))) {
            container.start();
            assertThat(container
                            .execInContainer(
                                    "sh",
                                    "-c",
                                    "pwd; echo $A; cat /bound/file; hostname; grep -c elsewhere /etc/hosts; df -k /scratch /dev/shm | grep -c 1024")
                            .getStdout())
                    .isEqualTo("/tmp\nb\nbound\nnamed\n1\n2\n");
        } finally {
            Files.delete(directory.resolve("file"));
            Files.delete(directory);
        }
    }

    /** Not stopped here: the next one finds it by its label. */
    private static void reuse() {
        GenericContainer<?> first = server().withReuse(true);
        first.start();
        GenericContainer<?> second = server().withReuse(true);
        second.start();
        assertThat(second.getContainerId()).isEqualTo(first.getContainerId());
        System.out.println("reused: " + first.getContainerId());
    }

    /** Left to the reaper. */
    private static void left() {
        GenericContainer<?> container = server();
        container.start();
        System.out.println("left: " + container.getContainerId());
    }
}
