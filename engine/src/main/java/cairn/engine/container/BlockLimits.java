package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.CgroupTree.Limit;
import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.wire.container.HostConfig;
import cairn.wire.container.ThrottleDevice;
import cairn.wire.container.WeightDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Limits of block devices as writes to cgroup files (blkio-controller.rst, cgroup-v2.rst, bfq-iosched.rst). */
final class BlockLimits {
    private BlockLimits() {}

    static boolean used(HostConfig host) {
        return host.blkioWeight() != 0
                || used(host.blkioWeightDevice())
                || used(host.blkioDeviceReadBps())
                || used(host.blkioDeviceWriteBps())
                || used(host.blkioDeviceReadIops())
                || used(host.blkioDeviceWriteIops());
    }

    static boolean used(@Nullable List<?> values) {
        return values != null && !values.isEmpty();
    }

    /** The name of the file that holds weights: the scheduler bfq has its own. */
    static @Nullable String weightFile(boolean unified, BiPredicate<String, String> has) {
        List<String> files =
                unified ? List.of("io.bfq.weight", "io.weight") : List.of("blkio.weight", "blkio.bfq.weight");
        return files.stream()
                .filter(file -> has.test("blkio", file))
                .findFirst()
                .orElse(null);
    }

    /** The same for the weights of single devices. */
    static @Nullable String deviceWeightFile(boolean unified, BiPredicate<String, String> has) {
        if (unified) {
            return weightFile(true, has);
        }
        List<String> files = List.of("blkio.weight_device", "blkio.bfq.weight_device");
        return files.stream()
                .filter(file -> has.test("blkio", file))
                .findFirst()
                .orElse(null);
    }

    static List<Limit> of(HostConfig host, boolean unified, BiPredicate<String, String> has) {
        List<Limit> limits = new ArrayList<>();
        String weights = weightFile(unified, has);
        if (host.blkioWeight() != 0 && weights != null) {
            limits.add(new Limit("blkio", weights, Integer.toString(weight(weights, host.blkioWeight()))));
        }
        String deviceWeights = deviceWeightFile(unified, has);
        for (WeightDevice device : list(host.blkioWeightDevice())) {
            if (deviceWeights != null) {
                String value = numbers(device.path()) + " " + weight(deviceWeights, device.weight());
                limits.add(new Limit("blkio", deviceWeights, value));
            }
        }
        throttle(limits, host.blkioDeviceReadBps(), unified, "blkio.throttle.read_bps_device", "rbps");
        throttle(limits, host.blkioDeviceWriteBps(), unified, "blkio.throttle.write_bps_device", "wbps");
        throttle(limits, host.blkioDeviceReadIops(), unified, "blkio.throttle.read_iops_device", "riops");
        throttle(limits, host.blkioDeviceWriteIops(), unified, "blkio.throttle.write_iops_device", "wiops");
        return limits;
    }

    private static void throttle(
            List<Limit> limits, @Nullable List<ThrottleDevice> devices, boolean unified, String file, String key) {
        for (ThrottleDevice device : list(devices)) {
            String rate = Long.toUnsignedString(device.rate());
            limits.add(
                    unified
                            ? new Limit("blkio", "io.max", numbers(device.path()) + " " + key + "=" + rate)
                            : new Limit("blkio", file, numbers(device.path()) + " " + rate));
        }
    }

    private static <T> List<T> list(@Nullable List<T> values) {
        return values == null ? List.of() : values;
    }

    /** io.weight alone counts from 1 to 10000, where Docker and bfq count from 10 to 1000: the conversion of the OCI runtimes. */
    private static int weight(String file, int weight) {
        return file.equals("io.weight") ? 1 + (weight - 10) * 9999 / 990 : weight;
    }

    private static String numbers(String path) {
        FileStatus status;
        try (InRoot root = InRoot.open(Path.of("/"))) {
            status = root.status(path);
        }
        if (status == null) {
            throw new Problem.Internal(
                            "stat " + path + ": " + Errno.text(Errno.ENOENT).toLowerCase(Locale.ROOT))
                    .exception();
        }
        return status.rdevMajor() + ":" + status.rdevMinor();
    }
}
