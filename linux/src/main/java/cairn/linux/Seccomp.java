package cairn.linux;

import java.util.List;

/** Compiles system call filters with libseccomp.so.2, loaded at first use (seccomp_rule_add(3)). */
@SuppressWarnings("DoNotCallSuggester")
public final class Seccomp {
    private Seccomp() {}

    /** What happens to a call. */
    public sealed interface Action {
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
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        EQUAL,
        GREATER_OR_EQUAL,
        GREATER,
        /** The argument, masked with {@code value}, equals {@code valueTwo}. */
        MASKED_EQUAL
    }

    /** A condition on the argument with this index, 0 to 5. Values are unsigned. */
    public record Argument(int index, Operator operator, long value, long valueTwo) {}

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

        public Filter(int defaultErrno, List<String> architectures, List<Rule> rules) {
            this(new Action.Fail(defaultErrno), architectures, rules);
        }
    }

    public static boolean available() {
        throw new UnsupportedOperationException();
    }

    /** {@code SCMP_ARCH_X86_64} or {@code SCMP_ARCH_AARCH64}. */
    public static String nativeArchitecture() {
        throw new UnsupportedOperationException();
    }

    /** The filter as an array of struct sock_filter (8 bytes each), for seccomp(2). Takes milliseconds: keep the result. */
    public static byte[] compile(Filter filter) {
        throw new UnsupportedOperationException();
    }

    /** The name of a system call of this machine, or an empty string. */
    public static String syscallName(int number) {
        throw new UnsupportedOperationException();
    }

    /** The number of a system call of this machine, or -1. */
    public static int syscallNumber(String name) {
        throw new UnsupportedOperationException();
    }
}
