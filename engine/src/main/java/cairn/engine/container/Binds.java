package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.wire.container.HostConfig;
import cairn.wire.container.Mount;
import cairn.wire.container.MountPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The binds that a create request asks for, by {@code -v} and by {@code --mount}. */
final class Binds {
    private static final Set<String> PROPAGATIONS =
            Set.of("private", "rprivate", "slave", "rslave", "shared", "rshared");
    private static final Set<String> IGNORED_OPTIONS = Set.of("z", "Z", "nocopy", "consistent", "cached", "delegated");

    private Binds() {}

    /** In the order of their targets' depth, so that a mount below another one comes after it. */
    static List<MountPoint> parse(HostConfig config) {
        Map<String, MountPoint> byTarget = new LinkedHashMap<>();
        for (String bind : config.binds() == null ? List.<String>of() : config.binds()) {
            add(byTarget, parse(bind));
        }
        for (Mount mount : config.mounts() == null ? List.<Mount>of() : config.mounts()) {
            if (mount.type().equals("bind")) {
                add(byTarget, parse(mount));
            } else if (!mount.type().equals("tmpfs")) {
                throw new Problem.NotSupported(
                                "mounts of type " + mount.type() + " are not supported yet: bind and tmpfs are")
                        .exception();
            }
        }
        List<MountPoint> sorted = new ArrayList<>(byTarget.values());
        sorted.sort((a, b) -> Integer.compare(depth(a.destination()), depth(b.destination())));
        return sorted;
    }

    private static int depth(String path) {
        return Path.of(path).getNameCount();
    }

    private static void add(Map<String, MountPoint> byTarget, MountPoint mount) {
        if (byTarget.putIfAbsent(mount.destination(), mount) != null) {
            throw new Problem.InvalidParameter("Duplicate mount point: " + mount.destination()).exception();
        }
    }

    /** {@code source:target[:options]}. */
    static MountPoint parse(String bind) {
        String[] part = bind.split(":", -1);
        if (part.length < 2 || part.length > 3 || part[0].isEmpty() || part[1].isEmpty()) {
            throw invalid(bind, "invalid volume specification");
        }
        if (!part[0].startsWith("/")) {
            throw new Problem.NotSupported(
                            "named volumes are not supported yet: give an absolute path instead of \"" + part[0] + "\"")
                    .exception();
        }
        String target = target(part[1], bind);
        boolean writable = true;
        String propagation = "rprivate";
        for (String option : part.length < 3 ? new String[0] : part[2].split(",")) {
            if (option.equals("ro") || option.equals("rw")) {
                writable = option.equals("rw");
            } else if (PROPAGATIONS.contains(option)) {
                propagation = option;
            } else if (!IGNORED_OPTIONS.contains(option)) {
                throw invalid(bind, "invalid mode: " + part[2]);
            }
        }
        return new MountPoint(
                "bind", "", normal(part[0]), target, "", part.length < 3 ? "" : part[2], writable, propagation);
    }

    private static MountPoint parse(Mount mount) {
        if (mount.source().isEmpty()) {
            throw new Problem.BadMount("invalid mount config for type \"bind\": field Source must not be empty")
                    .exception();
        }
        if (!mount.source().startsWith("/")) {
            throw new Problem.BadMount("invalid mount config for type \"bind\": invalid mount path: '" + mount.source()
                            + "' mount path must be absolute")
                    .exception();
        }
        boolean create = mount.bindOptions() != null && mount.bindOptions().createMountpoint();
        if (!create && !Files.exists(Path.of(mount.source()))) {
            throw new Problem.BadMount("invalid mount config for type \"bind\": bind source path does not exist: "
                            + mount.source())
                    .exception();
        }
        String propagation =
                mount.bindOptions() == null || mount.bindOptions().propagation().isEmpty()
                        ? "rprivate"
                        : mount.bindOptions().propagation();
        if (!PROPAGATIONS.contains(propagation)) {
            throw new Problem.BadMount(
                            "invalid mount config for type \"bind\": invalid propagation mode: " + propagation)
                    .exception();
        }
        String target = target(mount.target(), mount.target());
        return new MountPoint("bind", "", normal(mount.source()), target, "", "", !mount.readOnly(), propagation);
    }

    private static String target(String target, String spec) {
        if (!target.startsWith("/")) {
            throw invalid(spec, "invalid mount path: '" + target + "' mount path must be absolute");
        }
        String normal = normal(target);
        if (normal.equals("/")) {
            throw invalid(spec, "invalid specification: destination can't be '/'");
        }
        return normal;
    }

    private static String normal(String path) {
        return Path.of(path).normalize().toString();
    }

    private static RuntimeException invalid(String spec, String why) {
        return new Problem.BadMount("invalid volume specification: '" + spec + "': " + why).exception();
    }

    /** Makes the missing source directories of {@code -v}, as Docker does; {@code --mount} was checked at create. */
    static void makeSources(List<MountPoint> mounts) {
        for (MountPoint mount : mounts) {
            Path source = Path.of(mount.source());
            if (mount.type().equals("bind") && !Files.exists(source)) {
                try {
                    Files.createDirectories(source);
                } catch (IOException e) {
                    throw new Problem.BadMount(
                                    "error while creating mount source path '" + source + "': " + e.getMessage())
                            .exception();
                }
            }
        }
    }

    /** MS_* bits for mount_setattr(2). */
    static long propagation(String name) {
        return switch (name) {
            case "shared", "rshared" -> 1L << 20;
            case "slave", "rslave" -> 1L << 19;
            default -> 1L << 18;
        };
    }
}
