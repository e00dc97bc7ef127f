package cairn.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * nftables through libnftables.so.1, loaded at first use (libnftables(3)). An instance keeps its socket for all its transactions: to close
 * one through which something was deleted waits for a grace period of the kernel, 10 to 20 ms. The socket is made with the first of them, in
 * the network namespace of the thread that asks for it.
 */
public final class Nftables implements AutoCloseable {
    private static final int NFT_CTX_OUTPUT_JSON = 1 << 4;

    /** The library keeps global state, so that one transaction runs at a time. */
    private static final Object TURN = new Object();

    private @Nullable MemorySegment context;

    private static final class Library {
        static final @Nullable SymbolLookup SYMBOLS = Native.library("libnftables.so.1");
    }

    private static final class Functions {
        static final MethodHandle NEW = bind("nft_ctx_new", FunctionDescriptor.of(ADDRESS, JAVA_INT));
        static final MethodHandle FREE = bind("nft_ctx_free", FunctionDescriptor.ofVoid(ADDRESS));
        static final MethodHandle SET_OUTPUT =
                bind("nft_ctx_output_set_flags", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
        static final MethodHandle KEEP_OUTPUT = bind("nft_ctx_buffer_output", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        static final MethodHandle KEEP_ERROR = bind("nft_ctx_buffer_error", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        static final MethodHandle OUTPUT = bind("nft_ctx_get_output_buffer", FunctionDescriptor.of(ADDRESS, ADDRESS));
        static final MethodHandle ERROR = bind("nft_ctx_get_error_buffer", FunctionDescriptor.of(ADDRESS, ADDRESS));
        static final MethodHandle RUN =
                bind("nft_run_cmd_from_buffer", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

        private static MethodHandle bind(String name, FunctionDescriptor type) {
            SymbolLookup symbols = Library.SYMBOLS;
            if (symbols == null) {
                throw new IllegalStateException("libnftables.so.1 is not installed");
            }
            return Native.function(symbols, name, type);
        }
    }

    /** Whether the library is installed. */
    public static boolean available() {
        return Library.SYMBOLS != null;
    }

    /**
     * Runs commands in nft(8)'s language as one transaction: all or none takes effect.
     *
     * @return what {@code list} commands print; empty for others
     * @throws NftablesException if the library is missing or a command is refused
     */
    public String transact(String commands) {
        return transact(commands, 0);
    }

    /** As {@link #transact}, with a socket for this once. */
    public static String run(String commands) {
        try (Nftables once = new Nftables()) {
            return once.transact(commands);
        }
    }

    /** As {@link #run}, in JSON both ways (libnftables-json(5)). */
    public static String runJson(String commands) {
        try (Nftables once = new Nftables()) {
            return once.transact(commands, NFT_CTX_OUTPUT_JSON);
        }
    }

    private String transact(String commands, int outputFlags) {
        if (!available()) {
            throw new NftablesException("libnftables.so.1 is not installed (Debian package libnftables1)");
        }
        synchronized (TURN) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment opened = context;
                if (opened == null) {
                    opened = (MemorySegment) Functions.NEW.invokeExact(0);
                    context = opened;
                }
                return run(opened, arena.allocateFrom(commands), outputFlags);
            } catch (NftablesException refused) {
                throw refused;
            } catch (Throwable fault) {
                throw Native.impossible(fault);
            }
        }
    }

    private static String run(MemorySegment context, MemorySegment commands, int outputFlags) throws Throwable {
        int output = (int) Functions.KEEP_OUTPUT.invokeExact(context);
        int error = (int) Functions.KEEP_ERROR.invokeExact(context);
        if (output != 0 || error != 0) {
            throw new NftablesException("libnftables has no memory for its output");
        }
        Functions.SET_OUTPUT.invokeExact(context, outputFlags);
        int result = (int) Functions.RUN.invokeExact(context, commands);
        if (result != 0) {
            String text = Native.text((MemorySegment) Functions.ERROR.invokeExact(context));
            throw new NftablesException(text.isBlank() ? "nftables refused the commands" : text.strip());
        }
        return Native.text((MemorySegment) Functions.OUTPUT.invokeExact(context));
    }

    /** It may be used again, with a new socket then. */
    @Override
    public void close() {
        synchronized (TURN) {
            MemorySegment opened = context;
            if (opened != null) {
                context = null;
                try {
                    Functions.FREE.invokeExact(opened);
                } catch (Throwable fault) {
                    throw Native.impossible(fault);
                }
            }
        }
    }
}
