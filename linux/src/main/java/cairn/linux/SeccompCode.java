package cairn.linux;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Instructions of a system call filter (linux/filter.h), which looks at a struct seccomp_data: one in the making, and what a finished one answers.
 * Distances of jumps count from the next instruction.
 */
final class SeccompCode {
    /** Offsets in struct seccomp_data; behind these two come the instruction pointer and the arguments. */
    static final int NUMBER = 0;

    static final int ARCHITECTURE = 4;

    // AUDIT_ARCH_ values; the last is libseccomp's own.
    static final int X86_64 = 0xc000003e;
    static final int X86 = 0x40000003;
    static final int X32 = 0x4000003e;

    /** The x32 calls share an architecture with the 64-bit ones and have this bit in their numbers. */
    static final int X32_BIT = 0x40000000;

    // How a jump compares what was loaded (unsigned) with its value.
    static final int EQUAL = 0x10;
    static final int GREATER = 0x20;
    static final int AT_LEAST = 0x30;
    private static final int ANY_BIT = 0x40;

    private static final int LOAD = 0x20;
    private static final int JUMP = 0x05;
    private static final int AND = 0x54;
    private static final int RETURN = 0x06;

    private static final int INSTRUCTION = 8;

    private final ByteArrayOutputStream code = new ByteArrayOutputStream();

    void load(int offset) {
        add(LOAD, 0, 0, offset);
    }

    void jump(int distance) {
        add(JUMP, 0, 0, distance);
    }

    void jumpIf(int comparison, int value, int ifTrue, int ifFalse) {
        add(JUMP | comparison, ifTrue, ifFalse, value);
    }

    /** @param verdict a SECCOMP_RET_ value with its data */
    void answer(int verdict) {
        add(RETURN, 0, 0, verdict);
    }

    void append(byte[] program) {
        code.writeBytes(program);
    }

    private void add(int operation, int ifTrue, int ifFalse, int value) {
        ByteBuffer instruction = ByteBuffer.allocate(INSTRUCTION).order(ByteOrder.nativeOrder());
        instruction
                .putShort((short) operation)
                .put((byte) ifTrue)
                .put((byte) ifFalse)
                .putInt(value);
        append(instruction.array());
    }

    /** In instructions, so far. */
    int length() {
        return code.size() / INSTRUCTION;
    }

    static int length(byte[] program) {
        return program.length / INSTRUCTION;
    }

    byte[] bytes() {
        return code.toByteArray();
    }

    /** What the program returns for a call whatever its arguments are; null where it looks at them. */
    static @Nullable Integer verdict(byte[] program, int architecture, int number) {
        ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.nativeOrder());
        int accumulator = 0;
        int at = 0;
        while (true) {
            int instruction = at * INSTRUCTION;
            int ifTrue = code.get(instruction + 2) & 0xff;
            int ifFalse = code.get(instruction + 3) & 0xff;
            int value = code.getInt(instruction + 4);
            at++;
            switch (code.getShort(instruction)) {
                case LOAD -> {
                    if (value != NUMBER && value != ARCHITECTURE) {
                        return null;
                    }
                    accumulator = value == NUMBER ? number : architecture;
                }
                case JUMP -> at += value;
                case JUMP | EQUAL -> at += accumulator == value ? ifTrue : ifFalse;
                case JUMP | GREATER -> at += Integer.compareUnsigned(accumulator, value) > 0 ? ifTrue : ifFalse;
                case JUMP | AT_LEAST -> at += Integer.compareUnsigned(accumulator, value) >= 0 ? ifTrue : ifFalse;
                case JUMP | ANY_BIT -> at += (accumulator & value) != 0 ? ifTrue : ifFalse;
                case AND -> accumulator &= value;
                case RETURN -> {
                    return value;
                }
                default -> throw new IllegalStateException("seccomp: instruction " + code.getShort(instruction));
            }
        }
    }
}
