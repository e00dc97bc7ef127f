package cairn.engine.explain;

import cairn.engine.explain.Pile.Barrier;
import cairn.engine.explain.Pile.Finding;
import cairn.engine.explain.Pile.Role;
import cairn.engine.explain.Pile.Sighting;
import cairn.linux.FileStatus;
import cairn.wire.explain.MountExplanation;
import cairn.wire.explain.PathExplanation;
import cairn.wire.explain.PathLayer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Puts what was found about a path into records and one sentence. */
final class PathWords {
    private final Pile pile;
    private final PathWalk.End end;
    private final Finding finding;

    PathWords(Pile pile, PathWalk.End end) {
        this.pile = pile;
        this.end = end;
        this.finding = pile.find(end.names());
    }

    /**
     * @param mount that covers the path; null for the layers
     * @param inMount the path below that mount's root
     */
    PathExplanation explain(String asked, @Nullable MountExplanation mount, String inMount) {
        Sighting supplier = mount == null && !end.loop() ? finding.supplier() : null;
        FileStatus status = mount != null ? end.onMount() : supplier == null ? null : supplier.status();
        PathLayer deletedBy = mount == null && supplier == null && !end.loop() ? deletedBy() : null;
        List<PathLayer> layers = new ArrayList<>();
        for (Sighting sighting : finding.sightings()) {
            layers.add(layer(sighting, mount));
        }
        return new PathExplanation(
                asked,
                end.loop() ? "" : end.path(),
                status != null,
                status == null ? "" : Marks.type(status),
                status == null ? 0 : Marks.size(status),
                end.hops(),
                supplier == null ? null : layer(supplier, null),
                supplier == null ? "" : change(supplier),
                deletedBy,
                layers,
                finding.opaque() == null ? List.of() : List.of(layer(finding.opaque())),
                mount,
                inMount,
                summary(supplier, status, deletedBy, mount));
    }

    private @Nullable PathLayer deletedBy() {
        Barrier barrier = finding.barrier();
        return barrier == null || finding.sightings().isEmpty() ? null : layer(barrier);
    }

    /** What a container has done to the path in its own layer; empty for what comes from below, and for images. */
    private String change(Sighting supplier) {
        if (!kind(supplier.level()).equals(Level.WRITABLE)) {
            return "";
        }
        if (supplier.copy()) {
            return "copied up";
        }
        boolean below = pile.find(end.names(), supplier.level() + 1).supplier() != null;
        // Of a directory that is merged nothing was replaced; file systems that cannot note a copy's origin exist.
        return !below
                ? "created"
                : finding.sightings().stream().anyMatch(one -> one.role() == Role.MERGES) ? "copied up" : "replaced";
    }

    private String kind(int level) {
        return pile.levels().get(level).kind();
    }

    // ---- layers

    private PathLayer layer(Sighting sighting, @Nullable MountExplanation mount) {
        Barrier barrier = sighting.barrier();
        Role role = sighting.role();
        String reason = "";
        if (role == Role.HIDDEN) {
            reason = barrier == null ? "" : reason(barrier);
        } else if (mount != null) {
            role = Role.HIDDEN;
            reason = "covered by the mount on " + mount.mountPoint();
        }
        return layer(sighting.level(), end.path(), sighting.status(), Marks.type(sighting.status()), role, reason);
    }

    private PathLayer layer(Barrier barrier) {
        String type = switch (barrier.kind()) {
            case WHITEOUT -> Marks.WHITEOUT;
            case OPAQUE -> Marks.OPAQUE_DIRECTORY;
            case FILE -> Marks.type(barrier.status());
        };
        return layer(barrier.level(), barrier.path(), barrier.status(), type, Role.HIDES, "");
    }

    private PathLayer layer(int number, String path, FileStatus status, String type, Role role, String reason) {
        Level level = pile.levels().get(number);
        return new PathLayer(
                number,
                level.kind(),
                level.link(),
                level.diffId(),
                level.instruction(),
                path,
                level.diff() + (path.equals("/") ? "" : path),
                type,
                Marks.size(status),
                status.permissions(),
                Instant.ofEpochSecond(status.modifiedSeconds(), status.modifiedNanos())
                        .toString(),
                role.name().toLowerCase(Locale.ROOT),
                reason);
    }

    private String reason(Barrier barrier) {
        String where = name(barrier.level());
        return switch (barrier.kind()) {
            case WHITEOUT -> "whiteout of " + barrier.path() + " in " + where;
            case OPAQUE -> "opaque directory " + barrier.path() + " in " + where;
            case FILE -> covering(barrier) + " in " + where;
        };
    }

    private String covering(Barrier barrier) {
        String type = Marks.type(barrier.status());
        return barrier.path().equals(end.path()) ? "covered by the " + type : type + " " + barrier.path();
    }

    private String name(int level) {
        Level one = pile.levels().get(level);
        return switch (one.kind()) {
            case Level.WRITABLE -> "the container's own layer";
            case Level.INIT -> "the init layer";
            default -> "layer " + level + " (" + one.link() + ")";
        };
    }

    // ---- the sentence

    private String summary(
            @Nullable Sighting supplier,
            @Nullable FileStatus status,
            @Nullable PathLayer deletedBy,
            @Nullable MountExplanation mount) {
        if (end.loop()) {
            return "the links of this path lead nowhere: there are more than a process would follow";
        }
        if (mount != null) {
            return end.path() + (status == null ? " would be" : " is") + " on the mount at " + mount.mountPoint() + ": "
                    + mount.purpose();
        }
        if (supplier != null) {
            return end.path() + comesFrom(supplier) + hides(supplier);
        }
        Barrier barrier = finding.barrier();
        if (deletedBy == null || barrier == null) {
            return end.path() + " does not exist, and no layer has it";
        }
        return end.path() + " does not exist: " + (barrier.kind() == Barrier.Kind.FILE ? "there is a " : "")
                + reason(barrier);
    }

    private String comesFrom(Sighting supplier) {
        long merged = finding.sightings().stream()
                .filter(one -> one.role() == Role.MERGES)
                .count();
        String from = merged == 0
                ? " comes from " + name(supplier.level())
                : " is merged from " + (merged + 1) + " layers, the topmost of them " + name(supplier.level());
        return switch (change(supplier)) {
            case "created" -> from + ", where the container has created it";
            case "copied up" -> from + ", copied up when the container changed it";
            case "replaced" -> from + ", where the container has put it in the place of an older one";
            default -> from;
        };
    }

    private String hides(Sighting supplier) {
        List<Sighting> hidden = finding.sightings().stream()
                .filter(one -> one.level() > supplier.level()
                        && one.role() == Role.HIDDEN
                        && !one.status().isWhiteout())
                .toList();
        return switch (hidden.size()) {
            case 0 -> "";
            case 1 -> "; another one in " + name(hidden.getFirst().level()) + " is hidden";
            default -> "; " + hidden.size() + " others in lower layers are hidden";
        };
    }
}
