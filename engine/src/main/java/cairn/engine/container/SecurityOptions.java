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
 */
record SecurityOptions(Set<Capability> capabilities, boolean confined, boolean noNewPrivileges, boolean masked) {
    SecurityOptions {
        capabilities = Set.copyOf(capabilities);
    }

    static SecurityOptions of(HostConfig host) {
        boolean confined = !host.privileged();
        boolean masked = !host.privileged();
        boolean noNewPrivileges = false;
        for (String option : host.securityOpt() == null ? List.<String>of() : host.securityOpt()) {
            String[] pair = option.split("[=:]", 2);
            String value = pair.length < 2 ? "" : pair[1];
            switch (pair[0]) {
                case "no-new-privileges" -> noNewPrivileges = value.isEmpty() || Boolean.parseBoolean(value);
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
        return new SecurityOptions(capabilities(host), confined, noNewPrivileges, masked);
    }

    private static Set<Capability> capabilities(HostConfig host) {
        Set<Capability> set = EnumSet.noneOf(Capability.class);
        List<String> add = host.capAdd() == null ? List.of() : host.capAdd();
        List<String> drop = host.capDrop() == null ? List.of() : host.capDrop();
        if (host.privileged() || hasAll(add)) {
            set.addAll(Capability.held());
        } else if (!hasAll(drop)) {
            set.addAll(Capability.DEFAULTS);
        }
        for (String name : drop) {
            if (!isAll(name) && !host.privileged()) {
                set.remove(capability(name));
            }
        }
        for (String name : add) {
            if (!isAll(name)) {
                set.add(capability(name));
            }
        }
        return set;
    }

    private static boolean hasAll(List<String> names) {
        for (String name : names) {
            if (isAll(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAll(String name) {
        return name.toUpperCase(Locale.ROOT).equals("ALL");
    }

    private static Capability capability(String name) {
        return Capability.parse(name)
                .orElseThrow(() -> new Problem.InvalidParameter("invalid CapAdd: unknown capability: \"" + name + "\"")
                        .exception());
    }
}
