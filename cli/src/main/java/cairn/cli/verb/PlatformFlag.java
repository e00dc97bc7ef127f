package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.args.Arguments;
import cairn.cli.template.JsonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code --platform os[/arch[/variant]]}. */
final class PlatformFlag {
    private static final String SELF = System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "amd64";

    private static final List<String> SYSTEMS = List.of(
            "aix",
            "android",
            "darwin",
            "dragonfly",
            "freebsd",
            "hurd",
            "illumos",
            "ios",
            "js",
            "linux",
            "nacl",
            "netbsd",
            "openbsd",
            "plan9",
            "solaris",
            "windows",
            "zos");
    private static final List<String> ARCHITECTURES = List.of(
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

    private PlatformFlag() {}

    /** What was asked for, as a parameter of a pull or a container: the flag, else Docker's variable, else "". */
    static String wanted(Arguments given, Session session) {
        return given.given("platform")
                ? given.text("platform")
                : session.environment().getOrDefault("DOCKER_DEFAULT_PLATFORM", "");
    }

    /**
     * The JSON that most of the API takes; "" stays "".
     *
     * @throws CliException when it is no platform
     */
    static String json(String text) {
        if (text.isEmpty()) {
            return "";
        }
        List<String> parts = List.of(text.split("/", -1));
        if (parts.size() > 3) {
            throw new CliException(quoted(text) + ": cannot parse platform specifier: invalid argument");
        }
        for (String part : parts) {
            if (!part.matches("[A-Za-z0-9_.-]+")) {
                throw new CliException(quoted(part) + " is an invalid component of " + quoted(text)
                        + ": platform specifier component must match \"^[A-Za-z0-9_.-]+$\": invalid argument");
            }
        }
        return parts.size() == 1 ? alone(text) : json(system(parts.get(0)), parts.subList(1, parts.size()));
    }

    /** One word is a system or an architecture; the other is this machine's. */
    private static String alone(String word) {
        if (SYSTEMS.contains(system(word))) {
            return json(system(word), List.of(SELF));
        }
        if (!ARCHITECTURES.contains(architecture(word.toLowerCase(Locale.ROOT)))) {
            throw new CliException(quoted(word) + ": unknown operating system or architecture: invalid argument");
        }
        return json("linux", List.of(word));
    }

    private static String json(String system, List<String> architectureAndVariant) {
        String word = architectureAndVariant.getFirst().toLowerCase(Locale.ROOT);
        String architecture = architecture(word);
        String variant = "";
        if (architectureAndVariant.size() > 1) {
            variant = variant(architecture, architectureAndVariant.get(1).toLowerCase(Locale.ROOT));
        } else if (word.equals("armel")) {
            variant = "v6";
        }
        Map<String, Object> platform = new LinkedHashMap<>();
        platform.put("architecture", architecture);
        platform.put("os", system);
        if (!variant.isEmpty()) {
            platform.put("variant", variant);
        }
        return JsonText.compact(platform);
    }

    private static String system(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        return lower.equals("macos") ? "darwin" : lower;
    }

    private static String architecture(String word) {
        return switch (word) {
            case "i386" -> "386";
            case "x86_64", "x86-64" -> "amd64";
            case "aarch64" -> "arm64";
            case "armhf", "armel" -> "arm";
            default -> word;
        };
    }

    private static String variant(String architecture, String word) {
        return switch (architecture) {
            case "amd64" -> word.equals("v1") ? "" : word;
            case "arm64" -> word.equals("8") ? "v8" : word;
            case "arm" -> word.matches("[5-8]") ? "v" + word : word;
            default -> word;
        };
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }
}
