package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.network.EndpointRecord;
import cairn.engine.store.DataRoot;
import cairn.engine.store.Durability;
import cairn.linux.DirectoryHandle;
import cairn.oci.Digest;
import cairn.oci.ImageId;
import cairn.wire.Json;
import cairn.wire.JsonException;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.ExitCause;
import cairn.wire.container.Health;
import cairn.wire.container.HostConfig;
import cairn.wire.container.MountPoint;
import cairn.wire.container.NetworkSettings;
import cairn.wire.container.StoredContainer;
import cairn.wire.container.StoredMountPoint;
import cairn.wire.container.StoredState;
import cairn.wire.network.EndpointSettings;
import cairn.wire.network.EndpointSettingsBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Container records on disk, in Docker's documents {@code config.v2.json} and {@code hostconfig.json}. */
final class ContainerRecords {
    static final String ZERO_TIME = "0001-01-01T00:00:00Z";

    private static final System.Logger LOG = System.getLogger(ContainerRecords.class.getName());
    /** Of a new record. It grows later on, by a name, an error or an address; so more is read than is taken. */
    private static final int NEW_RECORD_LIMIT = 8 << 20;

    private static final int FILE_LIMIT = 2 * NEW_RECORD_LIMIT;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

    private final DataRoot root;

    ContainerRecords(DataRoot root) {
        this.root = root;
    }

    /** Makes the container's directory with its two documents; durable, because the create is acknowledged after it. */
    void create(Container container, ContainerFiles files) throws IOException {
        byte[] hostConfig = Json.write(container.hostConfig());
        byte[] config = encode(container, files);
        // What could not be read again must not be written.
        if (Math.max(hostConfig.length, config.length) > NEW_RECORD_LIMIT) {
            throw new Problem.InvalidParameter(
                            "the container's record would be larger than " + NEW_RECORD_LIMIT + " bytes")
                    .exception();
        }
        try (DirectoryHandle containers = DirectoryHandle.open(root.containers())) {
            containers.mkdir(container.id(), 0710);
        }
        // A container that is removed at its end is not worth a sync: after a power cut nobody misses it.
        boolean kept = !container.hostConfig().autoRemove();
        Durability first = kept ? Durability.ORDERED : Durability.PROCESS;
        root.files().write(files.hostConfig(), hostConfig, 0600, first);
        // The directory's sync is one for both.
        Durability last = kept ? Durability.POWER : Durability.PROCESS;
        root.files().write(files.config(), config, 0600, last);
    }

    /** Replaces the container's own document. What runs is also written down by its shim, so this needs no sync. */
    void save(Container container, ContainerFiles files) {
        if (container.damage() != null) {
            return; // Whoever can read more of it than this engine shall still be able to.
        }
        Durability durability = container.hostConfig().autoRemove() ? Durability.PROCESS : Durability.ORDERED;
        root.files().write(files.config(), encode(container, files), 0600, durability);
    }

    /** Replaces the other document; durable, because the change is acknowledged after it. */
    void saveHostConfig(Container container, ContainerFiles files) {
        Durability durability = container.hostConfig().autoRemove() ? Durability.PROCESS : Durability.POWER;
        root.files().write(files.hostConfig(), Json.write(container.hostConfig()), 0600, durability);
    }

    /** The container's own document, {@code config.v2.json}. */
    static byte[] encode(Container container, ContainerFiles files) {
        return Json.write(stored(container, files));
    }

    void delete(ContainerFiles files) {
        root.trash().discard(files.directory());
    }

    /** The directories in which records are to be found. */
    List<Path> directories() {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(root.containers(), Files::isDirectory)) {
            directories.forEach(found::add);
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(System.Logger.Level.ERROR, "containers cannot be listed: {0}", e.getMessage());
        }
        return found;
    }

    /**
     * The record in one of {@link #directories}; one that cannot be read is reported, left as it is, and makes a container that can be removed.
     * Null where there is none, or only the beginning of one.
     */
    @Nullable
    Container load(Path directory) {
        try {
            if (isUnfinished(directory)) {
                root.trash().discard(directory);
                return null;
            }
            return read(directory);
        } catch (IOException | RuntimeException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "container record in {0} cannot be read: {1}",
                    directory,
                    e.getMessage());
            return ID.matcher(String.valueOf(directory.getFileName())).matches()
                    ? damaged(directory, String.valueOf(e.getMessage()))
                    : null;
        }
    }

    /**
     * Whether this is what a kill or a power cut has left of a container whose making was not acknowledged, or that was to be removed at its
     * end anyway: there is no document, or an empty one, which a synced record never is.
     */
    private static boolean isUnfinished(Path directory) throws IOException {
        Path config = directory.resolve("config.v2.json");
        if (Files.exists(config) && (Files.size(config) > 0 || !Files.isRegularFile(config))) {
            return false;
        }
        Path host = directory.resolve("hostconfig.json");
        return !Files.exists(config)
                || !Files.exists(host)
                || Files.size(host) == 0 && Files.isRegularFile(host)
                || Json.read(HostConfig.class, small(host)).autoRemove();
    }

    private Container read(Path directory) throws IOException {
        StoredContainer stored = stored(directory);
        HostConfig hostConfig = Json.read(HostConfig.class, small(directory.resolve("hostconfig.json")));
        RestartRule.of(hostConfig);
        return container(stored, hostConfig, state(stored), null);
    }

    /** Of a record that cannot be read whole: what can be, and else nothing but the ID. */
    private Container damaged(Path directory, String why) {
        HostConfig unknown = NewContainer.emptyHostConfig();
        LifeState dead = new LifeState.Dead(why);
        try {
            return container(stored(directory), unknown, dead, why);
        } catch (IOException | RuntimeException e) {
            String id = String.valueOf(directory.getFileName());
            return new Container(
                    id,
                    "damaged-" + id.substring(0, 12),
                    Instant.EPOCH,
                    new ImageId(Digest.parse("sha256:" + "0".repeat(64))),
                    Json.read(ContainerConfig.class, "{}".getBytes(StandardCharsets.UTF_8)),
                    unknown,
                    "",
                    List.of(),
                    List.of(),
                    Map.of(),
                    dead,
                    List.of(),
                    List.of(),
                    false,
                    Restarts.NONE,
                    null,
                    null,
                    null,
                    why);
        }
    }

    private static StoredContainer stored(Path directory) throws IOException {
        StoredContainer stored = Json.read(StoredContainer.class, small(directory.resolve("config.v2.json")));
        if (!stored.id().equals(String.valueOf(directory.getFileName()))) {
            throw new JsonException("id " + stored.id() + " does not belong here");
        }
        if (stored.config() == null || stored.state() == null || stored.name().length() < 2) {
            throw new JsonException("it lacks its state, config or name");
        }
        return stored;
    }

    private Container container(
            StoredContainer stored, HostConfig hostConfig, LifeState state, @Nullable String damage) {
        String name = stored.name().startsWith("/") ? stored.name().substring(1) : stored.name();
        return new Container(
                stored.id(),
                name,
                instant(stored.created()),
                new ImageId(Digest.parse(stored.image())),
                stored.config(),
                hostConfig,
                stored.path(),
                stored.args() == null ? List.of() : stored.args(),
                mounts(stored.mountPoints()),
                asked(stored.mountPoints()),
                state,
                networks(stored.networkSettings(), hostConfig),
                stored.networkSettings() == null
                        ? List.of()
                        : PortBindings.parse(stored.networkSettings().ports()),
                stored.hasBeenStartedBefore(),
                new Restarts(stored.restartCount(), stored.hasBeenManuallyStopped()),
                stored.state().health(),
                stored.state().cairnCause(),
                stored.cairnIds(),
                damage);
    }

    private static byte[] small(Path file) throws IOException {
        // Nothing else may be opened: a pipe would hold everybody up.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file.getFileName() + (Files.exists(file) ? " is no regular file" : " is missing"));
        }
        if (Files.size(file) > FILE_LIMIT) {
            throw new IOException(file.getFileName() + " is larger than " + FILE_LIMIT + " bytes");
        }
        return Files.readAllBytes(file);
    }

    private static LifeState state(StoredContainer stored) {
        StoredState state = stored.state();
        if (state.running() && !state.restarting()) {
            return new LifeState.Running(state.pid(), -1, instant(state.startedAt()), state.paused());
        }
        if (!stored.hasBeenStartedBefore()) {
            return new LifeState.Created(state.exitCode(), state.error());
        }
        return new LifeState.Exited(
                state.exitCode(),
                state.oomKilled(),
                state.error(),
                instant(state.startedAt()),
                instant(state.finishedAt()));
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            return Instant.parse(ZERO_TIME);
        }
    }

    /** Each with its place, where the container had one when the record was written. */
    private static List<Membership> networks(@Nullable NetworkSettings settings, HostConfig host) {
        List<Membership> networks = new ArrayList<>();
        if (settings != null) {
            settings.networks().forEach((name, stored) -> networks.add(membership(name, stored)));
        }
        String mode = NetworkMode.of(host).networkName();
        if (networks.isEmpty() && mode != null) {
            networks.add(Membership.in(mode));
        }
        return networks;
    }

    private static Membership membership(String name, EndpointSettings stored) {
        EndpointSettings asked = EndpointSettingsBuilder.builder()
                .ipamConfig(stored.ipamConfig())
                .links(stored.links())
                .aliases(stored.aliases())
                .macAddress(stored.desiredMacAddress())
                .gwPriority(stored.gwPriority())
                .driverOpts(stored.driverOpts())
                .networkId(stored.networkId())
                .build();
        // dockerd leaves the id of an endpoint that is gone, but no shorter one.
        EndpointRecord endpoint =
                stored.networkId().isEmpty() || stored.endpointId().length() < EndpointRecord.SHORTEST_ID
                        ? null
                        : new EndpointRecord(
                                stored.networkId(),
                                stored.endpointId(),
                                stored.ipAddress(),
                                stored.ipPrefixLen(),
                                stored.gateway(),
                                stored.globalIpv6Address(),
                                stored.globalIpv6PrefixLen(),
                                stored.ipv6Gateway(),
                                stored.macAddress());
        return new Membership(name, asked, endpoint);
    }

    private List<MountPoint> mounts(@Nullable Map<String, StoredMountPoint> stored) {
        List<MountPoint> mounts = new ArrayList<>();
        if (stored != null) {
            for (StoredMountPoint mount : stored.values()) {
                mounts.add(new MountPoint(
                        mount.type(),
                        mount.name(),
                        source(mount),
                        mount.destination(),
                        mount.driver(),
                        mount.relabel(),
                        mount.writable(),
                        mount.propagation()));
            }
        }
        return mounts;
    }

    /** dockerd leaves it out for volumes that the image declares. */
    private String source(StoredMountPoint mount) {
        return mount.source().isEmpty()
                        && mount.type().equals("volume")
                        && !mount.name().isEmpty()
                ? root.volumes().resolve(mount.name()).resolve("_data").toString()
                : mount.source();
    }

    private static Map<String, AskedMount> asked(@Nullable Map<String, StoredMountPoint> stored) {
        Map<String, AskedMount> asked = new LinkedHashMap<>();
        if (stored != null) {
            for (StoredMountPoint mount : stored.values()) {
                if (mount.spec() != null) {
                    asked.put(mount.destination(), new AskedMount(mount.spec(), mount.skipMountpointCreation()));
                }
            }
        }
        return asked;
    }

    private static StoredContainer stored(Container container, ContainerFiles files) {
        Map<String, StoredMountPoint> mounts = new LinkedHashMap<>();
        for (MountPoint mount : container.mounts()) {
            mounts.put(
                    mount.destination(),
                    new StoredMountPoint(
                            mount.source(),
                            mount.destination(),
                            mount.writable(),
                            mount.name(),
                            mount.driver(),
                            mount.type(),
                            mount.mode(),
                            mount.propagation(),
                            container.asked(mount).spec(),
                            container.asked(mount).mustExist()));
        }
        return new StoredContainer(
                stored(container.state(), container.health(), container.cause()),
                container.id(),
                container.created().toString(),
                false,
                container.path(),
                container.args(),
                container.config(),
                container.image().toString(),
                ContainerViews.networkSettings(container, true),
                ContainerViews.logPath(container, files),
                "/" + container.name(),
                "overlay2",
                "linux",
                container.restarts().count(),
                container.startedBefore(),
                container.restarts().manuallyStopped(),
                mounts,
                files.hostname().toString(),
                files.hosts().toString(),
                files.resolvConf().toString(),
                container.ids());
    }

    private static StoredState stored(LifeState state, @Nullable Health health, @Nullable ExitCause cause) {
        return switch (state) {
            case LifeState.Created created ->
                new StoredState(
                        false,
                        false,
                        false,
                        false,
                        false,
                        false,
                        0,
                        created.exitCode(),
                        created.error(),
                        ZERO_TIME,
                        ZERO_TIME,
                        health,
                        cause);
            case LifeState.Running running ->
                new StoredState(
                        true,
                        running.paused(),
                        false,
                        false,
                        false,
                        false,
                        running.pid(),
                        0,
                        "",
                        running.startedAt().toString(),
                        ZERO_TIME,
                        health,
                        cause);
            case LifeState.Restarting waiting ->
                new StoredState(
                        true,
                        false,
                        true,
                        waiting.outOfMemory(),
                        false,
                        false,
                        0,
                        waiting.exitCode(),
                        "",
                        waiting.startedAt().toString(),
                        waiting.finishedAt().toString(),
                        health,
                        cause);
            case LifeState.Dead dead ->
                new StoredState(
                        false, false, false, false, false, true, 0, 0, dead.why(), ZERO_TIME, ZERO_TIME, health, cause);
            case LifeState.Exited exited ->
                new StoredState(
                        false,
                        false,
                        false,
                        exited.outOfMemory(),
                        false,
                        false,
                        0,
                        exited.exitCode(),
                        exited.error(),
                        exited.startedAt().toString(),
                        exited.finishedAt().toString(),
                        health,
                        cause);
        };
    }
}
