package cairn.engine;

import cairn.engine.check.LayerSource;
import cairn.engine.check.Repairs;
import cairn.engine.check.StoreCheck;
import cairn.engine.container.Commits;
import cairn.engine.container.Connections;
import cairn.engine.container.Container;
import cairn.engine.container.ContainerPrune;
import cairn.engine.container.ContainerService;
import cairn.engine.container.ContainerStats;
import cairn.engine.container.Containers;
import cairn.engine.container.Copies;
import cairn.engine.container.Execs;
import cairn.engine.container.RootFiles;
import cairn.engine.container.Updates;
import cairn.engine.container.VolumeCopies;
import cairn.engine.distribution.Distribution;
import cairn.engine.distribution.LayerRefetch;
import cairn.engine.error.Problem;
import cairn.engine.event.Events;
import cairn.engine.explain.Explain;
import cairn.engine.explain.ImageDifferences;
import cairn.engine.explain.ImageTrees;
import cairn.engine.explain.NetworkWalk;
import cairn.engine.explain.Why;
import cairn.engine.hostimage.HostImages;
import cairn.engine.image.ImageEvents;
import cairn.engine.image.ImageGc;
import cairn.engine.image.ImagePrune;
import cairn.engine.image.ImageUsers;
import cairn.engine.image.Images;
import cairn.engine.image.LastUsed;
import cairn.engine.image.Pins;
import cairn.engine.lab.Labs;
import cairn.engine.lab.Unions;
import cairn.engine.launch.CgroupTree;
import cairn.engine.launch.Launcher;
import cairn.engine.launch.SeccompProfile;
import cairn.engine.layer.Layers;
import cairn.engine.layer.StagedLayer;
import cairn.engine.log.LogCompression;
import cairn.engine.name.NameService;
import cairn.engine.network.Networks;
import cairn.engine.network.PublishedPorts;
import cairn.engine.network.Subnet;
import cairn.engine.reach.PortWalk;
import cairn.engine.reach.Trace;
import cairn.engine.store.DataRoot;
import cairn.engine.volume.VolumePrune;
import cairn.engine.volume.Volumes;
import cairn.linux.Cgroups;
import cairn.linux.Kernel;
import cairn.oci.ChainId;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.Platform;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The engine, open on one data root. Containers live on when it is closed or killed, and are taken up again by the next
 * one that is opened on the same roots.
 */
public final class Engine implements AutoCloseable {
    /** Of the program itself. */
    public static final String OWN_VERSION = "0.1.0";

    /** The Docker Engine whose API is spoken, so that clients which look at it know what to expect, and what really answers. */
    public static final String VERSION = "28.3.0+cairn." + OWN_VERSION;

    /** What may begin as soon as the data root is this process's own. */
    @FunctionalInterface
    public interface Claimed {
        void run() throws IOException;
    }

    private final EngineSettings settings;
    private final DataRoot root;
    private final Layers layers;
    private final Images images;
    private final LastUsed lastUsed;
    private final Pins pins;
    private final Distribution distribution;
    private final Events events;
    private final Networks networks;
    private final NameService names;
    private final PublishedPorts ports;
    private final Volumes volumes;
    private final CgroupTree cgroups;
    private final Launcher launcher;
    private final LogCompression logs;
    private final ContainerService service;
    private final Instant openedAt = Instant.now();

    private Engine(
            EngineSettings settings,
            DataRoot root,
            Layers layers,
            Images images,
            LastUsed lastUsed,
            Distribution distribution,
            Events events,
            Networks networks,
            NameService names,
            PublishedPorts ports,
            Volumes volumes,
            CgroupTree cgroups,
            Launcher launcher,
            LogCompression logs,
            ContainerService service) {
        this.settings = settings;
        this.root = root;
        this.layers = layers;
        this.images = images;
        this.lastUsed = lastUsed;
        this.pins = new Pins(root, images);
        this.distribution = distribution;
        this.events = events;
        this.networks = networks;
        this.names = names;
        this.ports = ports;
        this.volumes = volumes;
        this.cgroups = cgroups;
        this.launcher = launcher;
        this.logs = logs;
        this.service = service;
    }

    /**
     * Opens the roots, sweeps what an interrupted run left, and adopts running containers.
     *
     * @param claimed called once no other engine can take the data root, before anything in it is read
     * @throws cairn.engine.error.EngineException Unavailable when another engine works on the data root
     */
    public static Engine open(EngineSettings settings, Claimed claimed) throws IOException {
        Clock clock = Clock.systemUTC();
        SecureRandom random = new SecureRandom();
        makeRuntime(settings.execRoot());
        DataRoot root = open(DataRoot.claim(settings.dataRoot()), claimed);
        try {
            Events events = new Events(root.events(), clock);
            Layers layers = new Layers(root);
            LastUsed lastUsed = new LastUsed(root.lastUsed(), root.files(), clock);
            ImageEvents imageEvents = (action, id, name, labels) -> {
                Map<String, String> attributes = new LinkedHashMap<>(labels);
                attributes.put("name", name);
                events.publish("image", action.name().toLowerCase(Locale.ROOT), id, attributes);
                lastUsed.happened(action, id);
            };
            Images images = new Images(root, layers, imageEvents, clock, VERSION);
            Distribution distribution =
                    new Distribution(settings.distribution(), root, images, layers, imageEvents, own());
            CgroupTree cgroups = new CgroupTree(Cgroups.detect(), settings.cgroupParent());
            cgroups.prepare();
            Networks networks = new Networks(
                    settings.bridge(),
                    root,
                    Map.of(
                            Networks.BRIDGE, networkId(root.path(), Networks.BRIDGE),
                            Networks.HOST, networkId(root.path(), Networks.HOST),
                            Networks.NONE, networkId(root.path(), Networks.NONE)),
                    localAddresses(root.path()),
                    events,
                    clock,
                    random);
            NameService names = new NameService(random);
            PublishedPorts ports = new PublishedPorts(
                    networks,
                    settings.home().resolve("bin/cairn-ports"),
                    settings.execRoot().resolve("ports.sock"));
            Launcher launcher =
                    new Launcher(settings.shim(), settings.execRoot().resolve("launcher.sock"));
            Volumes volumes = new Volumes(root, events, clock, random);
            LogCompression logs = new LogCompression();
            ContainerService service = ContainerService.open(new ContainerService.Parts(
                    root,
                    settings.execRoot(),
                    images,
                    lastUsed,
                    layers,
                    networks,
                    names,
                    ports,
                    volumes,
                    cgroups,
                    launcher,
                    settings.init(),
                    new SeccompProfile(),
                    settings.log(),
                    settings.userNamespaces(),
                    logs,
                    events,
                    clock,
                    random));
            Engine engine = new Engine(
                    settings,
                    root,
                    layers,
                    images,
                    lastUsed,
                    distribution,
                    events,
                    networks,
                    names,
                    ports,
                    volumes,
                    cgroups,
                    launcher,
                    logs,
                    service);
            engine.sweep();
            return engine;
        } catch (IOException | RuntimeException e) {
            root.close();
            throw e;
        }
    }

    private static DataRoot open(DataRoot.Claim claim, Claimed claimed) throws IOException {
        try {
            claimed.run();
        } catch (IOException | RuntimeException e) {
            claim.release();
            throw e;
        }
        return claim.open();
    }

    private static void makeRuntime(Path execRoot) throws IOException {
        var closed = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(execRoot, closed);
        Files.createDirectories(execRoot.resolve("c"), closed);
        Files.createDirectories(execRoot.resolve("e"), closed);
        Files.setPosixFilePermissions(execRoot, PosixFilePermissions.fromString("rwx------"));
    }

    /** The predefined networks have no record: their ids follow from the data root, so that they stay the same. */
    private static String networkId(Path dataRoot, String name) {
        return Digest.sha256((dataRoot + "\n" + name).getBytes(StandardCharsets.UTF_8))
                .hex();
    }

    /** The range of local IPv6 addresses that this engine on this machine takes its networks' from (RFC 4193). */
    private static Subnet localAddresses(Path dataRoot) throws IOException {
        Path machine = Path.of("/etc/machine-id");
        String seed = (Files.isReadable(machine) ? Files.readString(machine) : Kernel.hostname()) + dataRoot;
        byte[] bytes = new byte[16];
        bytes[0] = (byte) 0xfd;
        byte[] digest = HexFormat.of()
                .parseHex(Digest.sha256(seed.getBytes(StandardCharsets.UTF_8)).hex());
        System.arraycopy(digest, 0, bytes, 1, 5);
        return Subnet.of(InetAddress.getByAddress(bytes), 48);
    }

    /** Tells this data root from others, in {@code info}. */
    public String id() {
        return networkId(root.path(), "engine");
    }

    public Instant openedAt() {
        return openedAt;
    }

    private void sweep() throws IOException {
        Set<String> known = new HashSet<>();
        // By directory, not by what could be read: a damaged record is no reason to end its container or to delete its
        // files.
        try (DirectoryStream<Path> records = Files.newDirectoryStream(root.containers())) {
            for (Path record : records) {
                known.add(String.valueOf(record.getFileName()));
            }
        }
        layers.readWrite().sweep(known);
        volumes.sweep(known);
        for (String id : cgroups.containers()) {
            if (!known.contains(id)) {
                service.containers().endStray(id);
            }
        }
    }

    private static Platform own() {
        return new Platform("linux", Kernel.machine().equals("x86_64") ? "amd64" : "arm64", null);
    }

    /** What a first container needs, made ahead of it, then those that policies want, and what has time; called once the daemon answers. */
    public void prepare() throws IOException {
        try {
            events.prepare();
            launcher.start();
            networks.prepare();
        } finally {
            service.containers().beginRestarts();
        }
        distribution.partials().sweep();
    }

    /** Makes a container on paper again and again, so that the first real one meets compiled code. */
    public void rehearse() {
        service.rehearsal().run();
    }

    public EngineSettings settings() {
        return settings;
    }

    public DataRoot root() {
        return root;
    }

    public Layers layers() {
        return layers;
    }

    public Images images() {
        return images;
    }

    public Distribution distribution() {
        return distribution;
    }

    public Events events() {
        return events;
    }

    public Networks networks() {
        return networks;
    }

    public VolumePrune volumePrune() {
        return new VolumePrune(volumes);
    }

    public VolumeCopies volumeCopies() {
        return service.volumeCopies();
    }

    public Volumes volumes() {
        return volumes;
    }

    public PublishedPorts ports() {
        return ports;
    }

    public CgroupTree cgroups() {
        return cgroups;
    }

    public Containers containers() {
        return service.containers();
    }

    public Connections connections() {
        return service.connections();
    }

    public Execs execs() {
        return service.execs();
    }

    public Updates updates() {
        return service.updates();
    }

    public Commits commits() {
        return service.commits();
    }

    public ContainerPrune containerPrune() {
        return service.prune();
    }

    public ImageGc imageGc() {
        return new ImageGc(images, layers, lastUsed, pins);
    }

    public Pins pins() {
        return pins;
    }

    public ImageTrees imageTrees() {
        return new ImageTrees(images, layers, lastUsed, pins);
    }

    public ImageDifferences imageDifferences() {
        return new ImageDifferences(images, layers);
    }

    public ImagePrune imagePrune() {
        return new ImagePrune(images, layers);
    }

    public Copies copies() {
        return service.copies();
    }

    public ContainerStats stats() {
        return service.stats();
    }

    public RootFiles rootFiles() {
        return service.files();
    }

    public Explain explain() {
        return new Explain(layers, images, service.containers(), service.options());
    }

    public NetworkWalk networkWalk() {
        return new NetworkWalk(networks);
    }

    public PortWalk portWalk() {
        return new PortWalk(service.containers(), networks, ports);
    }

    public Trace trace() {
        return new Trace(service.containers(), networks, ports, names.table());
    }

    public Why why() {
        return new Why(service.containers(), explain());
    }

    public Labs labs() {
        return new Labs(settings.shim());
    }

    public Unions unions() {
        return new Unions();
    }

    public StoreCheck storeCheck() {
        return new StoreCheck(root, layers, images, layerSource(), Clock.systemUTC(), Duration.ofMillis(700));
    }

    public Repairs repairs() {
        return new Repairs(root, layers, images, layerSource());
    }

    private LayerSource layerSource() {
        LayerRefetch refetch = distribution.refetch();
        return new LayerSource() {
            @Override
            public List<String> of(DiffId layer) {
                return refetch.sources(layer);
            }

            @Override
            public StagedLayer fetch(DiffId layer) {
                return refetch.fetch(layer);
            }
        };
    }

    public HostImages hostImages() {
        return new HostImages(root, layers, images, Clock.systemUTC(), VERSION);
    }

    /** Writes an image's root filesystem into a directory. */
    public void unpack(String image, Path directory) throws IOException {
        ChainId top = images.get(image).chainId();
        if (top == null) {
            throw new Problem.InvalidParameter("image " + image + " has no layers").exception();
        }
        layers.flatten(top, directory);
    }

    /** Which containers use an image, as removing it asks. */
    public ImageUsers imageUsers() {
        return id -> {
            List<ImageUsers.Use> users = new ArrayList<>();
            for (Container container : service.containers().using(id)) {
                users.add(new ImageUsers.Use(container.id(), container.name(), container.active()));
            }
            return users;
        };
    }

    /** Leaves containers alone; gives back what no container needs. */
    @Override
    public void close() {
        distribution.close();
        launcher.close();
        logs.close();
        ports.close();
        names.close();
        networks.close();
        cgroups.close();
        lastUsed.close();
        layers.close();
        root.close();
    }
}
