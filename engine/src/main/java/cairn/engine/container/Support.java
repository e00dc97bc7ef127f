package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.HostConfig;
import cairn.wire.container.Mount;
import cairn.wire.network.EndpointIpamConfig;
import cairn.wire.network.EndpointSettings;
import cairn.wire.network.NetworkingConfig;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a create request may ask for and Cairn does not do yet. Refusing is better than a container that quietly lacks a
 * limit or a device that somebody relies on.
 */
final class Support {
    private Support() {}

    static void check(ContainerConfig config, HostConfig host) {
        refuse("--link", used(host.links()));
        refuse(
                "--userns " + host.usernsMode(),
                !host.usernsMode().isEmpty() && !host.usernsMode().equals("host"));
        for (Mount mount : host.mounts() == null ? List.<Mount>of() : host.mounts()) {
            refuse("mounts of type image", mount.type().equals("image"));
            refuse(
                    "subpaths of volumes",
                    mount.volumeOptions() != null
                            && !mount.volumeOptions().subpath().isEmpty());
        }
        LogOptions _ = LogOptions.of(host.logConfig());
        refuse("--mac-address", !config.macAddress().isEmpty());
    }

    /** The CLI always sends an endpoint; only one that asks for something is refused. */
    static void check(@Nullable NetworkingConfig networking) {
        if (networking == null) {
            return;
        }
        for (EndpointSettings endpoint : networking.endpointsConfig().values()) {
            refuse(
                    "--ip and --ip6",
                    endpoint.ipamConfig() != null && !endpoint.ipamConfig().equals(NO_ADDRESSES));
            refuse("--mac-address", !endpoint.macAddress().isEmpty());
            refuse("--network-alias", used(endpoint.aliases()));
            refuse("--link", used(endpoint.links()));
        }
    }

    private static final EndpointIpamConfig NO_ADDRESSES = new EndpointIpamConfig("", "", null);

    private static boolean used(@Nullable Collection<?> values) {
        return values != null && !values.isEmpty();
    }

    private static void refuse(String what, boolean asked) {
        if (asked) {
            throw new Problem.NotSupported(what + ": not supported by this version of Cairn").exception();
        }
    }
}
