package cairn.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one place where native functions are looked up and foreign pointers get a size. Whoever needs a function binds it in a holder
 * class of its own, so that it costs nothing before its first use.
 */
@SuppressWarnings("restricted")
final class Native {
    static final boolean AARCH64 = architecture();

    private Native() {}

    private static boolean architecture() {
        String name = System.getProperty("os.arch", "");
        return switch (name) {
            case "amd64", "x86_64" -> false;
            case "aarch64" -> true;
            default -> throw new UnsupportedOperationException("processor " + name + " is not supported");
        };
    }

    /** A function of the C library, which is always there. */
    static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
    }

    static MethodHandle function(SymbolLookup library, String name, FunctionDescriptor type, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type, options);
    }

    /** What a library allocated, released by {@code release} some time after it can no longer be reached. */
    static MemorySegment owned(MemorySegment allocated, Consumer<MemorySegment> release) {
        return allocated.reinterpret(Arena.ofAuto(), release);
    }

    /** Loads a shared library for good (dlopen(3)); null if it is not installed. */
    static @Nullable SymbolLookup library(String name) {
        try {
            return SymbolLookup.libraryLookup(name, Arena.global());
        } catch (IllegalArgumentException missing) {
            return null;
        }
    }

    /** The text behind a {@code char *} that a library returned; empty for NULL. */
    static String text(MemorySegment pointer) {
        if (pointer.address() == 0) {
            return "";
        }
        return pointer.reinterpret(Long.MAX_VALUE).getString(0, StandardCharsets.UTF_8);
    }

    /** What a downcall throws can only be a fault of the binding itself. */
    static AssertionError impossible(Throwable fault) {
        return new AssertionError("native call", fault);
    }
}
