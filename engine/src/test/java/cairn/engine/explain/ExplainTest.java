package cairn.engine.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.Engine;
import cairn.engine.EngineSettings;
import cairn.engine.distribution.DistributionSettings;
import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.layer.Layer;
import cairn.engine.layer.StoreFixture;
import cairn.engine.layer.Tar;
import cairn.engine.network.BridgeSettings;
import cairn.oci.ChainId;
import cairn.oci.ImageConfig;
import cairn.oci.ImageConfig.History;
import cairn.oci.Reference;
import cairn.oci.RunConfig;
import cairn.oci.registry.RegistrySettings;
import cairn.wire.container.CreateContainerRequestBuilder;
import cairn.wire.container.HostConfigBuilder;
import cairn.wire.container.LogConfig;
import cairn.wire.explain.CgroupExplanation;
import cairn.wire.explain.ContainerExplanation;
import cairn.wire.explain.ImageExplanation;
import cairn.wire.explain.LayerExplanation;
import cairn.wire.explain.LinkHop;
import cairn.wire.explain.LowerExplanation;
import cairn.wire.explain.MountExplanation;
import cairn.wire.explain.NamespaceExplanation;
import cairn.wire.explain.PathExplanation;
import cairn.wire.explain.PathLayer;
import cairn.wire.explain.ProcessExplanation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExplainTest {
    private static final Path SHIM =
            Path.of("../shim/build/cairn-shim").toAbsolutePath().normalize();
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

    Path temporary;
    Engine engine;
    Explain explain;

    @BeforeEach
    void open() throws IOException {
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")), "needs root");
        temporary = Files.createTempDirectory("cairn-explain-").toRealPath();
        BridgeSettings off = new BridgeSettings(
                BridgeSettings.OFF, true, null, BridgeSettings.DEFAULT_POOLS, 1500, true, true, true);
        engine = Engine.open(
                new EngineSettings(
                        temporary.resolve("data"),
                        temporary.resolve("exec"),
                        SHIM,
                        temporary,
                        "/cairn-explain-" + ProcessHandle.current().pid(),
                        off,
                        new DistributionSettings(
                                new RegistrySettings(List.of(), List.of(), List.of(), "test"),
                                DistributionSettings.DOWNLOADS,
                                DistributionSettings.UPLOADS,
                                DistributionSettings.ATTEMPTS),
                        new LogConfig("json-file", Map.of()),
                        false,
                        List.of(),
                        false),
                () -> {});
        explain = engine.explain();
    }

    @AfterEach
    void close() {
        if (engine != null) {
            engine.containers().all().forEach(container -> engine.containers().remove(container.id(), true, false));
            engine.close();
            StoreFixture.delete(temporary);
        }
    }

    /** Three layers and five instructions, two of which made none. */
    private void makeImage() throws IOException {
        Tar bottom = new Tar()
                .directory("etc/")
                .file("etc/motd", "old")
                .file("etc/gone", "gone")
                .directory("opt/")
                .file("opt/one", "1")
                .symlink("bin", "usr/bin")
                .directory("usr/")
                .directory("usr/bin/")
                .file("usr/bin/tool", "tool");
        Tar middle = new Tar().directory("etc/").file("etc/motd", "newer").file("etc/.wh.gone", "");
        Tar top = new Tar().directory("opt/").file("opt/.wh..wh..opq", "").file("opt/two", "22");
        List<Layer> layers = new ArrayList<>();
        ChainId chain = null;
        for (Tar tar : List.of(bottom, middle, top)) {
            Layer layer = engine.layers().unpack(chain, new ByteArrayInputStream(tar.bytes()), null);
            layers.add(layer);
            chain = layer.chainId();
        }
        List<History> history = List.of(
                new History(TIME, "ADD base", null, null, false),
                new History(TIME, "ENV A=1", null, null, true),
                new History(TIME, "RUN change", null, null, false),
                new History(TIME, "RUN replace", null, null, false),
                new History(TIME, "CMD tool", null, null, true));
        ImageConfig config = ImageConfig.create(new ImageConfig.Content(
                TIME,
                null,
                "amd64",
                null,
                "linux",
                null,
                RunConfig.empty().withCmd(List.of("tool")),
                null,
                layers.stream().map(Layer::diffId).toList(),
                history,
                null,
                null,
                null,
                null));
        engine.images().create(config, null, Reference.parseNormalized("piled").withDefaultTag());
    }

    @Test
    void anImagesLayersAreToldWithWhatMadeThem() throws IOException {
        makeImage();
        ImageExplanation image = explain.image("piled");
        assertThat(image.names()).containsExactly("piled:latest");
        assertThat(image.layers())
                .extracting(LayerExplanation::instruction)
                .containsExactly("RUN replace", "RUN change", "ADD base");
        assertThat(image.history())
                .extracting(step -> step.diffId().isEmpty())
                .containsExactly(false, true, false, false, true);
        for (LayerExplanation layer : image.layers()) {
            assertThat(layer.link()).hasSize(26);
            assertThat(temporary
                            .resolve("data/overlay2/l")
                            .resolve(layer.link())
                            .toRealPath())
                    .hasToString(layer.directory());
            assertThat(layer.kind()).isEqualTo("image");
        }
        LayerExplanation top = image.layers().get(0);
        LayerExplanation middle = image.layers().get(1);
        LayerExplanation bottom = image.layers().get(2);
        assertThat(bottom.names()).containsExactly("bin", "etc", "opt", "usr");
        assertThat(bottom.adds().count()).isEqualTo(9);
        assertThat(middle.changes().samples()).singleElement().satisfies(path -> {
            assertThat(path.path()).isEqualTo("/etc/motd");
            assertThat(path.size()).isEqualTo(5);
        });
        assertThat(middle.hides().samples())
                .singleElement()
                .extracting("path", "type")
                .containsExactly("/etc/gone", "whiteout");
        assertThat(top.hides().samples())
                .singleElement()
                .extracting("path", "type")
                .containsExactly("/opt", "opaque directory");
        assertThat(top.adds().samples()).extracting("path").containsExactly("/opt/two");
        assertThat(explain.image("piled")).as("a second time, from memory").isEqualTo(image);
    }

    @Test
    void pathsOfAnImageAreToldWithWhatTheyHide() throws IOException {
        makeImage();
        PathExplanation motd = explain.path("piled", "/etc/motd");
        assertThat(Files.readString(Path.of(motd.supplier().hostPath()))).isEqualTo("newer");
        assertThat(motd.supplier().instruction()).isEqualTo("RUN change");
        assertThat(motd.layers()).extracting(PathLayer::role).containsExactly("supplies", "hidden");
        assertThat(motd.layers().get(1).size()).isEqualTo(3);

        PathExplanation gone = explain.path("piled", "etc/gone");
        assertThat(gone.exists()).isFalse();
        assertThat(gone.deletedBy().type()).isEqualTo("whiteout");
        assertThat(gone.deletedBy().instruction()).isEqualTo("RUN change");

        PathExplanation one = explain.path("piled", "/opt/one");
        assertThat(one.exists()).isFalse();
        assertThat(one.deletedBy().path()).isEqualTo("/opt");
        assertThat(one.opaque()).hasSize(1);
        assertThat(one.layers().getFirst().reason()).startsWith("opaque directory /opt in layer 0");

        PathExplanation tool = explain.path("piled", "/bin/../bin/tool");
        assertThat(tool.resolved()).isEqualTo("/usr/bin/tool");
        assertThat(tool.hops())
                .containsExactly(new LinkHop("/bin", "usr/bin", tool.supplier().link()));

        assertThat(explain.path("piled", "/bin", false).type()).isEqualTo("link");
        assertThat(explain.path("piled", "/bin").type()).isEqualTo("directory");
        assertThat(explain.path("piled", "/").layers()).hasSize(3);
        assertThat(explain.path("piled", "/never").summary()).contains("no layer has it");
    }

    @Test
    void whatCannotBeExplainedIsSaid() throws IOException {
        makeImage();
        assertThat(explain.isContainer("piled")).isFalse();
        assertThatThrownBy(() -> explain.container("piled"))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.problem()).isInstanceOf(Problem.NoSuchContainer.class));
        assertThatThrownBy(() -> explain.path("nothing", "/"))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.problem()).isInstanceOf(Problem.NoSuchImage.class));
        assertThatThrownBy(() -> explain.path("piled", "/a\0b"))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.problem()).isInstanceOf(Problem.InvalidParameter.class));
    }

    private String start(String script, Path bound) {
        var request = CreateContainerRequestBuilder.builder()
                .image("host")
                .cmd(List.of("bash", "-c", script))
                .hostConfig(HostConfigBuilder.builder()
                        .networkMode("none")
                        .binds(List.of(bound + ":/bound"))
                        .tmpfs(Map.of("/fast", ""))
                        .memory(64L << 20)
                        .build())
                .build();
        String id = engine.containers().create("explained", request).id();
        engine.containers().start(id);
        return id;
    }

    private static void await(Path file) throws InterruptedException {
        for (int i = 0; i < 500 && !Files.exists(file); i++) {
            Thread.sleep(10);
        }
        assertThat(file).exists();
    }

    @Test
    void aRunningContainerIsToldFromTheKernelsOwnTables() throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(SHIM), "needs the shim");
        engine.hostImages().fromHost("host", List.of("bash", "sleep", "rm", "mkdir", "touch"));
        Path bound = Files.createDirectory(temporary.resolve("bound"));
        String id = start(
                "echo '# more' >> /etc/nsswitch.conf; rm /etc/group; mkdir /data; touch /data/new /bound/ready; exec sleep 1000",
                bound);
        await(bound.resolve("ready"));

        ContainerExplanation container = explain.container("explained");
        int pid = container.pid();
        assertThat(container.status()).isEqualTo("running");
        layers(container);
        overlay(container);
        kernel(container, pid);
        mounts(container, bound);
        paths(id, bound);
        engine.containers().kill(id, "KILL");
        stopped();
    }

    private static void layers(ContainerExplanation container) {
        assertThat(container.layers()).extracting(LayerExplanation::kind).containsExactly("writable", "init", "image");
        LayerExplanation writable = container.layers().getFirst();
        assertThat(writable.adds().samples()).extracting("path").contains("/data/new");
        assertThat(writable.changes().samples()).extracting("path").containsExactly("/etc/nsswitch.conf");
        assertThat(writable.hides().samples()).extracting("path").containsExactly("/etc/group");
    }

    private static void overlay(ContainerExplanation container) throws IOException {
        assertThat(Files.readString(Path.of("/proc/self/mounts")))
                .contains(container.overlay().line() + "\n");
        assertThat(container.overlay().lower())
                .extracting(LowerExplanation::kind)
                .containsExactly("init", "image");
        assertThat(container.overlay().lower())
                .extracting(LowerExplanation::link)
                .allMatch(link -> link.length() == 26);
        assertThat(container.overlay().upper())
                .isEqualTo(container.layers().getFirst().directory());
    }

    private static void kernel(ContainerExplanation container, int pid) throws IOException {
        Map<String, Boolean> own = new TreeMap<>();
        for (NamespaceExplanation namespace : container.namespaces()) {
            own.put(namespace.kind(), namespace.own());
            assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + namespace.kind())))
                    .hasToString(namespace.kind() + ":[" + namespace.id() + "]");
        }
        assertThat(own)
                .containsEntry("mnt", true)
                .containsEntry("pid", true)
                .containsEntry("net", true)
                .containsEntry("uts", true)
                .containsEntry("user", false);
        assertThat(container.processes()).singleElement().satisfies(process -> {
            assertThat(process.pid()).isEqualTo(pid);
            assertThat(process.namespacePids()).containsExactly(pid, 1);
            assertThat(process.command()).containsExactly("sleep", "1000");
        });
        assertThat(container.ancestors()).extracting(ProcessExplanation::name).startsWith("cairn-shim");
        assertThat(container.ancestors().getLast().pid()).isEqualTo(1);
        assertThat(container.cgroups())
                .flatExtracting(CgroupExplanation::values)
                .extracting("meaning")
                .contains("at most 64 MiB of memory");
        assertThat(container.security().seccomp()).isEqualTo("filter");
        assertThat(container.security().effective())
                .hasSize(14)
                .contains("CAP_CHOWN")
                .doesNotContain("CAP_SYS_ADMIN");
        assertThat(container.network().mode()).isEqualTo("none");
    }

    private void mounts(ContainerExplanation container, Path bound) {
        Map<String, MountExplanation> mounts = new TreeMap<>();
        container.mounts().forEach(mount -> mounts.put(mount.mountPoint(), mount));
        assertThat(mounts).containsKeys("/", "/proc", "/dev", "/dev/shm", "/etc/hosts", "/bound", "/fast");
        assertThat(mounts.get("/bound").hostPath()).isEqualTo(bound.toString());
        assertThat(mounts.get("/bound").purpose()).isEqualTo("asked for: " + bound + " of the host");
        assertThat(Path.of(mounts.get("/etc/hosts").hostPath()))
                .hasFileName("hosts")
                .exists();
        assertThat(mounts.get("/fast").purpose()).contains("in memory");
        assertThat(mounts.values())
                .filteredOn(mount -> mount.root().equals("/null"))
                .isNotEmpty()
                .allMatch(mount -> mount.purpose().startsWith("hidden"));
        assertThat(mounts.get("/sys/fs/cgroup").purpose()).isEqualTo("its cgroups");
        assertThat(mounts.get("/proc/sys").purpose()).contains("read-only");
    }

    private void paths(String id, Path bound) throws IOException {
        PathExplanation changed = explain.path(id, "/etc/nsswitch.conf");
        assertThat(changed.change()).isEqualTo("copied up");
        assertThat(Files.readString(Path.of(changed.supplier().hostPath()))).endsWith("# more\n");
        assertThat(changed.layers()).extracting(PathLayer::role).containsExactly("supplies", "hidden");

        assertThat(explain.path(id, "/data/new").change()).isEqualTo("created");
        assertThat(explain.path(id, "/etc/passwd").change()).isEmpty();

        PathExplanation group = explain.path(id, "/etc/group");
        assertThat(group.deletedBy().kind()).isEqualTo("writable");
        assertThat(group.summary()).contains("whiteout of /etc/group in the container's own layer");

        PathExplanation hosts = explain.path(id, "/etc/hosts");
        assertThat(hosts.mount().mountPoint()).isEqualTo("/etc/hosts");
        assertThat(hosts.supplier()).isNull();
        assertThat(hosts.layers()).isNotEmpty().allMatch(layer -> layer.role().equals("hidden"));

        PathExplanation ready = explain.path(id, "/bound/ready");
        assertThat(ready.exists()).isTrue();
        assertThat(ready.mount().hostPath() + ready.inMount())
                .isEqualTo(bound.resolve("ready").toString());

        PathExplanation stdin = explain.path(id, "/dev/stdin");
        assertThat(stdin.hops()).extracting(LinkHop::path).startsWith("/dev/stdin");
        assertThat(stdin.mount().type()).isEqualTo("proc");
    }

    private void stopped() throws InterruptedException {
        for (int i = 0; i < 500 && engine.containers().get("explained").running(); i++) {
            Thread.sleep(10);
        }
        Thread.sleep(200);
        ContainerExplanation container = explain.container("explained");
        assertThat(container.overlay().line()).isEmpty();
        assertThat(container.overlay().lower())
                .extracting(LowerExplanation::kind)
                .containsExactly("init", "image");
        assertThat(container.processes()).isEmpty();
        assertThat(container.security()).isNull();
        assertThat(explain.path("explained", "/etc/group").deletedBy()).isNotNull();
        assertThat(explain.path("explained", "/etc/hosts").supplier().kind()).isEqualTo("init");
    }

    @Test
    void fiftyThousandFilesAreCountedQuickly() throws IOException {
        Tar tar = new Tar();
        for (int i = 0; i < 50_000; i++) {
            if (i % 100 == 0) {
                tar.directory("d" + i / 100 + "/");
            }
            tar.file("d" + i / 100 + "/f" + i, "");
        }
        engine.images()
                .importTar(
                        new ByteArrayInputStream(tar.bytes()),
                        Reference.parseNormalized("large:latest"),
                        "",
                        RunConfig.empty(),
                        new cairn.oci.Platform("linux", "amd64", null));
        long start = System.nanoTime();
        LayerExplanation layer = explain.image("large").layers().getFirst();
        assertThat(layer.adds().count()).isEqualTo(50_500);
        assertThat(layer.names()).hasSize(500);
        assertThat((System.nanoTime() - start) / 1_000_000).as("milliseconds").isLessThan(5000);
    }
}
