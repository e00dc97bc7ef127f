package cairn.linux;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The C library's allocator, which the JVM, its compiler and native libraries share. */
public final class Malloc {
    private static final MethodHandle TRIM =
            Native.function("malloc_trim", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));

    private Malloc() {}

    /** malloc_trim(3): whole free pages of all arenas go back to the kernel, which free(3) alone does at the end of an arena only. */
    public static void trim() {
        try {
            int ignored = (int) TRIM.invokeExact(0L);
        } catch (Throwable e) {
            throw Native.impossible(e);
        }
    }
}
