package cairn.engine;

import cairn.engine.distribution.DistributionSettings;
import cairn.engine.network.BridgeSettings;
import cairn.wire.container.LogConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * What the daemon's command line decides.
 *
 * @param dataRoot images, layers and container records
 * @param execRoot sockets and files of what runs now; lost with a reboot
 * @param shim the binary of cairn-shim
 * @param cgroupParent absolute path of the cgroup that holds all containers
 * @param log driver and options of containers that name none
 * @param userNamespaces whether containers have user namespaces of their own that say nothing of it
 * @param home where the program itself is installed
 */
public record EngineSettings(
        Path dataRoot,
        Path execRoot,
        Path shim,
        Path home,
        String cgroupParent,
        BridgeSettings bridge,
        DistributionSettings distribution,
        LogConfig log,
        boolean userNamespaces,
        List<String> labels,
        boolean debug) {
    public EngineSettings {
        labels = List.copyOf(labels);
    }

    /** The program that is a container's first process if --init asks for it; it stands beside the shim. */
    public Path init() {
        return shim.resolveSibling("cairn-init");
    }
}
