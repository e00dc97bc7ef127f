package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.launch.Capability;
import cairn.engine.launch.SeccompProfile;
import cairn.wire.container.HostConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Capabilities and {@code --security-opt} of a container.
 *
 * @param seccomp the system call filter, as {@link SeccompProfile#filter(String, Set)} takes it
 * @param masked whether paths are hidden and read-only unless others are named
 * @param writableCgroups whether the container's own cgroups may be written to from inside
 */
record SecurityOptions(
        Set<Capability> capabilities,
        String seccomp,
        boolean noNewPrivileges,
        boolean masked,
        boolean writableCgroups) {
    private static final Path APPARMOR = Path.of("/sys/kernel/security/apparmor/profiles");
    private static final Path SELINUX = Path.of("/sys/fs/selinux/enforce");

    SecurityOptions {
        capabilities = Set.copyOf(capabilities);
    }

    static SecurityOptions of(HostConfig host) {
        String seccomp = host.privileged() ? SeccompProfile.UNCONFINED : SeccompProfile.BUILTIN;
        boolean masked = !host.privileged();
        boolean noNewPrivileges = false;
        boolean writableCgroups = host.privileged();
        for (String option : host.securityOpt() == null ? List.<String>of() : host.securityOpt()) {
            int separator = option.indexOf('=') >= 0 ? option.indexOf('=') : option.indexOf(':');
            String key = separator < 0 ? option : option.substring(0, separator);
            String value = separator < 0 ? "" : option.substring(separator + 1);
            if (separator < 0 && !BARE.contains(option)) {
                throw refused(1, option);
            }
            switch (key) {
                case "no-new-privileges" -> noNewPrivileges = separator < 0 || truth(value, option);
                case "writable-cgroups" -> writableCgroups = separator < 0 || truth(value, option);
                case "seccomp" -> seccomp = value;
                case "systempaths" -> {
                    if (!value.equals("unconfined")) {
                        throw refused(2, option);
                    }
                    masked = false;
                }
                // Where the machine has no such module they mean nothing, as with Docker.
                case "apparmor" -> module(value.equals("unconfined"), APPARMOR, option);
                case "label" -> module(value.equals("disable"), SELINUX, option);
                case "disable" -> {}
                default -> throw refused(2, option);
            }
        }
        return new SecurityOptions(capabilities(host), seccomp, noNewPrivileges, masked, writableCgroups);
    }

    /** Options that may stand without a value; the last is short for label=disable. */
    private static final Set<String> BARE = Set.of("no-new-privileges", "writable-cgroups", "disable");

    private static EngineException refused(int kind, String option) {
        return new Problem.InvalidParameter("invalid --security-opt " + kind + ": \"" + option + "\"").exception();
    }

    private static boolean truth(String text, String option) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw refused(2, option);
        };
    }

    private static void module(boolean off, Path sign, String option) {
        if (!off && Files.exists(sign)) {
            throw new Problem.NotSupported("--security-opt " + option + ": not supported by this version of Cairn")
                    .exception();
        }
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
