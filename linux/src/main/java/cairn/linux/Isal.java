package cairn.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** Intel's storage acceleration library, libisal.so.2, loaded at first use: deflate several times faster than zlib (igzip_lib.h). */
final class Isal {
    private Isal() {}

    private static final class Library {
        static final @Nullable SymbolLookup SYMBOLS = Native.AARCH64 ? null : Native.library("libisal.so.2");
    }

    /** Whether the library is installed. */
    static boolean available() {
        return Library.SYMBOLS != null;
    }

    /** {@code int NAME(struct *)}. */
    static MethodHandle function(String name) {
        return Native.function(symbols(), name, FunctionDescriptor.of(JAVA_INT, ADDRESS));
    }

    /** {@code void NAME(struct *)}. */
    static MethodHandle procedure(String name) {
        return Native.function(symbols(), name, FunctionDescriptor.ofVoid(ADDRESS));
    }

    /** A function that gets arrays of the heap without a copy: calls have to be short. */
    static MethodHandle onHeap(String name, FunctionDescriptor type) {
        return Native.function(symbols(), name, type, Linker.Option.critical(true));
    }

    private static SymbolLookup symbols() {
        SymbolLookup symbols = Library.SYMBOLS;
        if (symbols == null) {
            throw new IllegalStateException("libisal.so.2 is not installed");
        }
        return symbols;
    }

    static int call(MethodHandle function, MemorySegment state) {
        try {
            return (int) function.invokeExact(state);
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
    }

    static void run(MethodHandle procedure, MemorySegment state) {
        try {
            procedure.invokeExact(state);
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
    }
}
