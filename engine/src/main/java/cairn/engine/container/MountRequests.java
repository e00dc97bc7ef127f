package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.linux.MountEntry;
import cairn.linux.MountTable;
import cairn.wire.container.BindOptions;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.HostConfig;
import cairn.wire.container.Mount;
import cairn.wire.container.MountBuilder;
import cairn.wire.container.MountPoint;
import cairn.wire.container.MountPointBuilder;
import cairn.wire.container.TmpfsOptions;
import cairn.wire.container.VolumeDriver;
import cairn.wire.container.VolumeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The mounts that a create request asks for: by {@code --volumes-from}, {@code -v}, {@code --mount}, and by the image. Nothing is made here:
 * volumes have the name and the driver that they are asked for with, and no source yet.
 */
final class MountRequests {
    private static final Set<String> PROPAGATIONS =
            Set.of("private", "rprivate", "slave", "rslave", "shared", "rshared");
    private static final String DEFAULT_PROPAGATION = "rprivate";
    private static final String IDMAP = "idmap";

    /** Of a container: targets of binds that are to be idmapped, for clients who drop words of a {@code -v} that they do not know. */
    private static final String IDMAP_ANNOTATION = "cairn.idmap";

    /** Words of a {@code -v}'s third part, of each of which there may be one. */
    private static final List<Set<String>> MODES = List.of(
            Set.of("ro", "rw"),
            Set.of("z", "Z"),
            PROPAGATIONS,
            Set.of("nocopy"),
            Set.of(IDMAP),
            Set.of("default", "consistent", "cached", "delegated"));

    /** One mount, as it will be and as it was asked for. */
    record Requested(MountPoint point, AskedMount asked) {}

    private final Map<String, Requested> byTarget = new LinkedHashMap<>();

    private MountRequests() {}

    /**
     * In the order of their targets' depth, so that a mount below another one comes after it.
     *
     * @param config with what the image declares
     * @param others the container behind a reference
     */
    static List<Requested> of(HostConfig host, ContainerConfig config, Function<String, Container> others) {
        MountRequests requests = new MountRequests();
        for (String from : listOf(host.volumesFrom())) {
            requests.volumesFrom(from, others);
        }
        Set<String> own =
                new HashSet<>(host.tmpfs() == null ? Set.of() : host.tmpfs().keySet());
        for (String bind : listOf(host.binds())) {
            requests.own(parse(bind, host.volumeDriver()), own);
        }
        for (Mount mount : listOf(host.mounts())) {
            requests.own(parse(mount), own);
        }
        for (String path :
                config.volumes() == null ? Set.<String>of() : config.volumes().keySet()) {
            requests.declared(path, host);
        }
        requests.idmapAnnotated(host.annotations());
        List<Requested> sorted = new ArrayList<>(requests.byTarget.values());
        sorted.sort((a, b) -> Integer.compare(depth(a.point.destination()), depth(b.point.destination())));
        return sorted;
    }

    private static <T> List<T> listOf(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static int depth(String path) {
        return Path.of(path).getNameCount();
    }

    /** Takes the place of what {@code --volumes-from} has brought there, and of nothing else. */
    private void own(Requested mount, Set<String> own) {
        if (!own.add(mount.point.destination())) {
            throw new Problem.InvalidParameter("Duplicate mount point: " + mount.point.destination()).exception();
        }
        byTarget.put(mount.point.destination(), mount);
    }

    private void declared(String path, HostConfig host) {
        String target = normal(path); // An image may have `VOLUME data`.
        String wrong = wrongTarget(target);
        if (wrong != null) {
            throw new Problem.BadMount("invalid volume specification: '" + path + "': " + wrong).exception();
        }
        if (!byTarget.containsKey(target)
                && (host.tmpfs() == null || !host.tmpfs().containsKey(target))) {
            MountPoint point = new MountPoint("volume", "", "", target, host.volumeDriver(), "", true, "");
            byTarget.put(target, new Requested(point, AskedMount.NOTHING));
        }
    }

    /** An image brings labels, but no annotations: nothing but the request decides who owns the host's files. */
    private void idmapAnnotated(@Nullable Map<String, String> annotations) {
        String targets = annotations == null ? null : annotations.get(IDMAP_ANNOTATION);
        if (targets == null) {
            return;
        }
        for (String target : targets.split(",", -1)) {
            Requested mount = byTarget.get(normal(target.strip()));
            if (mount == null || !mount.point.type().equals("bind")) {
                throw new Problem.InvalidParameter(
                                "annotation " + IDMAP_ANNOTATION + ": no bind is mounted at '" + target.strip() + "'")
                        .exception();
            }
            String mode = mount.asked.idmapped() ? mount.point.mode() : withIdmap(mount.point.mode());
            MountPoint point = MountPointBuilder.builder(mount.point).mode(mode).build();
            byTarget.put(point.destination(), new Requested(point, mount.asked.asIdmapped()));
        }
    }

    private static String withIdmap(String mode) {
        return mode.isEmpty() ? IDMAP : mode + "," + IDMAP;
    }

    // ---- --volumes-from

    private void volumesFrom(String spec, Function<String, Container> others) {
        if (spec.isEmpty()) {
            throw new Problem.InvalidParameter("volumes-from specification cannot be an empty string").exception();
        }
        int colon = spec.indexOf(':');
        String mode = colon < 0 ? "" : spec.substring(colon + 1);
        Set<String> words = Set.of(mode.isEmpty() ? new String[0] : mode.split(","));
        if (!isMode(mode)
                || words.contains("nocopy")
                || words.contains(IDMAP)
                || words.stream().anyMatch(PROPAGATIONS::contains)) {
            throw new Problem.InvalidParameter("invalid mode: " + mode).exception();
        }
        Container other;
        try {
            other = others.apply(colon < 0 ? spec : spec.substring(0, colon));
        } catch (EngineException e) {
            throw e.problem() instanceof Problem.NoSuchContainer missing
                    ? new Problem.InvalidParameter("No such container: " + missing.ref()).exception(e)
                    : e;
        }
        for (MountPoint mount : other.mounts()) {
            MountPoint point = new MountPoint(
                    mount.type(),
                    mount.name(),
                    mount.source(),
                    mount.destination(),
                    mount.driver(),
                    other.asked(mount).idmapped() ? IDMAP : "",
                    mount.writable() && !words.contains("ro"),
                    mount.propagation());
            byTarget.put(mount.destination(), new Requested(point, other.asked(mount)));
        }
    }

    // ---- -v

    /** {@code source:target[:mode]}, or a target alone. */
    static Requested parse(String bind, String volumeDriver) {
        String[] part = bind.split(":", -1);
        boolean wrong = part[0].isEmpty() || part.length > 3 || part.length == 2 && isMode(part[1]);
        if (wrong) {
            throw new Problem.BadMount(specification(bind)).exception();
        }
        String mode = part.length == 3 ? part[2] : "";
        if (!isMode(mode)) {
            throw new Problem.InvalidParameter("invalid mode: " + mode).exception();
        }
        String source = part.length == 1 ? "" : part[0];
        String propagation = "";
        boolean readOnly = false;
        boolean noCopy = false;
        boolean idmap = false;
        for (String word : mode.split(",")) {
            readOnly |= word.equals("ro");
            noCopy |= word.equals("nocopy");
            idmap |= word.equals(IDMAP);
            propagation = PROPAGATIONS.contains(word) ? word : propagation;
        }
        boolean volume = !source.startsWith("/");
        MountBuilder spec = MountBuilder.builder()
                .type(volume ? "volume" : "bind")
                .source(source)
                .target(part.length == 1 ? part[0] : part[1])
                .readOnly(readOnly);
        if (noCopy || volume && !volumeDriver.isEmpty()) {
            VolumeDriver driver = volumeDriver.isEmpty() ? null : new VolumeDriver(volumeDriver, null);
            spec.volumeOptions(new VolumeOptions(noCopy, null, "", driver));
        }
        if (!propagation.isEmpty() || idmap) {
            spec.bindOptions(new BindOptions(propagation, false, false, false, false, idmap));
        }
        Mount mount = spec.build();
        // A directory that the engine would make has no owner to go by.
        String why = wrong(mount, idmap);
        if (why != null) {
            throw new Problem.BadMount(specification(bind) + ": " + why).exception();
        }
        return requested(mount, mode, idmap);
    }

    private static String specification(String bind) {
        return "invalid volume specification: '" + bind + "'";
    }

    private static boolean isMode(String mode) {
        if (mode.isEmpty()) {
            return true;
        }
        int[] seen = new int[MODES.size()];
        for (String word : mode.split(",", -1)) {
            boolean known = false;
            for (int i = 0; i < seen.length; i++) {
                if (MODES.get(i).contains(word)) {
                    known = true;
                    seen[i]++;
                }
            }
            if (!known) {
                return false;
            }
        }
        for (int count : seen) {
            if (count > 1) {
                return false;
            }
        }
        return true;
    }

    // ---- --mount

    private static Requested parse(Mount mount) {
        String why = wrong(mount, true);
        if (why != null) {
            throw new Problem.BadMount(why).exception();
        }
        BindOptions options = mount.bindOptions();
        boolean create = options != null && options.createMountpoint();
        String mode = options != null && options.cairnIdmap() ? IDMAP : "";
        return requested(mount, mode, mount.type().equals("bind") && !create);
    }

    private static Requested requested(Mount mount, String mode, boolean mustExist) {
        boolean bind = mount.type().equals("bind");
        boolean volume = mount.type().equals("volume");
        boolean image = mount.type().equals("image");
        String propagation =
                mount.bindOptions() == null ? "" : mount.bindOptions().propagation();
        VolumeDriver driver =
                mount.volumeOptions() == null ? null : mount.volumeOptions().driverConfig();
        MountPoint point = new MountPoint(
                mount.type(),
                volume || image ? mount.source() : "",
                bind ? normal(mount.source()) : "",
                normal(mount.target()),
                volume && driver != null ? driver.name() : "",
                volume && mode.isEmpty() ? "z" : mode,
                !mount.readOnly() && !image,
                bind || image ? propagation.isEmpty() ? DEFAULT_PROPAGATION : propagation : "");
        return new Requested(point, new AskedMount(mount, mustExist));
    }

    /** What is wrong with it in Docker's words, null for nothing. @param exists whether the source of a bind must be there */
    private static @Nullable String wrong(Mount mount, boolean exists) {
        String why = wrongTarget(mount.target());
        if (why == null) {
            why = switch (mount.type()) {
                case "bind" -> wrongBind(mount, exists);
                case "volume" -> wrongVolume(mount);
                case "tmpfs" -> wrongTmpfs(mount);
                case "image" -> wrongImage(mount);
                default -> "mount type unknown";
            };
        }
        return why == null ? null : "invalid mount config for type \"" + mount.type() + "\": " + why;
    }

    private static @Nullable String wrongTarget(String target) {
        if (target.isEmpty()) {
            return "field Target must not be empty";
        }
        if (!target.startsWith("/")) {
            return target.equals(".")
                    ? "invalid specification: destination can't be '/'"
                    : "invalid mount path: '" + target + "' mount path must be absolute";
        }
        return normal(target).equals("/") ? "invalid specification: destination can't be '/'" : null;
    }

    private static @Nullable String wrongBind(Mount mount, boolean exists) {
        BindOptions options = mount.bindOptions();
        if (mount.source().isEmpty()) {
            return "field Source must not be empty";
        }
        if (options != null && !options.propagation().isEmpty() && !PROPAGATIONS.contains(options.propagation())) {
            return "invalid propagation mode: " + options.propagation();
        }
        // One that -v brings says nocopy, which means nothing here.
        if (exists && mount.volumeOptions() != null) {
            return "field VolumeOptions must not be specified";
        }
        if (!mount.source().startsWith("/")) {
            return "invalid mount path: '" + mount.source() + "' mount path must be absolute";
        }
        boolean create = options != null && options.createMountpoint();
        if (exists && !create && !Files.exists(Path.of(mount.source()))) {
            return "bind source path does not exist: " + mount.source();
        }
        if (options == null) {
            return null;
        }
        if (options.cairnIdmap() && create) {
            return "a source that may have to be made cannot be idmapped";
        }
        if (options.readOnlyForceRecursive()) {
            if (!mount.readOnly()) {
                return "mount ReadOnlyForceRecursive requires ReadOnly";
            }
            if (options.readOnlyNonRecursive()) {
                return "mount ReadOnlyForceRecursive conflicts with ReadOnlyNonRecursive";
            }
            if (!options.propagation().equals("rprivate")) {
                return "mount ReadOnlyForceRecursive requires Propagation rprivate";
            }
        }
        return null;
    }

    private static @Nullable String wrongVolume(Mount mount) {
        if (mount.bindOptions() != null) {
            if (mount.bindOptions().cairnIdmap()) {
                return "only binds can be idmapped";
            }
            return "field BindOptions must not be specified";
        }
        boolean anonymous = mount.source().isEmpty();
        String subpath =
                mount.volumeOptions() == null ? "" : mount.volumeOptions().subpath();
        if (!subpath.isEmpty() && anonymous) {
            return "must not set Subpath when using anonymous volumes";
        }
        if (!subpath.isEmpty() && !isInside(subpath)) {
            return "subpath must be a relative path within the volume";
        }
        return mount.readOnly() && anonymous ? "must not set ReadOnly mode when using anonymous volumes" : null;
    }

    private static @Nullable String wrongTmpfs(Mount mount) {
        if (mount.bindOptions() != null) {
            return "field BindOptions must not be specified";
        }
        if (!mount.source().isEmpty()) {
            return "field Source must not be specified";
        }
        TmpfsOptions options = mount.tmpfsOptions();
        for (List<String> option :
                options == null || options.options() == null ? List.<List<String>>of() : options.options()) {
            if (option.isEmpty() || option.size() > 2) {
                return "invalid option array length";
            }
            if (!option.getFirst().equals("exec") && !option.getFirst().equals("noexec")) {
                return "invalid option: " + option.getFirst();
            }
        }
        return null;
    }

    private static @Nullable String wrongImage(Mount mount) {
        if (mount.bindOptions() != null) {
            return "field BindOptions must not be specified";
        }
        if (mount.source().isEmpty()) {
            return "field Source must not be empty";
        }
        String subpath =
                mount.imageOptions() == null ? "" : mount.imageOptions().subpath();
        return subpath.isEmpty() || isInside(subpath) ? null : "subpath must be a relative path within the image";
    }

    private static boolean isInside(String subpath) {
        return !subpath.startsWith("/") && !Path.of(subpath).normalize().startsWith("..") && subpath.indexOf(0) < 0;
    }

    private static String normal(String path) {
        return Path.of("/").resolve(path).normalize().toString();
    }

    // ---- at the start

    /** Makes the missing source directories of {@code -v}, as Docker does. */
    static void makeSources(Collection<MountPoint> mounts, Function<MountPoint, AskedMount> asked) {
        for (MountPoint mount : mounts) {
            Path source = Path.of(mount.source());
            if (mount.type().equals("bind") && !asked.apply(mount).mustExist() && !Files.exists(source)) {
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

    /** What is mounted on the one side is seen on the other only if the host's mount takes part in that. */
    static void checkPropagation(Collection<MountPoint> mounts) {
        List<MountEntry> table = null;
        for (MountPoint mount : mounts) {
            boolean shared = mount.propagation().endsWith("shared");
            if (!mount.type().equals("bind") || !shared && !mount.propagation().endsWith("slave")) {
                continue;
            }
            table = table == null ? MountTable.read() : table;
            MountEntry holding = MountTable.holding(table, real(mount.source()));
            if (holding == null) {
                continue;
            }
            boolean fine = holding.optional().stream()
                    .anyMatch(tag -> tag.startsWith("shared:") || !shared && tag.startsWith("master:"));
            if (!fine) {
                throw new Problem.Internal("path " + mount.source() + " is mounted on " + holding.mountPoint()
                                + " but it is not a shared" + (shared ? "" : " or slave") + " mount")
                        .exception();
            }
        }
    }

    private static String real(String source) {
        try {
            return Path.of(source).toRealPath().toString();
        } catch (IOException e) {
            return source;
        }
    }

    /** MS_* bits, with MS_REC for the words that begin with an r; a volume has none and is private. */
    static long propagation(String name) {
        long recursive = name.isEmpty() || name.startsWith("r") ? 0x4000 : 0;
        return recursive
                | switch (name) {
                    case "shared", "rshared" -> 1L << 20;
                    case "slave", "rslave" -> 1L << 19;
                    default -> 1L << 18;
                };
    }
}
