package cairn.linux;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** OpenSSL's libcrypto.so.3, loaded at first use: digests and ciphers with the processor's own instructions. */
final class LibCrypto {
    private LibCrypto() {}

    private static final class Library {
        static final @Nullable SymbolLookup SYMBOLS = Native.library("libcrypto.so.3");
    }

    /** Whether the library is installed and has all {@code functions}; distributions may leave deprecated ones out. */
    static boolean has(String... functions) {
        SymbolLookup symbols = Library.SYMBOLS;
        if (symbols == null) {
            return false;
        }
        for (String function : functions) {
            if (symbols.find(function).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /**
     * A function that gets arrays of the heap without a copy, and so holds up the garbage collector for as long as it runs: calls have to be
     * short.
     */
    static MethodHandle onHeap(String name, FunctionDescriptor type) {
        return bind(name, type, Linker.Option.critical(true));
    }

    static MethodHandle function(String name, FunctionDescriptor type) {
        return bind(name, type);
    }

    private static MethodHandle bind(String name, FunctionDescriptor type, Linker.Option... options) {
        SymbolLookup symbols = Library.SYMBOLS;
        if (symbols == null) {
            throw new IllegalStateException("libcrypto.so.3 is not installed");
        }
        return Native.function(symbols, name, type, options);
    }
}
