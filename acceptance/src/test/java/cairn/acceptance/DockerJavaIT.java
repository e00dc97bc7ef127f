package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerResponse;
import com.github.dockerjava.api.command.CreateVolumeResponse;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.Volume;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** docker-java, as published, against the daemon: the client below Testcontainers, Spring Boot and many plugins for builds. */
@Timeout(60)
final class DockerJavaIT {
    private static TestDaemon daemon;
    private static DockerClient client;
    private static LeakLedger before;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        Images.importBusybox(daemon, "busybox");
        var config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost("unix://" + daemon.socket())
                .withDockerConfig(daemon.directory().toString())
                .build();
        client = DockerClientImpl.getInstance(
                config,
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .sslConfig(config.getSSLConfig())
                        .build());
        if (!TestDaemon.isDocker()) {
            daemon.awaitWarm();
        }
        before = LeakLedger.of(daemon);
    }

    @AfterAll
    static void end() throws IOException {
        if (daemon == null) {
            return;
        }
        if (client != null) {
            client.close();
        }
        try {
            daemon.removeContainers();
            if (!TestDaemon.isDocker()) {
                daemon.restart(); // It keeps connections to registries for a while.
            }
            before.awaitSame(daemon);
        } finally {
            daemon.close();
        }
    }

    /** Both outputs, and where the callback stands. */
    private static final class Output extends ResultCallback.Adapter<Frame> {
        private final StringBuilder out = new StringBuilder();

        @Override
        public void onNext(Frame frame) {
            synchronized (out) {
                out.append(frame.getStreamType().name().substring(3))
                        .append(':')
                        .append(new String(frame.getPayload(), StandardCharsets.UTF_8));
            }
        }

        String text() {
            synchronized (out) {
                return out.toString();
            }
        }
    }

    private static String create(String... command) {
        return client.createContainerCmd("busybox").withCmd(command).exec().getId();
    }

    private static int await(String id) {
        return client.waitContainerCmd(id).start().awaitStatusCode(20, TimeUnit.SECONDS);
    }

    @Test
    void whatItIsAndWhatItCan() {
        client.pingCmd().exec();
        assertThat(client.versionCmd().exec().getApiVersion()).isEqualTo("1.51");
        var info = client.infoCmd().exec();
        assertThat(info.getOsType()).isEqualTo("linux");
        assertThat(info.getImages()).isPositive();
        assertThat(info.getNCPU()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void aContainersWholeLife() throws InterruptedException {
        CreateContainerResponse made = client.createContainerCmd("busybox")
                .withName("whole")
                .withLabels(Map.of("of", "docker-java"))
                .withEnv("WHO=world")
                .withCmd("sh", "-c", "echo hello $WHO; echo wrong >&2; exit 3")
                .exec();
        assertThat(made.getWarnings()).isEmpty();
        client.startContainerCmd(made.getId()).exec();
        assertThat(await(made.getId())).isEqualTo(3);
        InspectContainerResponse seen = client.inspectContainerCmd("whole").exec();
        assertThat(seen.getState().getExitCodeLong()).isEqualTo(3);
        assertThat(seen.getState().getStatus()).isEqualTo("exited");
        assertThat(seen.getConfig().getLabels()).containsEntry("of", "docker-java");
        Output logs = new Output();
        client.logContainerCmd("whole")
                .withStdOut(true)
                .withStdErr(true)
                .withFollowStream(true)
                .exec(logs)
                .awaitCompletion();
        assertThat(logs.text()).contains("OUT:hello world\n", "ERR:wrong\n");
        assertThat(client.listContainersCmd()
                        .withShowAll(true)
                        .withLabelFilter(Map.of("of", "docker-java"))
                        .exec())
                .singleElement()
                .satisfies(row -> assertThat(row.getStatus()).startsWith("Exited (3)"));
        client.renameContainerCmd(made.getId()).withName("other").exec();
        client.removeContainerCmd("other").exec();
        assertThatThrownBy(() -> client.inspectContainerCmd(made.getId()).exec())
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void inputComesThroughAnAttachment() throws IOException, InterruptedException {
        String id = client.createContainerCmd("busybox")
                // It is told no end of its input: docker-java leaves its side of the stream open.
                .withCmd("sh", "-c", "read line; echo got $line")
                .withStdinOpen(true)
                .withStdInOnce(true)
                .withAttachStdin(true)
                .exec()
                .getId();
        PipedOutputStream typed = new PipedOutputStream();
        Output output = new Output();
        client.attachContainerCmd(id)
                .withStdOut(true)
                .withStdErr(true)
                .withStdIn(new PipedInputStream(typed))
                .withFollowStream(true)
                .exec(output)
                .awaitStarted();
        client.startContainerCmd(id).exec();
        typed.write("typed\n".getBytes(StandardCharsets.UTF_8));
        typed.flush();
        Wait.until(Duration.ofSeconds(10), output::text, () -> output.text().contains("OUT:got typed\n"));
        typed.close();
        assertThat(await(id)).isZero();
        assertThat(output.awaitCompletion(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void programsAreExecutedInside() throws InterruptedException {
        String id = create("sleep", "1000");
        client.startContainerCmd(id).exec();
        String exec = client.execCreateCmd(id)
                .withAttachStdout(true)
                .withAttachStderr(true)
                .withAttachStdin(true)
                .withEnv(List.of("A=b"))
                .withWorkingDir("/tmp")
                .withUser("user")
                .withCmd("sh", "-c", "pwd; echo $A; id -u; head -n 1; exit 4")
                .exec()
                .getId();
        Output output = new Output();
        client.execStartCmd(exec)
                .withStdIn(new ByteArrayInputStream("given\n".getBytes(StandardCharsets.UTF_8)))
                .exec(output)
                .awaitCompletion();
        assertThat(output.text().replace("OUT:", "")).isEqualTo("/tmp\nb\n1000\ngiven\n");
        assertThat(client.inspectExecCmd(exec).exec().getExitCodeLong()).isEqualTo(4);
        String detached = client.execCreateCmd(id)
                .withCmd("touch", "/tmp/was-here")
                .exec()
                .getId();
        client.execStartCmd(detached).withDetach(true).exec(new Output()).awaitCompletion();
        Wait.until(
                Duration.ofSeconds(10),
                () -> "its end",
                () -> client.topContainerCmd(id).exec().getProcesses().length == 1);
        Wait.until(
                Duration.ofSeconds(10),
                () -> "the file",
                () -> client.containerDiffCmd(id).exec().stream()
                        .anyMatch(change -> change.getPath().equals("/tmp/was-here")));
        client.killContainerCmd(id).exec();
    }

    @Test
    void eventsTellAll() throws InterruptedException, IOException {
        List<String> actions = new ArrayList<>();
        ResultCallback.Adapter<Event> events = new ResultCallback.Adapter<>() {
            @Override
            public void onNext(Event event) {
                synchronized (actions) {
                    actions.add(event.getType() + " " + event.getAction());
                }
            }
        };
        client.eventsCmd().withLabelFilter("events=wanted").exec(events).awaitStarted();
        String id = client.createContainerCmd("busybox")
                .withLabels(Map.of("events", "wanted"))
                .withCmd("true")
                .exec()
                .getId();
        client.startContainerCmd(id).exec();
        await(id);
        client.removeContainerCmd(id).exec();
        List<String> expected = List.of("CONTAINER create", "CONTAINER start", "CONTAINER die", "CONTAINER destroy");
        Wait.until(Duration.ofSeconds(10), actions::toString, () -> {
            synchronized (actions) {
                return actions.equals(expected);
            }
        });
        events.close();
    }

    @Test
    void filesAreCopiedInAndOut() throws IOException {
        String id = create("cat", "/etc/copied");
        Path work = TestDaemon.newDirectory();
        java.nio.file.Files.writeString(work.resolve("copied"), "from outside\n");
        try {
            client.copyArchiveToContainerCmd(id)
                    .withHostResource(work.resolve("copied").toString())
                    .withRemotePath("/etc")
                    .exec();
            client.startContainerCmd(id).exec();
            assertThat(await(id)).isZero();
            try (InputStream tar =
                    client.copyArchiveFromContainerCmd(id, "/etc/copied").exec()) {
                assertThat(new String(tar.readAllBytes(), StandardCharsets.ISO_8859_1))
                        .startsWith("copied")
                        .contains("from outside\n");
            }
            assertThatThrownBy(() ->
                            client.copyArchiveFromContainerCmd(id, "/nowhere").exec())
                    .isInstanceOf(NotFoundException.class);
        } finally {
            TestDaemon.deleteTree(work);
        }
    }

    @Test
    void hostConfigIsHonoured() {
        ExposedPort web = ExposedPort.tcp(80);
        Ports ports = new Ports();
        ports.bind(web, Ports.Binding.empty());
        String id = client.createContainerCmd("busybox")
                .withExposedPorts(web, ExposedPort.udp(53))
                .withHostConfig(HostConfig.newHostConfig()
                        .withPortBindings(ports)
                        .withBinds(Bind.parse(daemon.directory() + ":/outside:ro"))
                        .withMemory(64L << 20)
                        .withTmpFs(Map.of("/scratch", "size=1m"))
                        .withExtraHosts("elsewhere:192.0.2.9"))
                .withCmd("sh", "-c", "grep -c elsewhere /etc/hosts; ls /outside | grep -c daemon.log; sleep 1000")
                .exec()
                .getId();
        client.startContainerCmd(id).exec();
        InspectContainerResponse seen = client.inspectContainerCmd(id).exec();
        Ports.Binding[] bound =
                seen.getNetworkSettings().getPorts().getBindings().get(web);
        assertThat(bound).hasSize(2);
        assertThat(bound[0].getHostPortSpec()).isEqualTo(bound[1].getHostPortSpec());
        assertThat(seen.getHostConfig().getMemory()).isEqualTo(64L << 20);
        assertThat(client.listContainersCmd()
                        .withIdFilter(List.of(id))
                        .exec()
                        .getFirst()
                        .getPorts())
                .hasSize(3);
        assertThatThrownBy(() -> {
                    String second = client.createContainerCmd("busybox")
                            .withExposedPorts(web)
                            .withHostConfig(HostConfig.newHostConfig()
                                    .withPortBindings(PortBinding.parse(bound[0].getHostPortSpec() + ":80")))
                            .withCmd("true")
                            .exec()
                            .getId();
                    client.startContainerCmd(second).exec();
                })
                .isInstanceOf(InternalServerErrorException.class)
                .hasMessageContaining("port is already allocated");
        client.pauseContainerCmd(id).exec();
        assertThat(client.inspectContainerCmd(id).exec().getState().getPaused()).isTrue();
        client.unpauseContainerCmd(id).exec();
        client.stopContainerCmd(id).withTimeout(0).exec();
    }

    @Test
    void errorsAreOfTheirKinds() {
        assertThatThrownBy(() -> client.createContainerCmd("absent").exec()).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> client.startContainerCmd("absent").exec()).isInstanceOf(NotFoundException.class);
        client.createContainerCmd("busybox")
                .withName("taken")
                .withCmd("sleep", "1000")
                .exec();
        assertThatThrownBy(() ->
                        client.createContainerCmd("busybox").withName("taken").exec())
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(
                        () -> client.createContainerCmd("busybox").withName("/").exec())
                .isInstanceOf(BadRequestException.class);
        client.startContainerCmd("taken").exec();
        assertThatThrownBy(() -> client.startContainerCmd("taken").exec()).isInstanceOf(NotModifiedException.class);
        assertThatThrownBy(() -> client.removeContainerCmd("taken").exec()).isInstanceOf(ConflictException.class);
        client.removeContainerCmd("taken")
                .withForce(true)
                .withRemoveVolumes(true)
                .exec();
        String missing = create("/no/such/program");
        assertThatThrownBy(() -> client.startContainerCmd(missing).exec())
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("no such file or directory");
    }

    @Test
    void imagesComeAndGo() throws IOException, InterruptedException {
        Path work = TestDaemon.newDirectory();
        try (TestRegistry registry = TestRegistry.plain()) {
            RegistryImages.push(registry, RegistryImages.archive(work, "pulled by docker-java"), "dj:1");
            String name = registry.image("dj:1");
            client.pullImageCmd(name).start().awaitCompletion();
            assertThat(client.inspectImageCmd(name).exec().getRepoDigests()).hasSize(1);
            client.tagImageCmd(name, "dj", "2").exec();
            try (InputStream saved = client.saveImageCmd("dj:2").exec()) {
                client.removeImageCmd("dj:2").exec();
                client.loadImageAsyncCmd(saved)
                        .exec(new ResultCallback.Adapter<>())
                        .awaitCompletion();
            }
            assertThat(client.listImagesCmd().withReferenceFilter("dj").exec())
                    .singleElement()
                    .satisfies(image -> assertThat(image.getRepoTags()).contains("dj:2"));
            String id = client.createContainerCmd("dj:2").exec().getId();
            client.startContainerCmd(id).exec();
            assertThat(await(id)).isZero();
            String committed =
                    client.commitCmd(id).withRepository("dj").withTag("3").exec();
            assertThat(client.inspectImageCmd("dj:3").exec().getId()).isEqualTo(committed);
            client.removeContainerCmd(id).exec();
            for (String image : List.of("dj:2", "dj:3", name)) {
                client.removeImageCmd(image).exec();
            }
            assertThatThrownBy(() -> client.pullImageCmd(registry.image("absent:1"))
                            .start()
                            .awaitCompletion())
                    .isInstanceOf(NotFoundException.class);
        } finally {
            TestDaemon.deleteTree(work);
        }
    }

    @Test
    void networksAreListed() {
        assertThat(client.listNetworksCmd().exec())
                .extracting(network -> network.getName())
                .contains("bridge", "host", "none");
        assertThat(client.inspectNetworkCmd()
                        .withNetworkId("bridge")
                        .exec()
                        .getIpam()
                        .getConfig())
                .hasSize(1);
    }

    @Test
    void volumesAreKeptAndShared() throws InterruptedException {
        CreateVolumeResponse made = client.createVolumeCmd()
                .withName("kept")
                .withLabels(Map.of("a", "b"))
                .exec();
        assertThat(made.getMountpoint()).endsWith("/volumes/kept/_data");
        String write = client.createContainerCmd("busybox")
                .withCmd("sh", "-c", "echo written > /v/file")
                .withHostConfig(HostConfig.newHostConfig()
                        .withBinds(new Bind("kept", new Volume("/v")))
                        .withNetworkMode("none"))
                .exec()
                .getId();
        client.startContainerCmd(write).exec();
        client.waitContainerCmd(write).start().awaitStatusCode();
        String read = client.createContainerCmd("busybox")
                .withCmd("cat", "/w/file")
                .withHostConfig(HostConfig.newHostConfig()
                        .withMounts(List.of(new Mount()
                                .withType(MountType.VOLUME)
                                .withSource("kept")
                                .withTarget("/w")
                                .withReadOnly(true)))
                        .withNetworkMode("none"))
                .exec()
                .getId();
        client.startContainerCmd(read).exec();
        assertThat(client.waitContainerCmd(read).start().awaitStatusCode()).isZero();
        assertThat(client.listVolumesCmd()
                        .withFilter("label", List.of("a=b"))
                        .exec()
                        .getVolumes())
                .singleElement()
                .satisfies(volume -> assertThat(volume.getName()).isEqualTo("kept"));
        assertThat(client.inspectContainerCmd(read).exec().getMounts())
                .singleElement()
                .satisfies(mount -> assertThat(mount.getRW()).isFalse());
        assertThatThrownBy(() -> client.removeVolumeCmd("kept").exec()).isInstanceOf(ConflictException.class);
        client.removeContainerCmd(write).exec();
        client.removeContainerCmd(read).exec();
        client.removeVolumeCmd("kept").exec();
        assertThatThrownBy(() -> client.inspectVolumeCmd("kept").exec()).isInstanceOf(NotFoundException.class);
    }

    @Test
    void aStreamThatIsClosedIsOver() throws IOException {
        String id = create("sh", "-c", "while :; do echo x; sleep 0.05; done");
        client.startContainerCmd(id).exec();
        Output output = new Output();
        Closeable following = client.logContainerCmd(id)
                .withStdOut(true)
                .withFollowStream(true)
                .withTimestamps(true)
                .exec(output);
        Wait.until(Duration.ofSeconds(10), output::text, () -> output.text().contains("x\n"));
        following.close();
        client.restartContainerCmd(id).withTimeout(0).exec();
        client.removeContainerCmd(id).withForce(true).exec();
    }
}
