package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.Capability;
import cairn.engine.launch.CgroupTree;
import cairn.engine.launch.ExecSpec;
import cairn.engine.launch.IdMapping;
import cairn.engine.launch.LaunchSpec;
import cairn.engine.launch.Namespace;
import cairn.engine.launch.ProcessSpec;
import cairn.engine.launch.SeccompProfile;
import cairn.engine.layer.OverlayMount;
import cairn.engine.layer.Rootfs;
import cairn.engine.log.LogFile;
import cairn.linux.Errno;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.wire.container.BindOptions;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.ExecConfig;
import cairn.wire.container.HostConfig;
import cairn.wire.container.IdRange;
import cairn.wire.container.Mount;
import cairn.wire.container.MountPoint;
import cairn.wire.container.TmpfsOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** From a container's record to what the launch planner takes. */
final class LaunchSpecs {
    private static final String DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final long TMPFS_ATTRIBUTES = 0x2 | 0x4 | 0x8; // nosuid, nodev, noexec
    private static final String SHM = "/dev/shm";
    private static final String INIT = "/sbin/docker-init"; // Docker's name for it, which people look for
    private static final boolean KERNEL_CORE = Files.exists(Path.of("/proc/kcore"));

    private final CgroupTree cgroups;
    private final SeccompProfile seccomp;
    private final Path init;
    private final Function<String, List<Path>> images;

    /**
     * @param init the program that is a container's first process if --init asks for it
     * @param images the directories of an image's layers by its ID, topmost first
     */
    LaunchSpecs(CgroupTree cgroups, SeccompProfile seccomp, Path init, Function<String, List<Path>> images) {
        this.cgroups = cgroups;
        this.seccomp = seccomp;
        this.init = init;
        this.images = images;
    }

    /**
     * @param network steps of its endpoint
     * @param shared what it has of others
     * @param taps attach connections that will come at the start
     */
    LaunchSpec run(
            Container container,
            ContainerFiles files,
            Rootfs rootfs,
            LaunchSpec.Network network,
            SharedNamespaces shared,
            int taps,
            int[] size) {
        HostConfig host = container.hostConfig();
        ContainerConfig config = container.config();
        NetworkMode mode = NetworkMode.of(host);
        Set<Namespace> namespaces = EnumSet.of(Namespace.MOUNT, Namespace.PID, Namespace.UTS, Namespace.IPC);
        if (mode.own()) {
            namespaces.add(Namespace.NETWORK);
        }
        if (!host.cgroupnsMode().equals("host")) {
            namespaces.add(Namespace.CGROUP);
        }
        removeIfHost(namespaces, host.pidMode(), Namespace.PID);
        removeIfHost(namespaces, host.ipcMode(), Namespace.IPC);
        removeIfHost(namespaces, host.utsMode(), Namespace.UTS);
        namespaces.removeAll(shared.joined().keySet());
        HostDevices devices = HostDevices.of(host);
        SecurityOptions security = SecurityOptions.of(host);
        ProcessSpec process;
        LaunchSpec.Filesystem filesystem;
        try (InRoot root = rootfs.files().get()) {
            process = process(container, root, security);
            filesystem = filesystem(container, files, security, shared, devices, root, process.user());
        }
        return new LaunchSpec(
                files.shim(),
                rootfs.path(),
                new LaunchSpec.Stdio(config.tty(), config.openStdin(), config.stdinOnce(), taps, size[0], size[1]),
                log(container, files),
                namespaces,
                shared.joined(),
                cgroups.forContainer(
                        container.id(), ResourceLimits.cgroup(host, cgroups.unified(), cgroups::has), devices.rules()),
                network,
                namespaces.contains(Namespace.UTS) ? config.hostname() : null,
                config.domainname(),
                filesystem,
                sysctls(host, mode),
                process,
                user(container, rootfs, shared));
    }

    private static LaunchSpec.@Nullable UserNamespace user(
            Container container, Rootfs rootfs, SharedNamespaces shared) {
        IdRange ids = container.ids();
        OverlayMount overlay = rootfs.overlay();
        return ids == null || overlay == null
                ? null
                : new LaunchSpec.UserNamespace(
                        ids,
                        shared.joined().get(Namespace.USER),
                        new LaunchSpec.Overlay(overlay.base(), overlay.data()));
    }

    private static void removeIfHost(Set<Namespace> namespaces, String mode, Namespace namespace) {
        if (mode.equals("host")) {
            namespaces.remove(namespace);
        }
    }

    private static LaunchSpec.@Nullable LogFile log(Container container, ContainerFiles files) {
        LogOptions options = LogOptions.of(container.hostConfig().logConfig());
        LogFile file = options.file(files);
        return file == null
                ? null
                : new LaunchSpec.LogFile(
                        file.path(),
                        file.format(),
                        options.maxSize(),
                        options.maxFiles(),
                        options.compressed(),
                        LogOptions.attributesJson(container));
    }

    private LaunchSpec.Filesystem filesystem(
            Container container,
            ContainerFiles files,
            SecurityOptions security,
            SharedNamespaces shared,
            HostDevices devices,
            InRoot root,
            ProcessSpec.User user) {
        HostConfig host = container.hostConfig();
        List<LaunchSpec.Mount> mounts = new ArrayList<>();
        Set<String> taken = new java.util.HashSet<>();
        for (MountPoint mount : container.mounts()) {
            taken.add(mount.destination());
        }
        etc(mounts, taken, files.resolvConf(), "/etc/resolv.conf");
        etc(mounts, taken, files.hostname(), "/etc/hostname");
        etc(mounts, taken, files.hosts(), "/etc/hosts");
        List<LaunchSpec.Mount> asked = new ArrayList<>();
        tmpfs(asked, host);
        asked.forEach(mount -> taken.add(mount.target()));
        if (shared.shm() != null && !taken.contains(SHM)) {
            mounts.add(LaunchSpec.Bind.own(shared.shm(), SHM, false, LaunchSpec.Access.WRITE));
        }
        if (hasInit(host)) {
            asked.add(LaunchSpec.Bind.own(init, INIT, true, LaunchSpec.Access.READ_ONLY));
        }
        for (MountPoint mount : container.mounts()) {
            AskedMount how = container.asked(mount);
            asked.add(
                    how.idmapped()
                            ? bind(mount, how, IdmappedBinds.mapping(mount.source(), user, container.ids()))
                            : mount(mount, how, files));
        }
        asked.forEach(mount -> mounts.add(MountTargets.resolved(root, mount)));
        return new LaunchSpec.Filesystem(
                host.readonlyRootfs(),
                host.privileged(),
                security.writableCgroups(),
                shared.shm() != null || taken.contains(SHM) || host.ipcMode().equals("none") ? 0 : host.shmSize(),
                mounts,
                host.maskedPaths() != null ? host.maskedPaths() : List.of(),
                host.readonlyPaths() != null ? host.readonlyPaths() : List.of(),
                devices.nodes().stream().map(device -> resolved(root, device)).toList(),
                KERNEL_CORE);
    }

    /** Only where the process is the first of its namespace; elsewhere there is one already. */
    private static boolean hasInit(HostConfig host) {
        return Boolean.TRUE.equals(host.init()) && host.pidMode().isEmpty();
    }

    /** /dev is the container's own; anywhere else links of the image may lie on the way. */
    private static LaunchSpec.Device resolved(InRoot root, LaunchSpec.Device device) {
        if (device.path().startsWith("/dev/")) {
            return device;
        }
        return new LaunchSpec.Device(
                MountTargets.resolved(root, device.path(), false),
                device.mode(),
                device.major(),
                device.minor(),
                device.uid(),
                device.gid());
    }

    private static void etc(List<LaunchSpec.Mount> mounts, Set<String> taken, Path source, String target) {
        if (!taken.contains(target)) {
            mounts.add(LaunchSpec.Bind.own(source, target, true, LaunchSpec.Access.WRITE));
        }
    }

    private static void tmpfs(List<LaunchSpec.Mount> mounts, HostConfig host) {
        if (host.tmpfs() != null) {
            host.tmpfs().forEach((target, options) -> mounts.add(Tmpfs.parse(target, options, TMPFS_ATTRIBUTES)));
        }
    }

    private LaunchSpec.Mount mount(MountPoint mount, AskedMount asked, ContainerFiles files) {
        return switch (mount.type()) {
            case "tmpfs" -> tmpfs(mount, asked.spec());
            case "image" -> image(mount, asked, files);
            default -> bind(mount, asked, null);
        };
    }

    private static LaunchSpec.Bind bind(MountPoint mount, AskedMount asked, @Nullable IdMapping ids) {
        Path source = Path.of(mount.source());
        String below = asked.subpath();
        if (!below.isEmpty()) {
            checkBelow(source, below);
        }
        BindOptions options = asked.spec().bindOptions();
        LaunchSpec.Access access = mount.writable()
                ? LaunchSpec.Access.WRITE
                : options != null && options.readOnlyNonRecursive()
                        ? LaunchSpec.Access.READ_ONLY_ALONE
                        : LaunchSpec.Access.READ_ONLY;
        return new LaunchSpec.Bind(
                source,
                below,
                mount.destination(),
                below.isEmpty() && !Files.isDirectory(source),
                access,
                options == null || !options.nonRecursive(),
                MountRequests.propagation(mount.propagation()),
                ids);
    }

    /** For Docker's words; the shim looks again. */
    private static void checkBelow(Path source, String below) {
        String why = null;
        try (InRoot root = InRoot.open(source)) {
            if (root.status(below) == null) {
                why = Errno.text(Errno.ENOENT);
            }
        } catch (LinuxException e) {
            why = Errno.text(e.errno());
        }
        if (why != null) {
            throw new Problem.BadMount(
                            "cannot access path " + source.resolve(below) + ": " + why.toLowerCase(Locale.ROOT))
                    .exception();
        }
    }

    private LaunchSpec.ImageMount image(MountPoint mount, AskedMount asked, ContainerFiles files) {
        return new LaunchSpec.ImageMount(
                images.apply(asked.spec().source()),
                files.imageMount(),
                files.emptyDirectory(),
                asked.subpath(),
                mount.destination());
    }

    /** With {@code --mount}. */
    private static LaunchSpec.Tmpfs tmpfs(MountPoint mount, Mount spec) {
        List<String> options = new ArrayList<>();
        TmpfsOptions asked = spec.tmpfsOptions();
        if (asked != null && asked.sizeBytes() > 0) {
            options.add("size=" + asked.sizeBytes());
        }
        if (asked != null && asked.mode() > 0) {
            options.add("mode=" + Long.toOctalString(asked.mode()));
        }
        if (asked != null && asked.options() != null) {
            asked.options().forEach(option -> options.add(String.join("=", option)));
        }
        if (!mount.writable()) {
            options.add("ro");
        }
        return Tmpfs.parse(mount.destination(), String.join(",", options), TMPFS_ATTRIBUTES);
    }

    /** Only settings of namespaces that the container owns (CVE-2022-0811). */
    private static Map<String, String> sysctls(HostConfig host, NetworkMode mode) {
        Map<String, String> sysctls = new HashMap<>();
        boolean ownNetwork = mode.own();
        if (ownNetwork) {
            // Docker's: a container's root may ping and bind low ports without capabilities.
            sysctls.put("net.ipv4.ip_unprivileged_port_start", "0");
            sysctls.put("net.ipv4.ping_group_range", "0 2147483647");
        }
        if (host.sysctls() != null) {
            host.sysctls().forEach((key, value) -> {
                Sysctls.check(key, value, ownNetwork, !host.ipcMode().equals("host"));
                sysctls.put(key, value);
            });
        }
        return sysctls;
    }

    private ProcessSpec process(Container container, InRoot root, SecurityOptions security) {
        ContainerConfig config = container.config();
        HostConfig host = container.hostConfig();
        Users.Resolved user = Users.resolve(root, config.user(), host.groupAdd() == null ? List.of() : host.groupAdd());
        List<String> arguments = new ArrayList<>();
        if (hasInit(host)) {
            arguments.addAll(List.of(INIT, "--"));
        }
        arguments.add(container.path());
        arguments.addAll(container.args());
        return new ProcessSpec(
                user.user(),
                config.workingDir().isEmpty() ? "/" : config.workingDir(),
                arguments,
                environment(container, config.tty(), List.of(), user.home()),
                security.capabilities(),
                security.noNewPrivileges(),
                seccomp.filter(security.seccomp(), security.capabilities()),
                ResourceLimits.rlimits(host),
                host.oomScoreAdj());
    }

    /** Docker's order: the engine's own variables, then the container's, then those of an exec; a later one replaces an earlier one. */
    private static List<String> environment(
            Container container, boolean terminal, List<String> more, @Nullable String home) {
        List<String> environment = new ArrayList<>();
        environment.add(DEFAULT_PATH);
        environment.add("HOSTNAME=" + container.config().hostname());
        if (terminal) {
            environment.add("TERM=xterm");
        }
        if (container.config().env() != null) {
            container.config().env().forEach(variable -> put(environment, variable));
        }
        more.forEach(variable -> put(environment, variable));
        if (!NewContainer.mentions(environment, "HOME")) {
            // A value with a control character could only do harm (CVE-2026-15809).
            environment.add(
                    "HOME=" + (home == null || home.isEmpty() || home.chars().anyMatch(c -> c < ' ') ? "/" : home));
        }
        return environment;
    }

    private static void put(List<String> environment, String variable) {
        String name = NewContainer.name(variable);
        boolean unset = name.length() == variable.length();
        for (int i = 0; i < environment.size(); i++) {
            if (NewContainer.name(environment.get(i)).equals(name)) {
                if (unset) {
                    environment.remove(i);
                } else {
                    environment.set(i, variable);
                }
                return;
            }
        }
        if (!unset) {
            environment.add(variable);
        }
    }

    ExecSpec exec(
            Container container,
            LifeState.Running running,
            Path directory,
            ExecConfig exec,
            boolean openStdin,
            int taps,
            int[] size) {
        HostConfig host = container.hostConfig();
        SecurityOptions security = SecurityOptions.of(host);
        // More capabilities and nothing else: the filter stays the container's, as with runc, which has it from its
        // record.
        Set<Capability> capabilities = exec.privileged() ? Capability.held() : security.capabilities();
        try (InRoot root = InRoot.ofProcess(running.pid())) {
            String spec = exec.user().isEmpty() ? container.config().user() : exec.user();
            Users.Resolved user = Users.resolve(root, spec, host.groupAdd() == null ? List.of() : host.groupAdd());
            String directoryInside = !exec.workingDir().isEmpty()
                    ? exec.workingDir()
                    : container.config().workingDir().isEmpty()
                            ? "/"
                            : container.config().workingDir();
            ProcessSpec process = new ProcessSpec(
                    user.user(),
                    directoryInside,
                    exec.cmd() == null ? List.of() : exec.cmd(),
                    environment(container, exec.tty(), exec.env() == null ? List.of() : exec.env(), user.home()),
                    capabilities,
                    security.noNewPrivileges(),
                    seccomp.filter(security.seccomp(), security.capabilities()),
                    ResourceLimits.rlimits(host),
                    host.oomScoreAdj());
            return new ExecSpec(
                    directory,
                    new LaunchSpec.Stdio(exec.tty(), openStdin, true, taps, size[0], size[1]),
                    running.pid(),
                    running.startTime(),
                    EnumSet.of(
                            Namespace.MOUNT,
                            Namespace.PID,
                            Namespace.NETWORK,
                            Namespace.UTS,
                            Namespace.IPC,
                            Namespace.CGROUP),
                    cgroups.unified(),
                    cgroups.directories(container.id()),
                    process,
                    container.ids());
        }
    }
}
