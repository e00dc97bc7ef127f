package cairn.daemon;

import cairn.engine.error.Problem;
import cairn.engine.volume.Volume;
import cairn.engine.volume.Volumes;
import cairn.wire.Filters;
import cairn.wire.volume.CreateVolumeRequest;
import cairn.wire.volume.VolumeList;
import cairn.wire.volume.VolumeSummary;
import cairn.wire.volume.VolumeSummaryBuilder;
import cairn.wire.volume.VolumeUsage;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** {@code /volumes}; their prune is with the others in {@link DiskRoutes}. */
final class VolumeRoutes {
    private static final Set<String> FILTERS = Set.of("dangling", "driver", "label", "name");

    private final Volumes volumes;

    VolumeRoutes(Volumes volumes) {
        this.volumes = volumes;
    }

    void register(Router router) {
        router.add("GET", "/volumes", this::list);
        router.add("POST", "/volumes/create", this::create);
        router.add(
                "GET",
                "/volumes/{name}",
                call -> call.exchange().respond(200, summary(volumes.get(call.path("name")))));
        router.add("DELETE", "/volumes/{name}", call -> {
            volumes.remove(call.path("name"), call.query().flag("force"));
            call.exchange().respond(204);
        });
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
