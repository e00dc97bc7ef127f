package cairn.linux;

import java.util.Map;

/**
 * A few instructions in front of a filter that fails by default: calls with a number above all that the filter knows fail with
 * ENOSYS. C libraries try a new system call first and fall back on that error only, not on EPERM.
 *
 * <p>One section per architecture: skip it unless the architecture is right, load the number, compare, and either return or jump
 * to the filter itself, which loads what it needs again.
 */
final class SeccompGuard {
    private static final int FAIL_WITH_ENOSYS = 0x00050000 | Errno.ENOSYS;

    private static final int SECTION = 7;

    private final Map<Integer, Integer> greatest;

    /** The greatest known number by architecture. */
    SeccompGuard(Map<Integer, Integer> greatest) {
        this.greatest = greatest;
    }

    byte[] before(byte[] filter) {
        int sections = (int) greatest.keySet().stream()
                .filter(architecture -> architecture != SeccompCode.X32)
                .count();
        int length = 1 + sections * SECTION;
        SeccompCode program = new SeccompCode();
        program.load(SeccompCode.ARCHITECTURE);
        greatest.forEach((architecture, number) -> {
            if (architecture != SeccompCode.X32) {
                section(program, architecture, number, length);
            }
        });
        program.append(filter);
        return program.bytes();
    }

    private void section(SeccompCode program, int architecture, int number, int length) {
        // Where x32 is not among the architectures, the filter itself says what becomes of its calls.
        int numberX32 = architecture == SeccompCode.X86_64 ? greatest.getOrDefault(SeccompCode.X32, -1) : -1;
        program.jumpIf(SeccompCode.EQUAL, architecture, 0, SECTION - 1);
        program.load(SeccompCode.NUMBER);
        program.jumpIf(SeccompCode.AT_LEAST, SeccompCode.X32_BIT, 0, 1);
        program.jumpIf(SeccompCode.GREATER, numberX32, 1, 2);
        program.jumpIf(SeccompCode.GREATER, number, 0, 1);
        program.answer(FAIL_WITH_ENOSYS);
        program.jump(length - program.length() - 1);
    }
}
