package cairn.daemon;

import cairn.engine.Engine;
import cairn.engine.container.Container;
import cairn.engine.container.VolumeCopies;
import cairn.engine.error.Problem;
import cairn.engine.volume.Volume;
import cairn.engine.volume.Volumes;
import cairn.oci.tar.TarException;
import cairn.wire.Filters;
import cairn.wire.volume.CreateVolumeRequest;
import cairn.wire.volume.VolumeList;
import cairn.wire.volume.VolumeSummary;
import cairn.wire.volume.VolumeSummaryBuilder;
import cairn.wire.volume.VolumeUsage;
import java.io.IOException;
import java.io.OutputStream;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** {@code /volumes}; their prune is with the others in {@link DiskRoutes}. */
final class VolumeRoutes {
    private static final Set<String> FILTERS = Set.of("dangling", "driver", "label", "name");

    private final Engine engine;
    private final Volumes volumes;

    VolumeRoutes(Engine engine) {
        this.engine = engine;
        this.volumes = engine.volumes();
    }

    void register(Router router) {
        registerOwn(router);
        router.add("GET", "/volumes", this::list);
        router.add("POST", "/volumes/create", this::create);
        router.add(
                "GET",
                "/volumes/{name}",
                call -> call.exchange().respond(200, detailed(volumes.get(call.path("name")))));
        router.add("DELETE", "/volumes/{name}", call -> {
            volumes.remove(call.path("name"), call.query().flag("force"));
            call.exchange().respond(204);
        });
    }

    private void registerOwn(Router router) {
        router.add("GET", "/cairn/volumes", this::listUses);
        router.add(
                "POST",
                "/cairn/volumes/{name}/clone",
                call -> call.exchange()
                        .respond(
                                201,
                                copied(engine.volumeCopies()
                                        .clone(call.path("name"), call.query().get("name")))));
        router.add(
                "POST",
                "/cairn/volumes/{name}/snapshot",
                call -> call.exchange()
                        .respond(
                                201,
                                copied(engine.volumeCopies()
                                        .snapshot(
                                                call.path("name"), call.query().get("name")))));
        router.add("GET", "/cairn/volumes/{name}/export", call -> {
            String name = volumes.get(call.path("name")).name();
            try (OutputStream out = call.exchange().stream(200, "application/x-tar")) {
                engine.volumeCopies().export(name, out);
            }
        });
        router.add("POST", "/cairn/volumes/{name}/import", call -> {
            try {
                engine.volumeCopies().receive(call.path("name"), call.exchange().body());
            } catch (TarException e) {
                throw new Problem.BadArchive(null, String.valueOf(e.getMessage())).exception(e);
            }
            call.exchange().respond(200, detailed(volumes.get(call.path("name"))));
        });
    }

    /** With bytes and users of each. */
    private void listUses(Call call) throws IOException {
        List<VolumeSummary> found = new ArrayList<>();
        for (Volume volume : volumes.list()) {
            long size = call.query().flag("size") && volume.liesHere() ? volumes.size(volume) : -1;
            found.add(VolumeSummaryBuilder.builder(detailed(volume))
                    .usageData(new VolumeUsage(volumes.users(volume.name()).size(), size))
                    .build());
        }
        call.exchange().respond(200, found);
    }

    private VolumeSummary copied(VolumeCopies.Copied copied) {
        VolumeSummary summary = detailed(copied.volume());
        Map<String, Object> status = new LinkedHashMap<>(summary.status() == null ? Map.of() : summary.status());
        status.put("SharesBlocks", copied.shared());
        return VolumeSummaryBuilder.builder(summary).status(status).build();
    }

    /** Docker's place for what a driver knows beside: who has it, and when it was last used. */
    private VolumeSummary detailed(Volume volume) {
        Map<String, Object> status = new LinkedHashMap<>();
        List<String> users = new ArrayList<>();
        boolean running = false;
        for (Container container : engine.containers().all()) {
            if (volumes.users(volume.name()).contains(container.id())) {
                users.add(container.name());
                running |= container.running();
            }
        }
        if (!users.isEmpty()) {
            status.put("UsedBy", users);
        }
        if (running) {
            status.put("InUse", true);
        }
        if (volume.lastUsed() != null) {
            status.put("LastUsed", volume.lastUsed().toString());
        }
        return VolumeSummaryBuilder.builder(summary(volume))
                .status(status.isEmpty() ? null : status)
                .build();
    }

    private void create(Call call) throws IOException {
        CreateVolumeRequest request = call.exchange().json(CreateVolumeRequest.class);
        Volume made = volumes.create(
                new Volumes.Request(request.name(), request.driver(), request.driverOpts(), request.labels()));
        call.exchange().respond(201, summary(made));
    }

    private void list(Call call) throws IOException {
        Filters filters = call.filters();
        String unknown = filters.unknown(FILTERS);
        if (unknown != null) {
            throw new Problem.InvalidParameter("invalid filter '" + unknown + "'").exception();
        }
        Boolean dangling = filters.flag("dangling");
        List<VolumeSummary> found = new ArrayList<>();
        for (Volume volume : volumes.list()) {
            boolean shown = (dangling == null
                            || dangling == volumes.users(volume.name()).isEmpty())
                    && (filters.get("driver").isEmpty() || filters.get("driver").contains(Volume.DRIVER))
                    && (filters.get("name").isEmpty()
                            || filters.get("name").stream().anyMatch(name -> matches(name, volume.name())))
                    && filters.matchesLabels("label", volume.knownLabels());
            if (shown) {
                found.add(summary(volume));
            }
        }
        call.exchange().respond(200, new VolumeList(found, null));
    }

    private static boolean matches(String pattern, String name) {
        try {
            return pattern.equals(name)
                    || Pattern.compile(pattern).matcher(name).find();
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    static VolumeSummary summary(Volume volume) {
        return VolumeSummaryBuilder.builder()
                .createdAt(volume.created().truncatedTo(ChronoUnit.SECONDS).toString())
                .driver(Volume.DRIVER)
                .labels(volume.labels())
                .mountpoint(volume.data().toString())
                .name(volume.name())
                .options(volume.options())
                .scope("local")
                .build();
    }

    /** Volumes whose bytes are on this disk, with their bytes and users. */
    static List<VolumeSummary> sized(Volumes volumes) {
        List<VolumeSummary> sized = new ArrayList<>();
        for (Volume volume : volumes.list()) {
            if (!volume.hasOptions()) {
                VolumeUsage usage = new VolumeUsage(volumes.users(volume.name()).size(), volumes.size(volume));
                sized.add(VolumeSummaryBuilder.builder(summary(volume))
                        .usageData(usage)
                        .build());
            }
        }
        return sized;
    }
}
