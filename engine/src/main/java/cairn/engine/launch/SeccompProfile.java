package cairn.engine.launch;

import cairn.linux.Kernel;
import cairn.linux.Seccomp;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The default system call filter (resource {@code seccomp-default.txt}, whose head explains its form), compiled once for
 * each set of capabilities that it depends on.
 */
public final class SeccompProfile {
    public static final String BUILTIN = "builtin";
    public static final String UNCONFINED = "unconfined";

    private static final int EPERM = 1;

    private final Map<Set<Capability>, byte[]> compiled = new ConcurrentHashMap<>();

    /** The filter for a process with these capabilities, as an array of struct sock_filter. */
    public byte[] filter(Set<Capability> capabilities) {
        return compiled.computeIfAbsent(
                Set.copyOf(capabilities), set -> Seccomp.compile(rules(set, Kernel.machine(), Kernel.release())));
    }

    /**
     * The filter for a process with these capabilities.
     *
     * @param profile {@link #BUILTIN}, {@link #UNCONFINED}, or a document in Docker's form
     * @return null for none
     */
    public byte @Nullable [] filter(String profile, Set<Capability> capabilities) {
        if (profile.equals(UNCONFINED)) {
            return null;
        }
        if (profile.equals(BUILTIN)) {
            return filter(capabilities);
        }
        Seccomp.Filter filter = SeccompDocument.read(profile, capabilities, Kernel.machine(), Kernel.release());
        return filter == null ? null : Seccomp.compile(filter);
    }

    /** The rules that apply on such a machine to such a process. */
    static Seccomp.Filter rules(Set<Capability> capabilities, String machine, String release) {
        boolean intel = machine.equals("x86_64");
        List<Seccomp.Rule> rules = new ArrayList<>();
        for (String paragraph : profile().split("\n\n")) {
            if (paragraph.startsWith("#")) {
                continue;
            }
            int colon = paragraph.indexOf(" :");
            List<Seccomp.Argument> arguments = new ArrayList<>();
            Seccomp.Action action = new Seccomp.Action.Allow();
            boolean applies = true;
            for (String word : paragraph.substring(0, colon).split(" ")) {
                if (word.equals("allow")) {
                    continue;
                }
                if (word.startsWith("errno=")) {
                    action = new Seccomp.Action.Fail(Integer.parseInt(word.substring(6)));
                } else if (word.startsWith("arg")) {
                    arguments.add(argument(word));
                } else {
                    applies &= holds(
                            word,
                            capabilities,
                            intel ? Set.of("amd64", "x86", "x32") : Set.of("arm64", "arm"),
                            release);
                }
            }
            if (applies) {
                List<String> names =
                        List.of(paragraph.substring(colon + 2).strip().split("\\s+"));
                rules.add(new Seccomp.Rule(action, names, arguments));
            }
        }
        return new Seccomp.Filter(
                EPERM,
                intel
                        ? List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32")
                        : List.of("SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"),
                rules);
    }

    private static boolean holds(String word, Set<Capability> capabilities, Set<String> machines, String release) {
        boolean negated = word.startsWith("!");
        String condition = negated ? word.substring(1) : word;
        if (condition.startsWith("cap=")) {
            Capability capability = Capability.parse(condition.substring(4)).orElseThrow();
            return capabilities.contains(capability) != negated;
        }
        if (condition.startsWith("arch=")) {
            boolean here = false;
            for (String machine : condition.substring(5).split(",")) {
                here |= machines.contains(machine);
            }
            return here != negated;
        }
        if (condition.startsWith("kernel>=")) {
            return atLeast(release, condition.substring(8));
        }
        throw new IllegalStateException("seccomp-default.txt: unknown condition " + word);
    }

    static boolean atLeast(String release, String wanted) {
        String[] have = release.split("[.-]");
        String[] want = wanted.split("\\.");
        int major = Integer.compare(Integer.parseInt(have[0]), Integer.parseInt(want[0]));
        return major != 0 ? major > 0 : Integer.parseInt(have[1]) >= Integer.parseInt(want[1]);
    }

    private static Seccomp.Argument argument(String word) {
        int index = word.charAt(3) - '0';
        String rest = word.substring(5);
        return switch (word.charAt(4)) {
            case '=' -> new Seccomp.Argument(index, Seccomp.Operator.EQUAL, Long.parseUnsignedLong(rest), 0);
            case '<' -> new Seccomp.Argument(index, Seccomp.Operator.LESS, Long.parseUnsignedLong(rest), 0);
            case '>' -> new Seccomp.Argument(index, Seccomp.Operator.GREATER, Long.parseUnsignedLong(rest), 0);
            case '&' -> {
                int equals = rest.indexOf('=');
                yield new Seccomp.Argument(
                        index,
                        Seccomp.Operator.MASKED_EQUAL,
                        Long.parseUnsignedLong(rest.substring(0, equals)),
                        Long.parseUnsignedLong(rest.substring(equals + 1)));
            }
            default -> throw new IllegalStateException("seccomp-default.txt: unknown comparison " + word);
        };
    }

    private static String profile() {
        try (InputStream in = SeccompProfile.class.getResourceAsStream("seccomp-default.txt")) {
            if (in == null) {
                throw new IllegalStateException("seccomp-default.txt is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
