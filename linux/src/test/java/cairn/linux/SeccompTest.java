package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import cairn.linux.Seccomp.Action;
import cairn.linux.Seccomp.Argument;
import cairn.linux.Seccomp.Filter;
import cairn.linux.Seccomp.Operator;
import cairn.linux.Seccomp.Rule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeccompTest {
    private static final int ALLOW = 0x7fff0000;
    private static final int X86_64 = 0xc000003e;
    private static final int X86 = 0x40000003;
    private static final int EPERM = 0x00050000 | Errno.EPERM;
    private static final int ENOSYS = 0x00050000 | Errno.ENOSYS;
    private static final int PRCTL = Native.AARCH64 ? 167 : 157;
    private static final int SECCOMP = Native.AARCH64 ? 277 : 317;

    private static final List<String> ALL_X86 = List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32");

    @BeforeEach
    void onlyWhereTheNumbersAreThoseOfX86() {
        assumeFalse(Native.AARCH64, "the expected numbers are those of x86-64");
    }

    private static Rule allow(String... names) {
        return new Rule(new Action.Allow(), List.of(names), List.of());
    }

    private static Filter filter(Rule... rules) {
        return new Filter(Errno.EPERM, ALL_X86, List.of(rules));
    }

    /** What the kernel's interpreter would answer (struct seccomp_data; the instructions that libseccomp uses). */
    private static int verdict(byte[] program, int architecture, int number, long... arguments) {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(0, number).putInt(4, architecture);
        for (int i = 0; i < arguments.length; i++) {
            data.putLong(16 + 8 * i, arguments[i]);
        }
        ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
        int accumulator = 0;
        for (int at = 0; ; at++) {
            int value = code.getInt(8 * at + 4);
            int ifTrue = code.get(8 * at + 2) & 0xff;
            int ifFalse = code.get(8 * at + 3) & 0xff;
            int compared = Integer.compareUnsigned(accumulator, value);
            switch (code.getShort(8 * at)) {
                case 0x20 -> accumulator = data.getInt(value);
                case 0x54 -> accumulator &= value;
                case 0x05 -> at += value;
                case 0x15 -> at += compared == 0 ? ifTrue : ifFalse;
                case 0x25 -> at += compared > 0 ? ifTrue : ifFalse;
                case 0x35 -> at += compared >= 0 ? ifTrue : ifFalse;
                case 0x06 -> {
                    return value;
                }
                default -> throw new AssertionError("instruction " + Integer.toHexString(code.getShort(8 * at)));
            }
        }
    }

    @Test
    void callsInARowAreDecidedAtOnce() {
        List<String> names =
                IntStream.range(0, 300).mapToObj(Seccomp::syscallName).toList();
        Rule some =
                new Rule(new Action.Allow(), List.of("personality"), List.of(new Argument(0, Operator.EQUAL, 8, 0)));
        // On the 32-bit machine many calls also go through these two, by their first argument.
        List<String> others = Stream.concat(Stream.of("socketcall", "ipc"), names.stream())
                .filter(name -> !name.equals("personality"))
                .toList();
        byte[] program = Seccomp.compile(filter(allow(others.toArray(String[]::new)), some));
        assertThat(program.length / 8).isLessThan(300);
        int personality = Seccomp.syscallNumber("personality");
        for (int number = 0; number < 300; number++) {
            assertThat(verdict(program, X86_64, number, 8))
                    .as("call %s", number)
                    .isEqualTo(ALLOW);
            assertThat(verdict(program, X86_64, number, 9))
                    .as("call %s", number)
                    .isEqualTo(number == personality ? EPERM : ALLOW);
        }
        assertThat(verdict(program, X86_64, 300)).isEqualTo(ENOSYS);
        assertThat(verdict(program, X86_64, 0x3fffffff)).isEqualTo(ENOSYS);
        assertThat(verdict(program, X86_64, -1)).isEqualTo(ENOSYS);
    }

    @Test
    void namedCallsPassAndOthersFail() {
        byte[] program = Seccomp.compile(filter(allow("read", "write", "futex_waitv", "no_such_call")));
        int read = Seccomp.syscallNumber("read");
        assertThat(read).isEqualTo(Syscall.READ);
        assertThat(Seccomp.syscallName(read)).isEqualTo("read");
        assertThat(Seccomp.syscallNumber("no_such_call")).isEqualTo(-1);
        assertThat(Seccomp.syscallName(4000)).isEmpty();
        assertThat(verdict(program, X86_64, read)).isEqualTo(ALLOW);
        assertThat(verdict(program, X86_64, Seccomp.syscallNumber("mount"))).isEqualTo(EPERM);
        assertThat(verdict(program, X86, 3)).isEqualTo(ALLOW);
        assertThat(verdict(program, X86, 21)).isEqualTo(EPERM);
        assertThat(verdict(program, X86_64, 0x40000002)).isEqualTo(EPERM);
        assertThat(verdict(program, X86_64, 0x40000001)).isEqualTo(ALLOW);
    }

    @Test
    void callsNewerThanTheRulesAreNotImplemented() {
        byte[] program = Seccomp.compile(filter(allow("read", "futex_waitv")));
        int greatest = Seccomp.syscallNumber("futex_waitv");
        assertThat(verdict(program, X86_64, greatest)).isEqualTo(ALLOW);
        assertThat(verdict(program, X86_64, greatest - 1)).isEqualTo(EPERM);
        assertThat(verdict(program, X86_64, greatest + 1)).isEqualTo(ENOSYS);
        assertThat(verdict(program, X86, greatest + 1)).isEqualTo(ENOSYS);
        assertThat(verdict(program, X86_64, (1 << 30) + greatest)).isEqualTo(ALLOW);
        assertThat(verdict(program, X86_64, (1 << 30) + greatest + 1)).isEqualTo(ENOSYS);
        byte[] open = Seccomp.compile(new Filter(
                new Action.Allow(),
                ALL_X86,
                List.of(new Rule(new Action.Fail(Errno.EACCES), List.of("read"), List.of()))));
        assertThat(verdict(open, X86_64, 5000)).isEqualTo(ALLOW);
        assertThat(verdict(open, X86_64, Syscall.READ)).isEqualTo(0x00050000 | Errno.EACCES);
    }

    @Test
    void conditionsAreCompared() {
        Action allow = new Action.Allow();
        List<String> clone = List.of("clone");
        byte[] masked = Seccomp.compile(filter(
                new Rule(allow, clone, List.of(new Argument(0, Operator.MASKED_EQUAL, 2114060288, 0))),
                new Rule(new Action.Fail(Errno.ENOSYS), List.of("clone3"), List.of())));
        int number = Seccomp.syscallNumber("clone");
        assertThat(verdict(masked, X86_64, number, 0x01200011)).isEqualTo(ALLOW);
        assertThat(verdict(masked, X86_64, number, 0x10000000)).isEqualTo(EPERM);
        assertThat(verdict(masked, X86_64, Seccomp.syscallNumber("clone3"))).isEqualTo(ENOSYS);

        byte[] families = Seccomp.compile(filter(
                allow("futex_waitv"),
                new Rule(allow, List.of("socket"), List.of(new Argument(0, Operator.LESS, 38, 0))),
                new Rule(allow, List.of("socket"), List.of(new Argument(0, Operator.EQUAL, 39, 0))),
                new Rule(allow, List.of("socket"), List.of(new Argument(0, Operator.GREATER, 40, 0))),
                new Rule(
                        allow,
                        List.of("personality"),
                        List.of(new Argument(0, Operator.EQUAL, 0, 0), new Argument(0, Operator.EQUAL, 8, 0)))));
        int socket = Seccomp.syscallNumber("socket");
        for (int family = 0; family < 50; family++) {
            assertThat(verdict(families, X86_64, socket, family))
                    .isEqualTo(family == 38 || family == 40 ? EPERM : ALLOW);
        }
        int personality = Seccomp.syscallNumber("personality");
        assertThat(verdict(families, X86_64, personality, 8)).isEqualTo(ALLOW);
        assertThat(verdict(families, X86_64, personality, 9)).isEqualTo(EPERM);
    }

    @Test
    void kernelTakesTheFilter(@TempDir Path scratch) {
        byte[] program = Seccomp.compile(new Filter(
                new Action.Allow(),
                List.of(),
                List.of(new Rule(new Action.Fail(Errno.EDQUOT), List.of("mkdirat"), List.of()))));
        OwnNamespaces.onThread(() -> {
            try (DirectoryHandle directory = DirectoryHandle.open(scratch)) {
                directory.mkdir("before", 0700);
                install(program);
                assertThatThrownBy(() -> directory.mkdir("after", 0700)).hasMessageContaining("quota");
            }
        });
        assertThat(Files.exists(scratch.resolve("before"))).isTrue();
        assertThat(Files.exists(scratch.resolve("after"))).isFalse();
    }

    /** For the calling thread only. */
    private static void install(byte[] program) {
        try (Scratch scratch = Scratch.borrow()) {
            long code = scratch.bytes(program);
            Scratch.Area header = scratch.area(16);
            header.putShort(0, program.length / 8);
            header.putLong(8, code);
            int noNewPrivileges = 38;
            Syscall.check(Syscall.call(scratch, PRCTL, noNewPrivileges, 1), "prctl", "");
            Syscall.check(Syscall.call(scratch, SECCOMP, 1, 0, header.address()), "seccomp", "");
        }
    }

    @Test
    void unknownArchitectureIsNamed() {
        Filter filter = new Filter(1, List.of("SCMP_ARCH_VAX"), List.of());
        assertThatThrownBy(() -> Seccomp.compile(filter)).hasMessageContaining("SCMP_ARCH_VAX");
    }
}
