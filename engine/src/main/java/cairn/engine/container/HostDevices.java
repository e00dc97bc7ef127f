package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.ContainerDefaults;
import cairn.engine.launch.LaunchSpec;
import cairn.linux.DeviceFilter;
import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.wire.container.DeviceMapping;
import cairn.wire.container.HostConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The host's devices that a container gets: {@code --device}, {@code --device-cgroup-rule}, or all of them for a privileged one.
 *
 * @param nodes beyond the standard ones
 * @param rules what may be used of them and of the standard ones, in the form of {@link ContainerDefaults#DEVICE_RULES}; empty for everything
 */
record HostDevices(List<LaunchSpec.Device> nodes, List<String> rules) {
    private static final HostDevices STANDARD = new HostDevices(List.of(), ContainerDefaults.DEVICE_RULES);

    /** What a container has of its own. */
    private static final Set<String> OWN =
            Set.of("pts", "shm", "mqueue", "fd", "console", ".udev", "lxc", "lxd-mounts");

    HostDevices {
        nodes = List.copyOf(nodes);
        rules = List.copyOf(rules);
    }

    /** As the host is at this moment. */
    static HostDevices of(HostConfig host) {
        List<DeviceMapping> mappings = host.devices() == null ? List.of() : host.devices();
        List<String> asked = host.deviceCgroupRules() == null ? List.of() : host.deviceCgroupRules();
        if (!host.privileged() && mappings.isEmpty() && asked.isEmpty()) {
            return STANDARD;
        }
        try (InRoot root = InRoot.open(Path.of("/"))) {
            List<LaunchSpec.Device> nodes = new ArrayList<>();
            List<String> rules = new ArrayList<>(ContainerDefaults.DEVICE_RULES);
            for (DeviceMapping mapping : mappings) {
                for (LaunchSpec.Device node : nodes(root, mapping)) {
                    nodes.add(node);
                    rules.add(rule(node, mapping.cgroupPermissions()));
                }
            }
            for (String rule : asked) {
                rules.add(checked(rule));
            }
            if (host.privileged()) {
                collect(root, "/dev", "/dev", true, nodes);
                rules.clear();
            }
            return new HostDevices(nodes, rules);
        }
    }

    /** In the kernel's form, where a rule for both types has no numbers: it stands for everything. */
    static String checked(String rule) {
        try {
            DeviceFilter.Rule.parse(rule);
        } catch (IllegalArgumentException e) {
            throw new Problem.Internal("invalid device cgroup rule format: '" + rule + "'").exception(e);
        }
        return rule.startsWith("a") ? "a *:* rwm" : rule;
    }

    private static String rule(LaunchSpec.Device node, String access) {
        String type = (node.mode() & FileStatus.S_IFMT) == FileStatus.S_IFBLK ? "b" : "c";
        return type + " " + node.major() + ":" + node.minor() + " " + (access.isEmpty() ? "rwm" : access);
    }

    /** A device, one behind a link, or all in a directory and below it. */
    private static List<LaunchSpec.Device> nodes(InRoot root, DeviceMapping mapping) {
        String inside = mapping.pathInContainer().isEmpty() ? mapping.pathOnHost() : mapping.pathInContainer();
        List<LaunchSpec.Device> nodes = new ArrayList<>();
        String why = "not a device node";
        try {
            String path = root.resolve(mapping.pathOnHost());
            FileStatus status = root.statusNoFollow(path);
            if (status == null) {
                why = Errno.text(Errno.ENOENT).toLowerCase(Locale.ROOT);
            } else if (status.isDirectory()) {
                collect(root, path, inside, false, nodes);
            } else {
                LaunchSpec.Device node = node(status, inside);
                if (node != null) {
                    nodes.add(node);
                }
            }
        } catch (LinuxException e) {
            why = Errno.text(e.errno()).toLowerCase(Locale.ROOT);
        }
        if (nodes.isEmpty()) {
            throw new Problem.Internal("error gathering device information while adding custom device \""
                            + mapping.pathOnHost() + "\": " + why)
                    .exception();
        }
        return nodes;
    }

    private static void collect(
            InRoot root, String directory, String inside, boolean all, List<LaunchSpec.Device> nodes) {
        for (String name : root.list(directory)) {
            FileStatus status;
            try {
                status = root.statusNoFollow(directory + "/" + name);
            } catch (LinuxException gone) {
                continue;
            }
            if (status == null || all && directory.equals("/dev") && OWN.contains(name)) {
                continue;
            }
            LaunchSpec.Device node = node(status, inside + "/" + name);
            if (node != null) {
                nodes.add(node);
            } else if (status.isDirectory()) {
                collect(root, directory + "/" + name, inside + "/" + name, all, nodes);
            }
        }
    }

    private static LaunchSpec.@Nullable Device node(FileStatus status, String inside) {
        if (status.type() != FileStatus.S_IFCHR && status.type() != FileStatus.S_IFBLK) {
            return null;
        }
        return new LaunchSpec.Device(
                inside,
                status.type() | status.permissions(),
                status.rdevMajor(),
                status.rdevMinor(),
                Integer.toUnsignedLong(status.uid()),
                Integer.toUnsignedLong(status.gid()));
    }
}
