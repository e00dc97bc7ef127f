package cairn.engine.container;

import cairn.engine.launch.LaunchSpec;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The device nodes of the host, which a privileged container gets all of. */
final class HostDevices {
    /** What a container has of its own. */
    private static final Set<String> OWN =
            Set.of("pts", "shm", "mqueue", "fd", "console", ".udev", "lxc", "lxd-mounts");

    private HostDevices() {}

    static List<LaunchSpec.Device> all() {
        List<LaunchSpec.Device> devices = new ArrayList<>();
        try (InRoot dev = InRoot.open(java.nio.file.Path.of("/dev"))) {
            collect(dev, "", devices);
        }
        return devices;
    }

    private static void collect(InRoot dev, String directory, List<LaunchSpec.Device> devices) {
        for (String name : dev.list(directory.isEmpty() ? "/" : directory)) {
            String path = directory + "/" + name;
            FileStatus status;
            try {
                status = dev.statusNoFollow(path);
            } catch (LinuxException gone) {
                continue;
            }
            if (status == null || directory.isEmpty() && OWN.contains(name)) {
                continue;
            }
            if (status.isDirectory()) {
                collect(dev, path, devices);
            } else if (status.type() == FileStatus.S_IFCHR || status.type() == FileStatus.S_IFBLK) {
                devices.add(new LaunchSpec.Device(
                        "/dev" + path, status.type() | status.permissions(), status.rdevMajor(), status.rdevMinor()));
            }
        }
    }
}
