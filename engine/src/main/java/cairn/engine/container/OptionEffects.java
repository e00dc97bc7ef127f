package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.launch.Capability;
import cairn.engine.launch.CgroupTree;
import cairn.engine.launch.LaunchSpec;
import cairn.engine.launch.SeccompProfile;
import cairn.linux.FileStatus;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.HostConfig;
import cairn.wire.container.HostConfigBuilder;
import cairn.wire.container.IdRange;
import cairn.wire.container.Mount;
import cairn.wire.container.MountPoint;
import cairn.wire.container.ThrottleDevice;
import cairn.wire.container.Ulimit;
import cairn.wire.container.WeightDevice;
import cairn.wire.explain.OptionEffect;
import cairn.wire.explain.OptionExplanation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What each option that a container was made with turns into when it starts. */
public final class OptionEffects {
    private static final String CGROUP = "cgroup";
    private static final String NAMESPACE = "namespace";
    private static final String MOUNT = "mount";
    private static final String PROCESS = "process";

    private final CgroupTree cgroups;
    private final Path init;

    OptionEffects(CgroupTree cgroups, Path init) {
        this.cgroups = cgroups;
        this.init = init;
    }

    /** In the order of the command line's help: limits, devices, rights, namespaces, files, process, upkeep. */
    public List<OptionExplanation> of(Container container) {
        List<OptionExplanation> found = new ArrayList<>();
        // One that does not run has no place yet.
        cgroups.place(container.id(), container.hostConfig().cgroupParent());
        limits(found, container);
        devices(found, container);
        rights(found, container.hostConfig());
        namespaces(found, container);
        files(found, container);
        process(found, container);
        upkeep(found, container);
        return found;
    }

    private static void add(List<OptionExplanation> found, String option, Object value, OptionEffect... effects) {
        found.add(new OptionExplanation(option, String.valueOf(value), List.of(effects)));
    }

    private static OptionEffect effect(String kind, String where, String what) {
        return new OptionEffect(kind, where, what);
    }

    private static <T> List<T> list(@Nullable List<T> values) {
        return values == null ? List.of() : values;
    }

    private static Map<String, String> sorted(@Nullable Map<String, String> values) {
        return values == null ? Map.of() : new TreeMap<>(values);
    }

    // ---- limits

    /** What would not be written if the option were left away. */
    private void limit(
            List<OptionExplanation> found,
            Container container,
            String option,
            Object value,
            boolean used,
            UnaryOperator<HostConfigBuilder> without) {
        if (!used) {
            return;
        }
        HostConfig host = container.hostConfig();
        HostConfig less = without.apply(HostConfigBuilder.builder(host)).build();
        List<OptionEffect> effects = new ArrayList<>();
        try {
            Set<CgroupTree.Limit> mine =
                    new LinkedHashSet<>(ResourceLimits.cgroup(host, cgroups.unified(), cgroups::has));
            ResourceLimits.cgroup(less, cgroups.unified(), cgroups::has).forEach(mine::remove);
            cgroups.writes(container.id(), List.copyOf(mine))
                    .forEach(write -> effects.add(effect(CGROUP, write.getKey().toString(), write.getValue())));
        } catch (EngineException e) {
            effects.add(effect(CGROUP, "", "cannot be told: " + e.getMessage())); // A device that is gone.
        }
        found.add(new OptionExplanation(option, String.valueOf(value), effects));
    }

    private void limits(List<OptionExplanation> found, Container container) {
        HostConfig host = container.hostConfig();
        limit(found, container, "--memory", host.memory(), host.memory() != 0, b -> b.memory(0));
        limit(found, container, "--memory-swap", host.memorySwap(), host.memorySwap() != 0, b -> b.memorySwap(0));
        limit(
                found,
                container,
                "--memory-reservation",
                host.memoryReservation(),
                host.memoryReservation() != 0,
                b -> b.memoryReservation(0));
        limit(
                found,
                container,
                "--memory-swappiness",
                String.valueOf(host.memorySwappiness()),
                host.memorySwappiness() != null,
                b -> b.memorySwappiness(null));
        limit(
                found,
                container,
                "--oom-kill-disable",
                true,
                Boolean.TRUE.equals(host.oomKillDisable()),
                b -> b.oomKillDisable(false));
        limit(found, container, "--cpu-shares", host.cpuShares(), host.cpuShares() != 0, b -> b.cpuShares(0));
        limit(found, container, "--cpus", host.nanoCpus() / 1e9, host.nanoCpus() != 0, b -> b.nanoCpus(0));
        limit(found, container, "--cpu-quota", host.cpuQuota(), host.cpuQuota() != 0, b -> b.cpuQuota(0));
        limit(found, container, "--cpu-period", host.cpuPeriod(), host.cpuPeriod() != 0, b -> b.cpuPeriod(0));
        limit(
                found,
                container,
                "--cpu-rt-period",
                host.cpuRealtimePeriod(),
                host.cpuRealtimePeriod() != 0,
                b -> b.cpuRealtimePeriod(0));
        limit(
                found,
                container,
                "--cpu-rt-runtime",
                host.cpuRealtimeRuntime(),
                host.cpuRealtimeRuntime() != 0,
                b -> b.cpuRealtimeRuntime(0));
        limit(
                found,
                container,
                "--cpuset-cpus",
                host.cpusetCpus(),
                !host.cpusetCpus().isEmpty(),
                b -> b.cpusetCpus(""));
        limit(
                found,
                container,
                "--cpuset-mems",
                host.cpusetMems(),
                !host.cpusetMems().isEmpty(),
                b -> b.cpusetMems(""));
        boolean pids = host.pidsLimit() != null && host.pidsLimit() > 0;
        limit(found, container, "--pids-limit", String.valueOf(host.pidsLimit()), pids, b -> b.pidsLimit(null));
        limit(found, container, "--blkio-weight", host.blkioWeight(), host.blkioWeight() != 0, b -> b.blkioWeight(0));
        blockDevice(
                found, container, "--blkio-weight-device", host.blkioWeightDevice(), b -> b.blkioWeightDevice(null));
        blockDevice(found, container, "--device-read-bps", host.blkioDeviceReadBps(), b -> b.blkioDeviceReadBps(null));
        blockDevice(
                found, container, "--device-write-bps", host.blkioDeviceWriteBps(), b -> b.blkioDeviceWriteBps(null));
        blockDevice(
                found, container, "--device-read-iops", host.blkioDeviceReadIops(), b -> b.blkioDeviceReadIops(null));
        blockDevice(
                found,
                container,
                "--device-write-iops",
                host.blkioDeviceWriteIops(),
                b -> b.blkioDeviceWriteIops(null));
        if (!host.cgroupParent().isEmpty()) {
            List<OptionEffect> directories = new ArrayList<>();
            cgroups.directories(container.id())
                    .forEach(path -> directories.add(effect(CGROUP, path.toString(), "the container's cgroup")));
            found.add(new OptionExplanation("--cgroup-parent", host.cgroupParent(), directories));
        }
        for (Ulimit ulimit : list(host.ulimits())) {
            add(
                    found,
                    "--ulimit",
                    ulimit.name() + "=" + ulimit.soft() + ":" + ulimit.hard(),
                    effect(
                            "rlimit",
                            "RLIMIT_" + ulimit.name().toUpperCase(java.util.Locale.ROOT),
                            ulimit.soft() + ", at most " + ulimit.hard()));
        }
        if (host.oomScoreAdj() != 0) {
            add(
                    found,
                    "--oom-score-adj",
                    host.oomScoreAdj(),
                    effect(PROCESS, "/proc/self/oom_score_adj", Integer.toString(host.oomScoreAdj())));
        }
    }

    private void blockDevice(
            List<OptionExplanation> found,
            Container container,
            String option,
            @Nullable List<? extends Object> values,
            UnaryOperator<HostConfigBuilder> without) {
        StringBuilder devices = new StringBuilder();
        for (Object value : list(values)) {
            devices.append(devices.isEmpty() ? "" : ", ")
                    .append(
                            switch (value) {
                                case ThrottleDevice device -> device.path() + ":" + device.rate();
                                case WeightDevice device -> device.path() + ":" + device.weight();
                                default -> value.toString();
                            });
        }
        limit(found, container, option, devices, BlockLimits.used(values), without);
    }

    // ---- devices and rights

    private void devices(List<OptionExplanation> found, Container container) {
        HostConfig host = container.hostConfig();
        for (var mapping : list(host.devices())) {
            String value = mapping.pathOnHost() + ":" + mapping.pathInContainer() + ":" + mapping.cgroupPermissions();
            List<OptionEffect> effects = new ArrayList<>();
            try {
                HostDevices one = HostDevices.of(
                        HostConfigBuilder.builder().devices(List.of(mapping)).build());
                for (LaunchSpec.Device node : one.nodes()) {
                    String type = (node.mode() & FileStatus.S_IFMT) == FileStatus.S_IFBLK ? "b" : "c";
                    String what = type + " " + node.major() + ":" + node.minor();
                    effects.add(effect("device", node.path(), what));
                    if (!host.privileged()) {
                        effects.add(allowed(container, what + " " + mapping.cgroupPermissions()));
                    }
                }
            } catch (EngineException e) {
                effects.add(effect("device", mapping.pathInContainer(), String.valueOf(e.getMessage())));
            }
            found.add(new OptionExplanation("--device", value, effects));
        }
        for (String rule : list(host.deviceCgroupRules())) {
            add(found, "--device-cgroup-rule", rule, allowed(container, rule));
        }
    }

    private OptionEffect allowed(Container container, String rule) {
        Path directory = cgroups.directory(container.id(), "devices");
        return cgroups.unified() || directory == null
                ? effect("filter", "the cgroup's device program", "allows " + rule)
                : effect(CGROUP, directory.resolve("devices.allow").toString(), rule);
    }

    private static void rights(List<OptionExplanation> found, HostConfig host) {
        if (host.privileged()) {
            add(
                    found,
                    "--privileged",
                    true,
                    effect("capability", "", "all that the daemon has"),
                    effect("device", "/dev", "all of the host's, and all may be used"),
                    effect("filter", "", "no system call filter unless one is named"),
                    effect(MOUNT, "/sys, /sys/fs/cgroup", "writable, and no path is hidden"));
        }
        for (String name : list(host.capAdd())) {
            add(found, "--cap-add", name, capability(name, "given"));
        }
        for (String name : list(host.capDrop())) {
            add(found, "--cap-drop", name, capability(name, "taken away"));
        }
        for (String option : list(host.securityOpt())) {
            add(found, "--security-opt", shortened(option), security(option));
        }
        for (Map.Entry<String, String> sysctl : sorted(host.sysctls()).entrySet()) {
            add(
                    found,
                    "--sysctl",
                    sysctl.getKey() + "=" + sysctl.getValue(),
                    effect("sysctl", "/proc/sys/" + sysctl.getKey().replace('.', '/'), sysctl.getValue()));
        }
    }

    private static OptionEffect capability(String name, String what) {
        String full = Capability.parse(name).map(c -> "CAP_" + c).orElse("all");
        return effect("capability", full, what);
    }

    /** A profile of one's own may be long. */
    private static String shortened(String option) {
        return option.length() > 60 ? option.substring(0, 57) + "..." : option;
    }

    private static OptionEffect security(String option) {
        int equals = option.indexOf('=');
        String key = equals < 0 ? option : option.substring(0, equals);
        String value = option.substring(equals + 1);
        return switch (key) {
            case "no-new-privileges" -> effect(PROCESS, "no_new_privs", value.equals("false") ? "not set" : "set");
            case "writable-cgroups" ->
                effect(MOUNT, "/sys/fs/cgroup", value.equals("false") ? "read-only" : "writable");
            case "systempaths" -> effect(MOUNT, "/proc, /sys", "no path is hidden or read-only");
            case "seccomp" ->
                effect(
                        "filter",
                        "system calls",
                        switch (value) {
                            case SeccompProfile.UNCONFINED -> "no filter";
                            case SeccompProfile.BUILTIN -> "the default profile";
                            default -> "a profile of " + value.length() + " characters";
                        });
            default -> effect("record", "", "means nothing on this machine");
        };
    }

    // ---- namespaces

    private static void namespaces(List<OptionExplanation> found, Container container) {
        HostConfig host = container.hostConfig();
        mode(found, "--pid", host.pidMode(), "pid");
        if (!host.ipcMode().equals("private")) {
            mode(found, "--ipc", host.ipcMode(), "ipc, and /dev/shm");
        }
        mode(found, "--uts", host.utsMode(), "uts");
        if (host.cgroupnsMode().equals("host")) {
            mode(found, "--cgroupns", "host", "cgroup");
        }
        if (!host.networkMode().equals("bridge") && !host.networkMode().equals("default")) {
            mode(found, "--network", host.networkMode(), "net");
        }
        user(found, container);
    }

    private static void user(List<OptionExplanation> found, Container container) {
        HostConfig host = container.hostConfig();
        IdRange ids = container.ids();
        if (ids == null) {
            mode(found, "--userns", host.usernsMode(), "user");
            return;
        }
        List<OptionEffect> effects = new ArrayList<>();
        effects.add(effect(
                NAMESPACE,
                "user",
                "0-" + (ids.count() - 1) + " inside are the host's " + ids + ", root is " + ids.first()));
        effects.add(effect(MOUNT, "/", "idmapped layers: owners on disk are as without a user namespace"));
        for (MountPoint mount : container.mounts()) {
            switch (mount.type()) {
                case "tmpfs" -> {}
                case "image" -> effects.add(effect(MOUNT, mount.destination(), "idmapped layers of the image"));
                default ->
                    effects.add(effect(
                            MOUNT,
                            mount.destination(),
                            container.idmapped(mount)
                                    ? "idmapped: its owner is the container's user"
                                    : "idmapped: owners are the host's"));
            }
        }
        String value = host.usernsMode().isEmpty() ? "private, by default" : host.usernsMode();
        found.add(new OptionExplanation("--userns", value, effects));
    }

    private static void mode(List<OptionExplanation> found, String option, String mode, String namespace) {
        if (mode.isEmpty()) {
            return;
        }
        String other = SharedNamespaces.other(mode);
        String what = other != null
                ? "that of container " + (other.length() > 12 ? other.substring(0, 12) : other)
                : mode.equals("host") ? "the host's" : "its own, " + mode;
        add(found, option, mode, effect(NAMESPACE, namespace, what));
    }

    // ---- files

    private void files(List<OptionExplanation> found, Container container) {
        HostConfig host = container.hostConfig();
        if (host.readonlyRootfs()) {
            add(found, "--read-only", true, effect(MOUNT, "/", "read-only"));
        }
        for (MountPoint mount : container.mounts()) {
            if (mount.type().equals("tmpfs")) {
                continue; // Below, with all others.
            }
            add(
                    found,
                    mount.type().equals("bind") ? "--volume" : "--mount",
                    (mount.name().isEmpty() ? mount.source() : mount.name()) + ":" + mount.destination(),
                    effect(
                            MOUNT,
                            mount.destination(),
                            (mount.type().equals("bind") ? "bind of " + mount.source() : container.origin(mount))
                                    + (container.idmapped(mount) ? ", idmapped: its owner is the container's user" : "")
                                    + (mount.writable() ? "" : ", read-only")
                                    + (mount.propagation().isEmpty() ? "" : ", " + mount.propagation())));
        }
        for (Map.Entry<String, String> tmpfs : sorted(host.tmpfs()).entrySet()) {
            add(found, "--tmpfs", tmpfs.getKey(), effect(MOUNT, tmpfs.getKey(), "tmpfs " + tmpfs.getValue()));
        }
        for (Mount mount : list(host.mounts())) {
            if (mount.type().equals("tmpfs")) {
                add(found, "--mount", "type=tmpfs,target=" + mount.target(), effect(MOUNT, mount.target(), "tmpfs"));
            }
        }
        if (host.shmSize() != cairn.engine.launch.ContainerDefaults.SHM_BYTES && host.shmSize() > 0) {
            add(
                    found,
                    "--shm-size",
                    host.shmSize(),
                    effect(MOUNT, "/dev/shm", "tmpfs of " + host.shmSize() + " bytes"));
        }
        for (String server : list(host.dns())) {
            add(found, "--dns", server, effect(MOUNT, "/etc/resolv.conf", "nameserver " + server));
        }
        for (String line : list(host.extraHosts())) {
            add(found, "--add-host", line, effect(MOUNT, "/etc/hosts", line));
        }
    }

    // ---- the process, and what is only kept

    private void process(List<OptionExplanation> found, Container container) {
        ContainerConfig config = container.config();
        HostConfig host = container.hostConfig();
        if (Boolean.TRUE.equals(host.init())) {
            add(
                    found,
                    "--init",
                    true,
                    effect(MOUNT, "/sbin/docker-init", "bind of " + init + ", read-only"),
                    effect(PROCESS, "first process", "/sbin/docker-init, and the program as its child"));
        }
        if (!config.user().isEmpty()) {
            add(
                    found,
                    "--user",
                    config.user(),
                    effect(PROCESS, "user and group", "as the container's /etc/passwd says"));
        }
        for (String group : list(host.groupAdd())) {
            add(found, "--group-add", group, effect(PROCESS, "supplementary groups", group));
        }
        if (!config.workingDir().isEmpty()) {
            add(found, "--workdir", config.workingDir(), effect(PROCESS, "working directory", config.workingDir()));
        }
        if (config.tty()) {
            add(found, "--tty", true, effect(MOUNT, "/dev/console", "the process's terminal"));
        }
        if (config.openStdin()) {
            add(found, "--interactive", true, effect(PROCESS, "standard input", "stays open"));
        }
        if (!config.domainname().isEmpty()) {
            add(found, "--domainname", config.domainname(), effect(NAMESPACE, "uts", config.domainname()));
        }
    }

    private static void upkeep(List<OptionExplanation> found, Container container) {
        HostConfig host = container.hostConfig();
        ContainerConfig config = container.config();
        if (host.autoRemove()) {
            add(found, "--rm", true, effect("record", "", "removed at its end"));
        }
        String restart = host.restartPolicy().name();
        if (!restart.isEmpty() && !restart.equals("no")) {
            add(found, "--restart", restart, effect("record", "", "started again by the daemon"));
        }
        if (!config.stopSignal().isEmpty()) {
            add(found, "--stop-signal", config.stopSignal(), effect(PROCESS, "stop", config.stopSignal()));
        }
        if (config.stopTimeout() != null) {
            add(
                    found,
                    "--stop-timeout",
                    config.stopTimeout(),
                    effect(PROCESS, "stop", "SIGKILL after " + config.stopTimeout() + " seconds"));
        }
        sorted(host.annotations())
                .forEach((key, value) -> add(found, "--annotation", key + "=" + value, effect("record", "", "kept")));
    }
}
