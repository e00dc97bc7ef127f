package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.HostConfig;

/**
 * What a create request may ask for and Cairn does not do yet. Refusing is better than a container that quietly lacks a
 * limit or a device that somebody relies on.
 */
final class Support {
    private Support() {}

    static void check(ContainerConfig config, HostConfig host) {
        refuse(
                "--userns " + host.usernsMode(),
                !host.usernsMode().isEmpty() && !host.usernsMode().equals("host"));
        LogOptions _ = LogOptions.of(host.logConfig());
    }

    private static void refuse(String what, boolean asked) {
        if (asked) {
            throw new Problem.NotSupported(what + ": not supported by this version of Cairn").exception();
        }
    }
}
