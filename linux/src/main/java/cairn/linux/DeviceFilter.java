package cairn.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Device rules of a v2 cgroup. There is no devices controller; the kernel asks the BPF programs that are attached to the cgroup and to
 * those above it whenever a device is opened or a node is made, and all must allow it (linux/bpf.h, BPF_PROG_TYPE_CGROUP_DEVICE).
 */
public final class DeviceFilter {
    // BPF_DEVCG_ACC_ and BPF_DEVCG_DEV_.
    private static final int MKNOD = 1;
    private static final int READ = 2;
    private static final int WRITE = 4;
    private static final int ALL = MKNOD | READ | WRITE;
    private static final int BLOCK = 1;
    private static final int CHARACTER = 2;

    // bpf(2)
    private static final int PROG_LOAD = 5;
    private static final int PROG_ATTACH = 8;
    private static final int PROG_TYPE_CGROUP_DEVICE = 15;
    private static final int CGROUP_DEVICE = 6;
    private static final int F_ALLOW_MULTI = 2;

    /** The program calls no function of the kernel, so any licence will do. */
    private static final String LICENSE = "Apache-2.0";

    private static final String NAME = "cairn_devices";
    private static final int LOG_SIZE = 32 * 1024;

    /** The verifier gives up with EAGAIN when a signal is pending. */
    private static final int LOAD_ATTEMPTS = 5;

    private DeviceFilter() {}

    /**
     * Allows every access that asks for no more than this.
     *
     * @param type {@code b}, {@code c}, or {@code a} for both
     * @param major 32 bits, or -1 for all
     * @param minor 32 bits, or -1 for all
     * @param access some of {@code r}, {@code w} and {@code m}, which is to make a node
     */
    public record Rule(char type, long major, long minor, String access) {
        private static final long ANY = -1;

        private static final Pattern FORM = Pattern.compile("([abc]) ([0-9]{1,10}|\\*):([0-9]{1,10}|\\*) ([rwm]{1,3})");

        public Rule {
            if (type != 'a' && type != 'b' && type != 'c') {
                throw new IllegalArgumentException("device type " + type);
            }
            if (access.isEmpty() || access.chars().anyMatch(c -> "rwm".indexOf(c) < 0)) {
                throw new IllegalArgumentException("device access " + access);
            }
            checkNumber(major);
            checkNumber(minor);
        }

        private static void checkNumber(long number) {
            if (number < ANY || number > 0xffff_ffffL) {
                throw new IllegalArgumentException("device number " + number);
            }
        }

        /** From the form of the v1 devices controller, such as {@code c 1:3 rwm} or {@code b *:* m}. */
        public static Rule parse(String text) {
            Matcher parts = FORM.matcher(text);
            if (!parts.matches()) {
                throw new IllegalArgumentException("device rule " + text);
            }
            return new Rule(text.charAt(0), number(parts.group(2)), number(parts.group(3)), parts.group(4));
        }

        private static long number(String text) {
            return text.equals("*") ? ANY : Long.parseLong(text);
        }

        private int accessBits() {
            return (access.indexOf('m') < 0 ? 0 : MKNOD)
                    | (access.indexOf('r') < 0 ? 0 : READ)
                    | (access.indexOf('w') < 0 ? 0 : WRITE);
        }

        private boolean allowsEverything() {
            return type == 'a' && major == ANY && minor == ANY && accessBits() == ALL;
        }
    }

    /** The program as an array of struct bpf_insn (8 bytes each): what no rule allows is denied. */
    public static byte[] program(List<Rule> rules) {
        Code code = new Code(rules.size());
        code.readRequest();
        for (Rule rule : rules) {
            code.allow(rule);
            if (rule.allowsEverything()) {
                // The verifier refuses instructions that nothing leads to.
                return code.bytes();
            }
        }
        code.answer(0);
        return code.bytes();
    }

    /** Instructions in the making; both processors that we know are little-endian. */
    private static final class Code {
        // Instruction classes and operations: W registers are the lower 32 bits of the R registers.
        private static final int LOAD_WORD = 0x61;
        private static final int MOVE_REGISTER = 0xbc;
        private static final int MOVE = 0xb4;
        private static final int AND = 0x54;
        private static final int JUMP_IF_ANY_BIT = 0x46;
        private static final int JUMP_IF_NOT_EQUAL = 0x56;
        private static final int EXIT = 0x95;

        private static final int RESULT = 0;
        private static final int CONTEXT = 1;
        private static final int ACCESS_AND_TYPE = 2;
        private static final int TYPE = 3;
        private static final int MAJOR = 4;
        private static final int MINOR = 5;

        private static final int INSTRUCTION = 8;
        private static final int FIRST_AND_LAST = 5 + 2;
        private static final int MOST_FOR_RULE = 4 + 2;

        private final ByteBuffer code;

        Code(int rules) {
            code = ByteBuffer.allocate(INSTRUCTION * (FIRST_AND_LAST + MOST_FOR_RULE * rules))
                    .order(ByteOrder.LITTLE_ENDIAN);
        }

        byte[] bytes() {
            return Arrays.copyOf(code.array(), code.position());
        }

        /** struct bpf_cgroup_dev_ctx: access in the upper half of the first word, type in its lower; major; minor. */
        void readRequest() {
            add(LOAD_WORD, ACCESS_AND_TYPE, CONTEXT, 0, 0);
            add(MOVE_REGISTER, TYPE, ACCESS_AND_TYPE, 0, 0);
            add(AND, TYPE, 0, 0, 0xffff);
            add(LOAD_WORD, MAJOR, CONTEXT, 4, 0);
            add(LOAD_WORD, MINOR, CONTEXT, 8, 0);
        }

        void allow(Rule rule) {
            int start = code.position();
            if (rule.type() != 'a') {
                skipIf(JUMP_IF_NOT_EQUAL, TYPE, rule.type() == 'b' ? BLOCK : CHARACTER);
            }
            if (rule.accessBits() != ALL) {
                skipIf(JUMP_IF_ANY_BIT, ACCESS_AND_TYPE, (ALL & ~rule.accessBits()) << 16);
            }
            if (rule.major() != Rule.ANY) {
                skipIf(JUMP_IF_NOT_EQUAL, MAJOR, (int) rule.major());
            }
            if (rule.minor() != Rule.ANY) {
                skipIf(JUMP_IF_NOT_EQUAL, MINOR, (int) rule.minor());
            }
            int conditionsEnd = code.position();
            answer(1);
            for (int at = start; at < conditionsEnd; at += INSTRUCTION) {
                code.putShort(at + 2, (short) ((code.position() - at) / INSTRUCTION - 1));
            }
        }

        /** Where it leads is known only when the rule is complete. */
        private void skipIf(int operation, int register, int value) {
            add(operation, register, 0, 0, value);
        }

        void answer(int verdict) {
            add(MOVE, RESULT, 0, 0, verdict);
            add(EXIT, 0, 0, 0, 0);
        }

        private void add(int operation, int target, int source, int offset, int value) {
            code.put((byte) operation);
            code.put((byte) (source << 4 | target));
            code.putShort((short) offset);
            code.putInt(value);
        }
    }

    /**
     * Attaches the rules to a v2 cgroup, beside what is attached already; they hold for all processes in it and below, until it is
     * removed. Devices that are open already stay open.
     *
     * @throws LinuxException if the kernel refuses the program, with the reason of its verifier (and all it said as the cause); EBADF
     *     for a directory that is no v2 cgroup
     */
    public static void attach(Path cgroupDirectory, List<Rule> rules) {
        String subject = cgroupDirectory.toString();
        int directory = open(subject);
        try {
            int program = load(program(rules), subject);
            try {
                attach(directory, program, subject);
            } finally {
                Syscall.close(program);
            }
        } finally {
            Syscall.close(directory);
        }
    }

    private static int open(String directory) {
        try (Scratch scratch = Scratch.borrow()) {
            int flags = FileCalls.O_RDONLY | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
            long path = scratch.text(directory);
            long fd = Syscall.call(scratch, Syscall.OPENAT, FileCalls.AT_FDCWD, path, flags, 0);
            return (int) Syscall.check(fd, "open", directory);
        }
    }

    private static void attach(int directory, int program, String subject) {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area attributes = scratch.area(16);
            attributes.putInt(0, directory);
            attributes.putInt(4, program);
            attributes.putInt(8, CGROUP_DEVICE);
            attributes.putInt(12, F_ALLOW_MULTI);
            long result = Syscall.call(scratch, Syscall.BPF, PROG_ATTACH, attributes.address(), attributes.size());
            Syscall.check(result, "attach device filter", subject);
        }
    }

    /** Gives a descriptor of the program. */
    static int load(byte[] program, String subject) {
        try (Scratch scratch = Scratch.borrow()) {
            long fd = load(scratch, program, 0, 0);
            if (fd >= 0) {
                return (int) fd;
            }
            // The log comes second, because before Linux 6.4 one that does not fit makes a good program fail.
            scratch.reset();
            Scratch.Area log = scratch.area(LOG_SIZE);
            log.putByte(0, 0);
            long again = load(scratch, program, log.address(), log.size());
            if (again >= 0) {
                return (int) again;
            }
            throw refused(new String(log.string(0), StandardCharsets.UTF_8), subject, (int) -fd);
        }
    }

    private static long load(Scratch scratch, byte[] program, long log, int logSize) {
        // union bpf_attr up to prog_name.
        Scratch.Area attributes = scratch.area(64);
        attributes.putInt(0, PROG_TYPE_CGROUP_DEVICE);
        attributes.putInt(4, program.length / Code.INSTRUCTION);
        attributes.putLong(8, scratch.bytes(program));
        attributes.putLong(16, scratch.text(LICENSE));
        attributes.putInt(24, log == 0 ? 0 : 1);
        attributes.putInt(28, logSize);
        attributes.putLong(32, log);
        attributes.putLong(40, 0);
        for (int i = 0; i < 16; i++) {
            attributes.putByte(48 + i, i < NAME.length() ? NAME.charAt(i) : 0);
        }
        long result = -Errno.EAGAIN;
        for (int i = 0; i < LOAD_ATTEMPTS && result == -Errno.EAGAIN; i++) {
            result = Syscall.call(scratch, Syscall.BPF, PROG_LOAD, attributes.address(), attributes.size());
        }
        return result;
    }

    /** The last line of the log is the reason, but for one of statistics. */
    private static LinuxException refused(String log, String subject, int errno) {
        String reason = log.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("processed "))
                .reduce("", (before, line) -> line);
        LinuxException failure = new LinuxException(
                "load device filter", reason.isEmpty() ? subject : subject + " (" + reason + ")", errno);
        if (!log.isBlank()) {
            failure.initCause(new IllegalArgumentException(log));
        }
        return failure;
    }
}
