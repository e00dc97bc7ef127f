package cairn.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * nftables through libnftables.so.1, loaded at first use (libnftables(3)). An instance keeps its socket for all its transactions: to close
 * one through which something was deleted waits for a grace period of the kernel, 10 to 20 ms. The socket is made with the first of them, in
 * the network namespace of the thread that asks for it; while more than some hundred descriptors are open each has one for itself.
 */
public final class Nftables implements AutoCloseable {
    private static final int NFT_CTX_OUTPUT_JSON = 1 << 4;

    // linux/netfilter/nf_tables.h: NFT_MSG_GETGEN, NFTA_GEN_ID
    private static final int GET_GENERATION = 16;
    private static final int GENERATION_ID = 1;

    /** What the kernel calls the thread of a transaction that has one of its own. */
    static final String THREAD = "cairn-nftables";

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

        /** Binds them all. */
        static void load() {}

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

    /**
     * Number of the last transaction in the calling thread's network namespace, whosever it was: the next one has the next number. Who
     * finds the number of his own finds what he had put in place, and nothing of it has to be read, which others may have made long.
     *
     * @throws NftablesException if the kernel has no nftables
     */
    public static int generation() {
        ByteBuffer request = ByteBuffer.allocate(TableWatch.HEADERS).order(ByteOrder.nativeOrder());
        int type = TableWatch.SUBSYSTEM << 8 | GET_GENERATION;
        request.putInt(TableWatch.HEADERS).putShort((short) type).putShort((short) RouteMessage.NLM_F_REQUEST);
        try (Netlink netlink = Netlink.open(TableWatch.NETLINK_NETFILTER)) {
            ByteBuffer reply = netlink.ask(type, request.array());
            ByteBuffer attributes = reply.position(TableWatch.HEADERS).slice().order(ByteOrder.nativeOrder());
            int at = TableWatch.find(attributes, GENERATION_ID);
            if (at < 0 || attributes.limit() - at < Integer.BYTES) {
                throw new NftablesException("the kernel does not number transactions");
            }
            return attributes.order(ByteOrder.BIG_ENDIAN).getInt(at);
        } catch (LinuxException e) {
            throw new NftablesException("no transactions are numbered: " + e.getMessage());
        }
    }

    private String transact(String commands, int outputFlags) {
        if (!available()) {
            throw new NftablesException("libnftables.so.1 is not installed (Debian package libnftables1)");
        }
        Transaction transaction = new Transaction(commands, outputFlags);
        synchronized (TURN) {
            if (context == null && crowded()) {
                transaction.runApart();
            } else {
                try {
                    if (context == null) {
                        context = (MemorySegment) Functions.NEW.invokeExact(0);
                    }
                    transaction.run(context);
                } catch (Throwable fault) {
                    throw Native.impossible(fault);
                }
            }
        }
        return transaction.result();
    }

    /**
     * Whether so many descriptors are open that the number of the next might soon be 1,024. The library waits for its socket with select(2),
     * and the C library ends the process at such a number.
     */
    private static boolean crowded() {
        try (Scratch scratch = Scratch.borrow()) {
            long flags = FileCalls.O_PATH | FileCalls.O_CLOEXEC;
            int lowest = (int) Syscall.check(
                    Syscall.call(scratch, Syscall.OPENAT, FileCalls.AT_FDCWD, scratch.text("/"), flags, 0),
                    "open",
                    "/");
            Syscall.close(lowest);
            return lowest >= Transaction.LOW;
        } catch (LinuxException e) {
            // Without a descriptor the library, too, ends the process.
            throw new NftablesException("no socket for nftables: " + e.getMessage());
        }
    }

    /** Commands, and what came of them. */
    private static final class Transaction {
        /** So many descriptors may be open before a new context needs a table of its own. */
        static final int LOW = 512;

        private static final long CLOSE_RANGE_UNSHARE = 2;
        private static final long LAST = 0xffff_ffffL;

        private final String commands;
        private final int outputFlags;
        private boolean done;
        private String text = "";
        private @Nullable Throwable fault;

        Transaction(String commands, int outputFlags) {
            this.commands = commands;
            this.outputFlags = outputFlags;
        }

        void run(MemorySegment context) throws Throwable {
            int output = (int) Functions.KEEP_OUTPUT.invokeExact(context);
            int error = (int) Functions.KEEP_ERROR.invokeExact(context);
            if (output != 0 || error != 0) {
                text = "libnftables has no memory for its output";
                return;
            }
            Functions.SET_OUTPUT.invokeExact(context, outputFlags);
            try (Arena arena = Arena.ofConfined()) {
                done = (int) Functions.RUN.invokeExact(context, arena.allocateFrom(commands)) == 0;
            }
            text = Native.text(
                    done
                            ? (MemorySegment) Functions.OUTPUT.invokeExact(context)
                            : (MemorySegment) Functions.ERROR.invokeExact(context));
        }

        /**
         * With a socket for this once, in a table of descriptors of a thread's own in which low numbers are free. The thread is in the same
         * network namespace as the one that starts it.
         *
         * <p>A thread that the virtual machine starts shares the table of the one that happens to start it, and what is opened here is
         * open nowhere else. So the thread does nothing but this, with classes that are there already, and is waited for until it has ended.
         */
        void runApart() {
            Functions.load();
            Thread thread = Thread.ofPlatform().daemon().name(THREAD).start(this::apart);
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (fault != null) {
                throw Native.impossible(fault);
            }
        }

        private void apart() {
            try (Scratch scratch = Scratch.borrow()) {
                if (Syscall.call(scratch, Syscall.CLOSE_RANGE, LOW, LAST, CLOSE_RANGE_UNSHARE) != 0) {
                    text = "no memory for another table of descriptors";
                    return;
                }
                MemorySegment context = (MemorySegment) Functions.NEW.invokeExact(0);
                run(context);
                Functions.FREE.invokeExact(context);
            } catch (Throwable e) {
                fault = e;
            }
        }

        String result() {
            if (!done) {
                throw new NftablesException(text.isBlank() ? "nftables refused the commands" : text.strip());
            }
            return text;
        }
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
