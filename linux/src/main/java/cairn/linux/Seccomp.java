package cairn.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compiles system call filters with libseccomp.so.2, loaded at first use (seccomp_rule_add(3)). */
public final class Seccomp {
    private static final String ARCHITECTURE_PREFIX = "SCMP_ARCH_";

    /** SCMP_FLTATR_CTL_OPTIMIZE, and its level for a binary tree of system call numbers. */
    private static final int OPTIMIZE = 8;

    private static final int BINARY_TREE = 2;

    /** struct scmp_arg_cmp: argument, operator, two values. */
    private static final int CONDITION_SIZE = 24;

    private static final int MFD_CLOEXEC = 1;
    private static final int MAX_PROGRAM = 4096 * 8;

    private Seccomp() {}

    private static final class Library {
        static final @Nullable SymbolLookup SYMBOLS = Native.library("libseccomp.so.2");
    }

    private static final class Functions {
        static final MethodHandle INIT = bind("seccomp_init", FunctionDescriptor.of(ADDRESS, JAVA_INT));
        static final MethodHandle RELEASE = bind("seccomp_release", FunctionDescriptor.ofVoid(ADDRESS));
        static final MethodHandle ADD_ARCHITECTURE =
                bind("seccomp_arch_add", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
        static final MethodHandle RESOLVE_ARCHITECTURE =
                bind("seccomp_arch_resolve_name", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        static final MethodHandle NATIVE_ARCHITECTURE = bind("seccomp_arch_native", FunctionDescriptor.of(JAVA_INT));
        static final MethodHandle SET_ATTRIBUTE =
                bind("seccomp_attr_set", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
        static final MethodHandle RESOLVE_NAME =
                bind("seccomp_syscall_resolve_name_arch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
        static final MethodHandle RESOLVE_NUMBER =
                bind("seccomp_syscall_resolve_num_arch", FunctionDescriptor.of(ADDRESS, JAVA_INT, JAVA_INT));
        static final MethodHandle ADD_RULE = bind(
                "seccomp_rule_add_array",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
        static final MethodHandle EXPORT =
                bind("seccomp_export_bpf", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
        static final MethodHandle FREE = Native.function("free", FunctionDescriptor.ofVoid(ADDRESS));

        private static MethodHandle bind(String name, FunctionDescriptor type) {
            SymbolLookup symbols = Library.SYMBOLS;
            if (symbols == null) {
                throw new IllegalStateException("libseccomp.so.2 is not installed (Debian package libseccomp2)");
            }
            return Native.function(symbols, name, type);
        }
    }

    /** What happens to a call. */
    public sealed interface Action {
        /** SECCOMP_RET_ value with its data. */
        private int code() {
            return switch (this) {
                case Allow() -> 0x7fff0000;
                case Fail(int errno) -> 0x00050000 | (errno & 0xffff);
                case KillThread() -> 0;
                case KillProcess() -> 0x80000000;
                case Trap() -> 0x00030000;
                case Log() -> 0x7ffc0000;
                case Trace(int message) -> 0x7ff00000 | (message & 0xffff);
            };
        }

        record Allow() implements Action {}

        /** The call is not carried out and fails with this error number. */
        record Fail(int errno) implements Action {}

        record KillThread() implements Action {}

        record KillProcess() implements Action {}

        record Trap() implements Action {}

        record Log() implements Action {}

        /** A tracer is told, with this number as its message. */
        record Trace(int message) implements Action {}
    }

    /** How an argument is compared with the value. */
    public enum Operator {
        NOT_EQUAL(1),
        LESS(2),
        LESS_OR_EQUAL(3),
        EQUAL(4),
        GREATER_OR_EQUAL(5),
        GREATER(6),
        /** The argument, masked with {@code value}, equals {@code valueTwo}. */
        MASKED_EQUAL(7);

        /** Number in enum scmp_compare. */
        final int code;

        Operator(int code) {
            this.code = code;
        }
    }

    /** A condition on the argument with this index, 0 to 5. Values are unsigned. */
    public record Argument(int index, Operator operator, long value, long valueTwo) {
        public Argument {
            if (index < 0 || index > 5) {
                throw new IllegalArgumentException("a system call has no argument " + index);
            }
        }
    }

    /**
     * The action for the calls with these names if all conditions hold. Names that the library does not know are skipped. Where several conditions
     * are about the same argument, one of all conditions suffices, as in runc.
     */
    public record Rule(Action action, List<String> names, List<Argument> arguments) {
        public Rule {
            names = List.copyOf(names);
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * A filter.
     *
     * @param defaultAction for calls that no rule allows. If it is to fail, calls with a higher number than any that the rules name
     *     fail with ENOSYS instead, so that C libraries fall back from system calls that are newer than the rules
     * @param architectures such as {@code SCMP_ARCH_X86_64}, beside that of this machine, which is always there
     */
    public record Filter(Action defaultAction, List<String> architectures, List<Rule> rules) {
        public Filter {
            architectures = List.copyOf(architectures);
            rules = List.copyOf(rules);
        }

        private boolean failsByDefault() {
            return defaultAction instanceof Action.Fail(int errno) && errno != Errno.ENOSYS;
        }

        /** Of the rules those about calls whose arguments matter to one of them. */
        private Filter conditional() {
            Set<String> names = rules.stream()
                    .filter(rule -> !rule.arguments().isEmpty())
                    .flatMap(rule -> rule.names().stream())
                    .collect(Collectors.toSet());
            List<Rule> some = new ArrayList<>();
            for (Rule rule : rules) {
                List<String> kept =
                        rule.names().stream().filter(names::contains).toList();
                some.add(new Rule(rule.action(), kept, rule.arguments()));
            }
            return new Filter(defaultAction, architectures, some);
        }

        public Filter(int defaultErrno, List<String> architectures, List<Rule> rules) {
            this(new Action.Fail(defaultErrno), architectures, rules);
        }
    }

    /** Whether the library is installed. */
    public static boolean available() {
        return Library.SYMBOLS != null;
    }

    /** {@code SCMP_ARCH_X86_64} or {@code SCMP_ARCH_AARCH64}. */
    public static String nativeArchitecture() {
        return ARCHITECTURE_PREFIX + (Native.AARCH64 ? "AARCH64" : "X86_64");
    }

    /**
     * The filter as an array of struct sock_filter (8 bytes each), for seccomp(2). Takes milliseconds: keep the result.
     *
     * @throws LinuxException if the library refuses a rule
     * @throws IllegalArgumentException if it does not know an architecture
     */
    public static synchronized byte[] compile(Filter filter) {
        try (Arena arena = Arena.ofConfined()) {
            // The greatest number that any rule names, by architecture.
            Map<Integer, Integer> known = new LinkedHashMap<>();
            byte[] rules = rules(arena, filter, known);
            byte[] whole = filter.failsByDefault() ? new SeccompGuard(known).before(rules) : rules;
            byte[] rest = rules(arena, filter.conditional(), new LinkedHashMap<>());
            byte[] program = new SeccompTable(known).before(rest, whole);
            if (program.length > MAX_PROGRAM) {
                throw new LinuxException(
                        "seccomp", "filter of " + SeccompCode.length(program) + " instructions", Errno.E2BIG);
            }
            return program;
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
    }

    /** What the library makes of the rules; fills in the greatest number that any rule names, by architecture. */
    private static byte[] rules(Arena arena, Filter filter, Map<Integer, Integer> known) throws Throwable {
        MemorySegment context = (MemorySegment)
                Functions.INIT.invokeExact(filter.defaultAction().code());
        if (context.address() == 0) {
            throw new LinuxException("seccomp_init", "", Errno.ENOMEM);
        }
        try {
            check(
                    (int) Functions.SET_ATTRIBUTE.invokeExact(context, OPTIMIZE, BINARY_TREE),
                    "seccomp_attr_set",
                    "optimize");
            int machine = (int) Functions.NATIVE_ARCHITECTURE.invokeExact();
            known.put(machine, 0);
            for (String name : filter.architectures()) {
                int architecture = architecture(arena, name);
                int result = (int) Functions.ADD_ARCHITECTURE.invokeExact(context, architecture);
                check(result == -Errno.EEXIST ? 0 : result, "seccomp_arch_add", name);
                known.put(architecture, 0);
            }
            for (Rule rule : filter.rules()) {
                addRule(arena, context, filter.defaultAction(), rule, known);
            }
            return export(context);
        } finally {
            Functions.RELEASE.invokeExact(context);
        }
    }

    private static int architecture(Arena arena, String name) throws Throwable {
        String plain = name.startsWith(ARCHITECTURE_PREFIX) ? name.substring(ARCHITECTURE_PREFIX.length()) : name;
        MemorySegment text = arena.allocateFrom(plain.toLowerCase(Locale.ROOT));
        int token = (int) Functions.RESOLVE_ARCHITECTURE.invokeExact(text);
        if (token == 0) {
            throw new IllegalArgumentException("unknown architecture " + name);
        }
        return token;
    }

    private static void addRule(
            Arena arena, MemorySegment context, Action defaultAction, Rule rule, Map<Integer, Integer> known)
            throws Throwable {
        for (String name : rule.names()) {
            MemorySegment text = arena.allocateFrom(name);
            for (Map.Entry<Integer, Integer> entry : known.entrySet()) {
                int architecture = entry.getKey();
                int number = (int) Functions.RESOLVE_NAME.invokeExact(architecture, text);
                entry.setValue(Math.max(entry.getValue(), number));
            }
            int machine = (int) Functions.NATIVE_ARCHITECTURE.invokeExact();
            int number = (int) Functions.RESOLVE_NAME.invokeExact(machine, text);
            // The library refuses rules that change nothing.
            if (number != -1 && !rule.action().equals(defaultAction)) {
                addCall(arena, context, rule, name, number);
            }
        }
    }

    private static void addCall(Arena arena, MemorySegment context, Rule rule, String name, int number)
            throws Throwable {
        List<Argument> all = rule.arguments();
        boolean alternatives = all.stream().map(Argument::index).distinct().count() < all.size();
        List<List<Argument>> sets = new ArrayList<>();
        if (alternatives) {
            all.forEach(argument -> sets.add(List.of(argument)));
        } else {
            sets.add(all);
        }
        for (List<Argument> set : sets) {
            MemorySegment conditions = conditions(arena, set);
            int code = rule.action().code();
            int result = (int) Functions.ADD_RULE.invokeExact(context, code, number, set.size(), conditions);
            check(result == -Errno.EEXIST ? 0 : result, "seccomp_rule_add", name);
        }
    }

    private static MemorySegment conditions(Arena arena, List<Argument> arguments) {
        MemorySegment array = arena.allocate((long) CONDITION_SIZE * Math.max(1, arguments.size()), 8);
        long at = 0;
        for (Argument argument : arguments) {
            array.set(JAVA_INT, at, argument.index());
            array.set(JAVA_INT, at + 4, argument.operator().code);
            array.set(JAVA_LONG, at + 8, argument.value());
            array.set(JAVA_LONG, at + 16, argument.valueTwo());
            at += CONDITION_SIZE;
        }
        return array;
    }

    /** The library can only write to a descriptor. */
    private static byte[] export(MemorySegment context) throws Throwable {
        try (Scratch scratch = Scratch.borrow()) {
            long name = scratch.text("seccomp");
            int fd = (int)
                    check(Syscall.call(scratch, Syscall.MEMFD_CREATE, name, MFD_CLOEXEC), "memfd_create", "seccomp");
            try {
                check((int) Functions.EXPORT.invokeExact(context, fd), "seccomp_export_bpf", "");
                check(Syscall.call(scratch, Syscall.LSEEK, fd, 0, 0), "lseek", "seccomp");
                return FileCalls.read(fd, MAX_PROGRAM, "seccomp");
            } finally {
                Syscall.close(fd);
            }
        }
    }

    private static long check(long result, String call, String subject) {
        return Syscall.check(result, call, subject);
    }

    /** The name of a system call of this machine, or an empty string. */
    public static String syscallName(int number) {
        try {
            int machine = (int) Functions.NATIVE_ARCHITECTURE.invokeExact();
            MemorySegment text = (MemorySegment) Functions.RESOLVE_NUMBER.invokeExact(machine, number);
            String name = Native.text(text);
            Functions.FREE.invokeExact(text);
            return name;
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
    }

    /** The number of a system call of this machine; -1 if it is unknown, below -1 if only other machines have it. */
    public static int syscallNumber(String name) {
        try (Arena arena = Arena.ofConfined()) {
            int machine = (int) Functions.NATIVE_ARCHITECTURE.invokeExact();
            MemorySegment text = arena.allocateFrom(name);
            return (int) Functions.RESOLVE_NAME.invokeExact(machine, text);
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
    }
}
