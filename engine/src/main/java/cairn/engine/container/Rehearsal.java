package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.CgroupTree;
import cairn.engine.launch.LaunchPlanner;
import cairn.engine.launch.LaunchSpec;
import cairn.engine.layer.Rootfs;
import cairn.engine.network.InterfaceSteps;
import cairn.engine.plan.PlanCodec;
import cairn.linux.InRoot;
import cairn.oci.Digest;
import cairn.oci.ImageId;
import cairn.oci.RunConfig;
import cairn.wire.GraphDriverData;
import cairn.wire.Json;
import cairn.wire.container.CreateContainerRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Makes a container on paper, over and over: request, record, plan, answers. The virtual machine has compiled that code by the time the
 * first real container comes along, which would otherwise take six times as long. Nothing is written, published or taken.
 */
public final class Rehearsal {
    /** As often as the virtual machine wants to see code before it compiles it, near enough: a fifth of a second. */
    public static final int ROUNDS = 100;

    static final String ID = "0".repeat(64);
    private static final byte[] REQUEST = """
            {"Hostname":"","User":"","AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"Tty":false,"OpenStdin":false,\
            "Env":["A=1"],"Cmd":["true"],"Image":"","Volumes":{},"WorkingDir":"","Entrypoint":null,"Labels":{"a":"b"},\
            "HostConfig":{"Binds":["/tmp:/tmp"],"NetworkMode":"bridge","PortBindings":{},"RestartPolicy":{"Name":"no"},\
            "AutoRemove":true,"CapAdd":null,"CapDrop":null,"Dns":[],"ExtraHosts":null,"Memory":67108864},\
            "NetworkingConfig":{"EndpointsConfig":{"default":{}}}}""".getBytes(StandardCharsets.UTF_8);

    private final ContainerFiles files;
    private final Path emptyDirectory;
    private final LaunchSpecs specs;
    private final CgroupTree cgroups;
    private final LaunchPlanner planner = new LaunchPlanner();
    private final Clock clock;

    Rehearsal(ContainerFiles files, Path emptyDirectory, LaunchSpecs specs, CgroupTree cgroups, Clock clock) {
        this.files = files;
        this.emptyDirectory = emptyDirectory;
        this.specs = specs;
        this.cgroups = cgroups;
        this.clock = clock;
    }

    /** The body of a create request such as clients send, but for the image: it names none, so it is refused. */
    public static byte[] request() {
        return REQUEST.clone();
    }

    public void run() {
        ImageId image = new ImageId(Digest.parse("sha256:" + ID));
        LaunchSpec.Network network = new LaunchSpec.Network(List.of(), InterfaceSteps.loopback());
        Rootfs rootfs = new Rootfs(emptyDirectory, null, () -> InRoot.open(emptyDirectory));
        for (int round = 0; round < ROUNDS; round++) {
            CreateContainerRequest request = Json.read(CreateContainerRequest.class, REQUEST);
            Container container = NewContainer.of(
                            ID,
                            "rehearsal",
                            clock.instant(),
                            request,
                            image,
                            RunConfig.empty(),
                            cgroups,
                            Rehearsal::nobody,
                            UnaryOperator.identity(),
                            host -> null)
                    .container();
            PlanCodec.encode(planner.run(
                    specs.run(container, files, rootfs, network, SharedNamespaces.NONE, 0, new int[] {0, 0})));
            ContainerRecords.encode(container, files);
            Json.write(List.of(ContainerViews.summary(container, "rehearsal", clock.instant())));
            Json.write(ContainerViews.inspect(container, files, new GraphDriverData(Map.of(), "overlay2"), null));
        }
    }

    private static Container nobody(String ref) {
        throw new Problem.NoSuchContainer(ref).exception();
    }
}
