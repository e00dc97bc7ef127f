package cairn.engine.launch;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.linux.Seccomp;
import cairn.wire.Json;
import cairn.wire.JsonException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A system call filter of the user's own, in Docker's form: that of the OCI runtime specification, where a rule may besides be for some
 * machines, kernels or sets of capabilities only ({@code includes}, {@code excludes}).
 */
final class SeccompDocument {
    private static final int EPERM = 1;

    private final Set<Capability> capabilities;
    private final String machine;
    private final String release;

    private SeccompDocument(Set<Capability> capabilities, String machine, String release) {
        this.capabilities = capabilities;
        this.machine = machine;
        this.release = release;
    }

    /** The rules that apply on such a machine to such a process; null if the document asks for no filter. */
    static Seccomp.@Nullable Filter read(String json, Set<Capability> capabilities, String machine, String release) {
        try {
            Object tree = Json.tree(json.getBytes(StandardCharsets.UTF_8));
            return new SeccompDocument(capabilities, machine, release).filter(map(tree));
        } catch (JsonException | ClassCastException | IllegalArgumentException e) {
            throw failed("Decoding seccomp profile failed: " + e.getMessage());
        }
    }

    private static EngineException failed(String text) {
        return new Problem.Internal(text).exception();
    }

    private Seccomp.@Nullable Filter filter(Map<?, ?> document) {
        List<?> calls = list(document.get("syscalls"));
        String defaultAction = text(document.get("defaultAction"));
        if (defaultAction.isEmpty() && calls.isEmpty()) {
            return null;
        }
        for (Object flag : list(document.get("flags"))) {
            // There is one thread only.
            if (!"SECCOMP_FILTER_FLAG_TSYNC".equals(flag)) {
                throw failed("seccomp profile: the flag " + flag + " is not supported by this version of Cairn");
            }
        }
        if (!text(document.get("listenerPath")).isEmpty()) {
            throw failed("seccomp profile: a listener is not supported by this version of Cairn");
        }
        List<Seccomp.Rule> rules = new ArrayList<>();
        for (Object call : calls) {
            Map<?, ?> rule = map(call);
            if (applies(rule)) {
                rules.add(rule(rule));
            }
        }
        return new Seccomp.Filter(
                action(defaultAction, document.get("defaultErrnoRet")), architectures(document), rules);
    }

    private List<String> architectures(Map<?, ?> document) {
        List<String> plain = texts(document.get("architectures"));
        List<?> mapped = list(document.get("archMap"));
        if (!plain.isEmpty() && !mapped.isEmpty()) {
            throw failed("both 'architectures' and 'archMap' are specified in the seccomp profile, use either"
                    + " 'architectures' or 'archMap'");
        }
        List<String> names = new ArrayList<>(plain);
        for (Object entry : mapped) {
            String name = text(map(entry).get("architecture"));
            if (name.equals(machine.equals("x86_64") ? "SCMP_ARCH_X86_64" : "SCMP_ARCH_AARCH64")) {
                names.add(name);
                names.addAll(texts(map(entry).get("subArchitectures")));
            }
        }
        return names;
    }

    private boolean applies(Map<?, ?> rule) {
        Map<?, ?> includes = map(rule.get("includes"));
        Map<?, ?> excludes = map(rule.get("excludes"));
        String own = machine.equals("x86_64") ? "amd64" : "arm64";
        List<String> machines = texts(includes.get("arches"));
        return (machines.isEmpty() || machines.contains(own))
                && texts(includes.get("caps")).stream().allMatch(this::held)
                && (text(includes.get("minKernel")).isEmpty() || atLeast(text(includes.get("minKernel"))))
                && !texts(excludes.get("arches")).contains(own)
                && texts(excludes.get("caps")).stream().noneMatch(this::held)
                && (text(excludes.get("minKernel")).isEmpty() || !atLeast(text(excludes.get("minKernel"))));
    }

    private boolean held(String name) {
        return Capability.parse(name).map(capabilities::contains).orElse(false);
    }

    private boolean atLeast(String wanted) {
        if (!wanted.matches("[0-9]+\\.[0-9]+")) {
            throw new IllegalArgumentException("minKernel \"" + wanted + "\"");
        }
        return SeccompProfile.atLeast(release, wanted);
    }

    private static Seccomp.Rule rule(Map<?, ?> rule) {
        List<String> names = new ArrayList<>(texts(rule.get("names")));
        String name = text(rule.get("name"));
        if (!name.isEmpty()) {
            if (!names.isEmpty()) {
                throw failed(
                        "both 'name' and 'names' are specified in the seccomp profile, use either 'name' or 'names'");
            }
            names.add(name);
        }
        List<Seccomp.Argument> arguments = new ArrayList<>();
        for (Object argument : list(rule.get("args"))) {
            Map<?, ?> fields = map(argument);
            arguments.add(new Seccomp.Argument(
                    (int) number(fields.get("index"), 0),
                    operator(text(fields.get("op"))),
                    number(fields.get("value"), 0),
                    number(fields.get("valueTwo"), 0)));
        }
        return new Seccomp.Rule(action(text(rule.get("action")), rule.get("errnoRet")), names, arguments);
    }

    private static Seccomp.Action action(String name, @Nullable Object errno) {
        return switch (name) {
            case "SCMP_ACT_ALLOW" -> new Seccomp.Action.Allow();
            case "SCMP_ACT_ERRNO" -> new Seccomp.Action.Fail((int) number(errno, EPERM));
            case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD" -> new Seccomp.Action.KillThread();
            case "SCMP_ACT_KILL_PROCESS" -> new Seccomp.Action.KillProcess();
            case "SCMP_ACT_TRAP" -> new Seccomp.Action.Trap();
            case "SCMP_ACT_LOG" -> new Seccomp.Action.Log();
            case "SCMP_ACT_TRACE" -> new Seccomp.Action.Trace((int) number(errno, EPERM));
            default -> throw new IllegalArgumentException("unrecognized action \"" + name + "\"");
        };
    }

    private static Seccomp.Operator operator(String name) {
        return switch (name) {
            case "SCMP_CMP_NE" -> Seccomp.Operator.NOT_EQUAL;
            case "SCMP_CMP_LT" -> Seccomp.Operator.LESS;
            case "SCMP_CMP_LE" -> Seccomp.Operator.LESS_OR_EQUAL;
            case "SCMP_CMP_EQ" -> Seccomp.Operator.EQUAL;
            case "SCMP_CMP_GE" -> Seccomp.Operator.GREATER_OR_EQUAL;
            case "SCMP_CMP_GT" -> Seccomp.Operator.GREATER;
            case "SCMP_CMP_MASKED_EQ" -> Seccomp.Operator.MASKED_EQUAL;
            default -> throw new IllegalArgumentException("unrecognized operator \"" + name + "\"");
        };
    }

    // Plain values out of the tree; what is not there is empty.

    private static Map<?, ?> map(@Nullable Object value) {
        return value == null ? Map.of() : (Map<?, ?>) value;
    }

    private static List<?> list(@Nullable Object value) {
        return value == null ? List.of() : (List<?>) value;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : (String) value;
    }

    private static List<String> texts(@Nullable Object value) {
        return list(value).stream().map(SeccompDocument::text).toList();
    }

    /** Unsigned 64 bits, as the kernel compares. */
    private static long number(@Nullable Object value, long otherwise) {
        return value == null ? otherwise : Long.parseUnsignedLong(value.toString());
    }
}
