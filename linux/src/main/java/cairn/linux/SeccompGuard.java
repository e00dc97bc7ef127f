package cairn.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * A few instructions in front of a filter that fails by default: calls with a number above all that the filter knows fail with
 * ENOSYS. C libraries try a new system call first and fall back on that error only, not on EPERM.
 *
 * <p>One section per architecture: skip it unless the architecture is right, load the number, compare, and either return or jump
 * to the filter itself, which loads what it needs again.
 */
final class SeccompGuard {
    private static final short LOAD = 0x20;
    private static final short JUMP = 0x05;
    private static final short JUMP_IF_EQUAL = 0x15;
    private static final short JUMP_IF_GREATER = 0x25;
    private static final short JUMP_IF_AT_LEAST = 0x35;
    private static final short RETURN = 0x06;

    /** Offsets in struct seccomp_data. */
    private static final int NUMBER = 0;

    private static final int ARCHITECTURE = 4;

    private static final int FAIL_WITH_ENOSYS = 0x00050000 | Errno.ENOSYS;

    /** The x32 calls share an architecture with the 64-bit ones and have this bit in their numbers. */
    private static final int X32_BIT = 0x40000000;

    private static final int SECTION = 7;
    private static final int INSTRUCTION = 8;

    private final Map<Integer, Integer> greatest;
    private final int x86;
    private final int x32;

    /** The greatest known number by architecture. */
    SeccompGuard(Map<Integer, Integer> greatest, int x86, int x32) {
        this.greatest = greatest;
        this.x86 = x86;
        this.x32 = x32;
    }

    byte[] before(byte[] filter) {
        int sections = (int) greatest.keySet().stream()
                .filter(architecture -> architecture != x32)
                .count();
        int length = 1 + sections * SECTION;
        ByteBuffer program =
                ByteBuffer.allocate(length * INSTRUCTION + filter.length).order(ByteOrder.nativeOrder());
        put(program, LOAD, 0, 0, ARCHITECTURE);
        greatest.forEach((architecture, number) -> {
            if (architecture != x32) {
                section(program, architecture, number, length);
            }
        });
        return program.put(filter).array();
    }

    private void section(ByteBuffer program, int architecture, int number, int length) {
        // Where x32 is not among the architectures, the filter itself says what becomes of its calls.
        int numberX32 = architecture == x86 ? greatest.getOrDefault(x32, -1) : -1;
        put(program, JUMP_IF_EQUAL, 0, SECTION - 1, architecture);
        put(program, LOAD, 0, 0, NUMBER);
        put(program, JUMP_IF_AT_LEAST, 0, 1, X32_BIT);
        put(program, JUMP_IF_GREATER, 1, 2, numberX32);
        put(program, JUMP_IF_GREATER, 0, 1, number);
        put(program, RETURN, 0, 0, FAIL_WITH_ENOSYS);
        int next = program.position() / INSTRUCTION + 1;
        put(program, JUMP, 0, 0, length - next);
    }

    private static void put(ByteBuffer program, short code, int ifTrue, int ifFalse, int value) {
        program.putShort(code).put((byte) ifTrue).put((byte) ifFalse).putInt(value);
    }
}
