package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.Capability;
import cairn.wire.container.HostConfig;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Capabilities and {@code --security-opt} of a container.
 *
 * @param confined whether the default system call filter applies
 * @param masked whether paths are hidden and read-only
 * @param writableCgroups whether the container's own cgroups may be written to from inside
 */
record SecurityOptions(
        Set<Capability> capabilities,
        boolean confined,
        boolean noNewPrivileges,
        boolean masked,
        boolean writableCgroups) {
    SecurityOptions {
        capabilities = Set.copyOf(capabilities);
    }

    static SecurityOptions of(HostConfig host) {
        boolean confined = !host.privileged();
        boolean masked = !host.privileged();
        boolean noNewPrivileges = false;
        boolean writableCgroups = host.privileged();
        for (String option : host.securityOpt() == null ? List.<String>of() : host.securityOpt()) {
            String[] pair = option.split("[=:]", 2);
            String value = pair.length < 2 ? "" : pair[1];
            switch (pair[0]) {
                case "no-new-privileges" -> noNewPrivileges = value.isEmpty() || Boolean.parseBoolean(value);
                case "writable-cgroups" -> writableCgroups = value.isEmpty() || Boolean.parseBoolean(value);
                case "seccomp" -> {
                    if (!value.equals("unconfined") && !value.equals("builtin")) {
                        throw new Problem.NotSupported("own seccomp profiles: not supported by this version of Cairn")
                                .exception();
                    }
                    confined = value.equals("builtin");
                }
                case "systempaths" -> {
                    if (!value.equals("unconfined")) {
                        throw new Problem.InvalidParameter("invalid --security-opt: " + option).exception();
                    }
                    masked = false;
                }
                case "apparmor", "label" -> {
                    if (!value.equals("unconfined") && !value.equals("disable")) {
                        throw new Problem.NotSupported(
                                        "--security-opt " + option + ": this machine has no such security module")
                                .exception();
                    }
                }
                default ->
                    throw new Problem.InvalidParameter("invalid --security-opt 2: \"" + option + "\"").exception();
            }
        }
        return new SecurityOptions(capabilities(host), confined, noNewPrivileges, masked, writableCgroups);
    }

    private static Set<Capability> capabilities(HostConfig host) {
        Set<Capability> set = EnumSet.noneOf(Capability.class);
        List<String> add = host.capAdd() == null ? List.of() : host.capAdd();
        List<String> drop = host.capDrop() == null ? List.of() : host.capDrop();
        if (add.isEmpty() && drop.isEmpty() && !host.privileged()) {
            return Capability.DEFAULTS;
        }
        Set<Capability> held = Capability.held();
        Set<Capability> added = capabilities(add, held, "invalid CapAdd: ");
        Set<Capability> dropped = capabilities(drop, held, "invalid CapDrop: ");
        if (host.privileged() || hasAll(add)) {
            set.addAll(held);
        } else if (!hasAll(drop)) {
            set.addAll(Capability.DEFAULTS);
        }
        if (!host.privileged()) {
            set.removeAll(dropped);
        }
        set.addAll(added);
        return set;
    }

    private static boolean hasAll(List<String> names) {
        return names.stream().anyMatch(SecurityOptions::isAll);
    }

    private static boolean isAll(String name) {
        return name.toUpperCase(Locale.ROOT).equals("ALL");
    }

    /** But for ALL. What the daemon itself lacks it cannot give. */
    private static Set<Capability> capabilities(List<String> names, Set<Capability> held, String failure) {
        Set<Capability> set = EnumSet.noneOf(Capability.class);
        for (String name : names) {
            if (isAll(name)) {
                continue;
            }
            String upper = name.toUpperCase(Locale.ROOT);
            String full = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
            Capability capability = Capability.parse(full)
                    .orElseThrow(() ->
                            new Problem.InvalidParameter(failure + "unknown capability: \"" + full + "\"").exception());
            if (!held.contains(capability)) {
                throw new Problem.InvalidParameter(failure
                                + "capability not supported by your kernel or not available in the current environment: \""
                                + full
                                + "\"")
                        .exception();
            }
            set.add(capability);
        }
        return set;
    }
}
