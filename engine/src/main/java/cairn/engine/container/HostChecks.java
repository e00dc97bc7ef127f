package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.DeviceRequest;
import cairn.wire.container.HostConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether the fields of a create request mean anything, and fit together; limits are {@link ResourceChecks}' business. In Docker's words. */
final class HostChecks {
    private static final Set<String> RUNTIMES = Set.of("", "runc", "cairn", "io.containerd.runc.v2");
    private static final int LONGEST_HOSTNAME = 64; // HOST_NAME_MAX

    private HostChecks() {}

    static void check(ContainerConfig config, HostConfig host) {
        networkOfAnother(config, host);
        if (host.utsMode().equals("host") && !config.hostname().isEmpty()) {
            throw refused("conflicting options: hostname and the UTS mode");
        }
        if (!host.isolation().isEmpty() && !host.isolation().equalsIgnoreCase("default")) {
            throw refused("invalid isolation (" + host.isolation() + "): linux only supports 'default'");
        }
        if (config.hostname().length() > LONGEST_HOSTNAME) {
            throw refused(
                    "hostname \"" + config.hostname() + "\" is too long (maximum " + LONGEST_HOSTNAME + " bytes)");
        }
        if (host.annotations() != null && host.annotations().containsKey("")) {
            throw refused("invalid Annotations: the empty string is not permitted as an annotation key");
        }
        mode("IPC", host.ipcMode(), Set.of("", "none", "private", "shareable", "host"), true);
        mode("PID", host.pidMode(), Set.of("", "host"), true);
        mode("UTS", host.utsMode(), Set.of("", "host"), false);
        mode("cgroup namespace", host.cgroupnsMode(), Set.of("", "private", "host"), false);
        if (host.shmSize() < 0) {
            throw refused("SHM size can not be less than 0");
        }
        if (host.oomScoreAdj() < -1000 || host.oomScoreAdj() > 1000) {
            throw refused("Invalid value " + host.oomScoreAdj() + ", range for oom score adj is [-1000, 1000]");
        }
        if (!RUNTIMES.contains(host.runtime())) {
            throw refused("unknown or invalid runtime name: " + host.runtime());
        }
        if (used(host.storageOpt())) {
            throw new Problem.Internal(
                            "--storage-opt is supported only for overlay over xfs with 'pquota' mount option")
                    .exception();
        }
    }

    private static EngineException refused(String text) {
        return new Problem.InvalidParameter(text).exception();
    }

    private static void mode(String kind, String mode, Set<String> known, boolean ofContainer) {
        String other = ofContainer ? SharedNamespaces.other(mode) : null;
        if (!known.contains(mode) && (other == null || other.isEmpty())) {
            throw refused("invalid " + kind + " mode: " + mode);
        }
    }

    /** Whoever lives in another one's network can have no name, port or server of his own there. */
    private static void networkOfAnother(ContainerConfig config, HostConfig host) {
        String other = SharedNamespaces.other(host.networkMode());
        if (other == null) {
            return;
        }
        if (other.isEmpty()) {
            throw refused("invalid network mode: invalid container format container:<name|id>");
        }
        conflict(!config.hostname().isEmpty(), "hostname and the network mode");
        conflict(
                host.links() != null && !host.links().isEmpty(),
                "container type network can't be used with links. This would result in undefined behavior");
        conflict(host.dns() != null && !host.dns().isEmpty(), "dns and the network mode");
        conflict(
                host.extraHosts() != null && !host.extraHosts().isEmpty(),
                "custom host-to-IP mapping and the network mode");
        conflict(
                used(host.portBindings()) || host.publishAllPorts(),
                "port publishing and the container type network mode");
        conflict(used(config.exposedPorts()), "port exposing and the container type network mode");
    }

    private static void conflict(boolean there, String what) {
        if (there) {
            throw refused("conflicting options: " + what);
        }
    }

    private static boolean used(@Nullable Map<?, ?> values) {
        return values != null && !values.isEmpty();
    }

    /** There are no drivers for devices; as with Docker it is the start that says so. */
    static void noDeviceDrivers(HostConfig host) {
        for (DeviceRequest request : host.deviceRequests() == null ? List.<DeviceRequest>of() : host.deviceRequests()) {
            List<String> ids = request.deviceIds() == null ? List.of() : request.deviceIds();
            if (request.driver().equals("cdi")) {
                throw new Problem.Internal(
                                "CDI device injection failed: unresolvable CDI devices " + String.join(", ", ids))
                        .exception();
            }
            List<String> sets = new ArrayList<>();
            for (List<String> set : request.capabilities() == null ? List.<List<String>>of() : request.capabilities()) {
                sets.add("[" + String.join(" ", set) + "]");
            }
            throw refused("could not select device driver \"" + request.driver() + "\" with capabilities: ["
                    + String.join(" ", sets) + "]");
        }
    }
}
