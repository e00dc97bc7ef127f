package cairn.oci;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which platform runs on which, as Docker's clients name and match them (containerd's platforms). */
public final class Platforms {
    private static final Set<String> SYSTEMS = Set.of(
            "aix",
            "android",
            "darwin",
            "dragonfly",
            "freebsd",
            "illumos",
            "ios",
            "js",
            "linux",
            "netbsd",
            "openbsd",
            "plan9",
            "solaris",
            "windows");
    private static final Set<String> ARCHITECTURES = Set.of(
            "386",
            "amd64",
            "arm",
            "arm64",
            "loong64",
            "mips",
            "mips64",
            "mips64le",
            "mipsle",
            "ppc64",
            "ppc64le",
            "riscv64",
            "s390x",
            "wasm");
    private static final int NONE = Integer.MAX_VALUE;

    private Platforms() {}

    /**
     * Reads {@code os/architecture[/variant]}, or one of the first two alone, which this machine's completes.
     *
     * @param own this machine's
     * @throws IllegalArgumentException with Docker's text
     */
    public static Platform parse(String text, Platform own) {
        String[] parts = text.split("/", -1);
        for (String part : parts) {
            if (!part.matches("[A-Za-z0-9_.-]+")) {
                throw new IllegalArgumentException("\"" + part + "\" is an invalid component of \"" + text
                        + "\": platform specifier component must match \"^[A-Za-z0-9_.-]+$\": invalid argument");
            }
        }
        return switch (parts.length) {
            case 1 -> one(text, own);
            case 2 -> normal(parts[0], parts[1], null);
            case 3 -> {
                Platform platform = normal(parts[0], parts[1], parts[2]);
                // Whoever names the variant sees it again in messages.
                yield platform.architecture().equals("arm64") && platform.variant() == null
                        ? new Platform(platform.os(), "arm64", "v8")
                        : platform;
            }
            default ->
                throw new IllegalArgumentException(
                        "\"" + text + "\": cannot parse platform specifier: invalid argument");
        };
    }

    private static Platform one(String text, Platform own) {
        Platform asSystem = normal(text, own.architecture(), own.variant());
        if (SYSTEMS.contains(asSystem.os())) {
            return asSystem;
        }
        Platform asArchitecture = normal(own.os(), text, null);
        if (ARCHITECTURES.contains(asArchitecture.architecture())) {
            return asArchitecture;
        }
        throw new IllegalArgumentException(
                "\"" + text + "\": unknown operating system or architecture: invalid argument");
    }

    private static Platform normal(String os, String architecture, @Nullable String variant) {
        return normal(new Platform(os, architecture, variant));
    }

    /** One spelling for each. */
    private static Platform normal(Platform platform) {
        String os = platform.os().toLowerCase(Locale.ROOT);
        String given = platform.architecture().toLowerCase(Locale.ROOT);
        String variant = platform.variant() == null ? "" : platform.variant().toLowerCase(Locale.ROOT);
        String architecture = switch (given) {
            case "i386" -> "386";
            case "x86_64", "x86-64" -> "amd64";
            case "aarch64" -> "arm64";
            case "armhf", "armel" -> "arm";
            default -> given;
        };
        variant = switch (architecture) {
            case "386" -> "";
            case "amd64" -> variant.equals("v1") ? "" : variant;
            case "arm64" -> variant.equals("8") || variant.equals("v8") ? "" : variant;
            case "arm" -> given.equals("armel") ? "v6" : armVariant(variant);
            default -> variant;
        };
        return new Platform(
                os.equals("macos") ? "darwin" : os,
                architecture,
                variant.isEmpty() ? null : variant,
                platform.osVersion(),
                platform.osFeatures());
    }

    private static String armVariant(String variant) {
        return switch (variant) {
            case "" -> "v7";
            case "5", "6", "7", "8" -> "v" + variant;
            default -> variant;
        };
    }

    /** Whether what is made for {@code offered} runs on {@code wanted}. */
    public static boolean matches(Platform wanted, Platform offered) {
        return rank(wanted, offered) != NONE;
    }

    /**
     * The entries of an index that can be used, best first. Those that name no platform come last.
     *
     * @param manifests in the index's order, which decides between equals
     */
    public static List<Descriptor> choose(List<Descriptor> manifests, Platform wanted) {
        return manifests.stream()
                .filter(entry -> rank(wanted, entry) != NONE)
                .sorted(Comparator.comparingInt(entry -> rank(wanted, entry)))
                .toList();
    }

    private static int rank(Platform wanted, Descriptor entry) {
        Platform offered = entry.platform();
        if (offered == null || (offered.os().isEmpty() && offered.architecture().isEmpty())) {
            return NONE - 1;
        }
        return rank(wanted, offered);
    }

    /** The smaller the better; an older variant of the same architecture runs too, and 386 on amd64. */
    private static int rank(Platform wantedAsGiven, Platform offeredAsGiven) {
        Platform wanted = normal(wantedAsGiven);
        Platform offered = normal(offeredAsGiven);
        if (!wanted.os().equals(offered.os())) {
            return NONE;
        }
        if (wanted.architecture().equals("amd64") && offered.architecture().equals("386")) {
            return 100;
        }
        if (wanted.architecture().equals("arm64") && offered.architecture().equals("arm")) {
            int variant = number(offered.variant(), 7);
            return variant > 8 ? NONE : 100 - variant;
        }
        if (!wanted.architecture().equals(offered.architecture())) {
            return NONE;
        }
        int newest = number(wanted.variant(), base(wanted.architecture()));
        int variant = number(offered.variant(), base(offered.architecture()));
        if (newest < 0 || variant < 0) {
            return String.valueOf(wanted.variant()).equals(String.valueOf(offered.variant())) ? 0 : NONE;
        }
        return variant > newest ? NONE : newest - variant;
    }

    private static int base(String architecture) {
        return switch (architecture) {
            case "amd64" -> 1;
            case "arm" -> 7;
            case "arm64" -> 8;
            default -> 0;
        };
    }

    /** Of {@code v7}, or -1 for what is no such variant. */
    private static int number(@Nullable String variant, int missing) {
        if (variant == null) {
            return missing;
        }
        return variant.matches("v[0-9]") ? variant.charAt(1) - '0' : -1;
    }
}
