package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.image.Image;
import cairn.engine.image.Images;
import cairn.engine.image.LastUsed;
import cairn.engine.launch.CgroupTree;
import cairn.engine.layer.ReadWriteLayers;
import cairn.linux.LinuxException;
import cairn.oci.Platform;
import cairn.wire.container.CreateContainerRequest;
import cairn.wire.container.CreateContainerRequestBuilder;
import cairn.wire.container.CreateContainerResponse;
import cairn.wire.container.HostConfig;
import cairn.wire.container.HostConfigBuilder;
import cairn.wire.container.LogConfig;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes containers. */
final class Creation {
    private static final LogConfig PLAIN = new LogConfig(LogOptions.JSON_FILE, Map.of());

    private final Roster roster;
    private final Images images;
    private final LastUsed lastUsed;
    private final ReadWriteLayers layers;
    private final ContainerVolumes volumes;
    private final ContainerNetworks networks;
    private final ImageMounts imageMounts;
    private final CgroupTree cgroups;
    private final ContainerRecords records;
    private final ContainerEvents events;
    private final Ids ids;
    private final Clock clock;
    private final LogConfig log;
    private final UserNamespaces users;

    Creation(
            Roster roster,
            Images images,
            LastUsed lastUsed,
            ReadWriteLayers layers,
            ContainerVolumes volumes,
            ContainerNetworks networks,
            ImageMounts imageMounts,
            CgroupTree cgroups,
            ContainerRecords records,
            ContainerEvents events,
            Ids ids,
            Clock clock,
            LogConfig log,
            UserNamespaces users) {
        this.roster = roster;
        this.images = images;
        this.lastUsed = lastUsed;
        this.layers = layers;
        this.volumes = volumes;
        this.networks = networks;
        this.imageMounts = imageMounts;
        this.cgroups = cgroups;
        this.records = records;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
        this.log = log;
        this.users = users;
    }

    private CreateContainerRequest logged(CreateContainerRequest request) {
        HostConfig asked = request.hostConfig();
        LogConfig merged = asked == null ? log : LogOptions.merged(asked.logConfig(), log);
        if (asked == null && log.equals(PLAIN) || asked != null && merged.equals(asked.logConfig())) {
            return request;
        }
        HostConfigBuilder host = asked == null ? HostConfigBuilder.builder() : HostConfigBuilder.builder(asked);
        return CreateContainerRequestBuilder.builder(request)
                .hostConfig(host.logConfig(merged).build())
                .build();
    }

    /** @param platform that the image must be for; null for any */
    CreateContainerResponse create(@Nullable String name, @Nullable Platform platform, CreateContainerRequest request) {
        if (request.image().isEmpty()) {
            throw new Problem.InvalidParameter("no image specified").exception();
        }
        Image image = images.get(request.image(), platform);
        String id = ids.next();
        String taken = roster.takeName(name, id);
        boolean layer = false;
        Container obtained = null;
        Phases phases = new Phases("create");
        try {
            NewContainer.Made made = NewContainer.of(
                    id,
                    taken,
                    clock.instant(),
                    logged(request),
                    image.id(),
                    image.config().config(),
                    cgroups,
                    ref -> roster.find(ref).container,
                    networks::nameOf,
                    host -> users.take(id, host));
            Container container = made.container();
            String _ = LogOptions.attributesJson(container); // Refused now, and not at the start.
            ContainerFiles files = roster.files(id);
            phases.done("merge");
            layers.create(id, image.chainId(), !container.hostConfig().autoRemove());
            phases.done("layers");
            layer = true;
            container = volumes.obtain(imageMounts.resolve(container));
            obtained = container;
            volumes.populate(container);
            phases.done("volumes");
            records.create(container, files);
            layers.recorded(id);
            phases.done("record");
            phases.log();
            Live live = new Live(container, files);
            roster.add(live);
            events.tell(live, "create");
            lastUsed.note(image.id());
            return new CreateContainerResponse(id, made.warnings());
        } catch (IOException | LinuxException e) {
            undoCreate(id, taken, layer, obtained);
            throw new Problem.Internal("create container: " + e.getMessage()).exception(e);
        } catch (RuntimeException e) {
            undoCreate(id, taken, layer, obtained);
            throw e;
        } finally {
            users.settled(id);
        }
    }

    private void undoCreate(String id, String name, boolean layer, @Nullable Container obtained) {
        roster.remove(id, name);
        records.delete(roster.files(id));
        if (layer) {
            layers.remove(id);
        }
        if (obtained != null) {
            volumes.undo(obtained);
        }
    }
}
