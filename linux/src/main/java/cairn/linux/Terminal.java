package cairn.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Terminal settings by file descriptor number; 0 is standard input (ioctl_tty(2)). */
public final class Terminal {
    private static final int TCGETS = 0x5401;
    private static final int TCSETS = 0x5402;
    private static final int TIOCGWINSZ = 0x5413;

    // struct termios of the kernel, which has no speeds: four flag words, the line discipline, 19 control characters.
    private static final int TERMIOS_SIZE = 36;
    private static final int INPUT_FLAGS = 0;
    private static final int OUTPUT_FLAGS = 4;
    private static final int CONTROL_FLAGS = 8;
    private static final int LOCAL_FLAGS = 12;
    private static final int VTIME = 17 + 5;
    private static final int VMIN = 17 + 6;

    private static final int IGNBRK_BRKINT_PARMRK_ISTRIP_INLCR_IGNCR_ICRNL_IXON = 02753;
    private static final int OPOST = 01;
    private static final int CSIZE_PARENB = 0460;
    private static final int CS8 = 060;
    private static final int ECHO = 010;
    private static final int ISIG_ICANON_ECHO_ECHONL_IEXTEN = 0100113;

    private static final Pattern TERMINAL = Pattern.compile("/dev/pts/[0-9]+");

    private Terminal() {}

    public record WindowSize(int rows, int columns) {}

    /** Puts a terminal back as it was; may be closed more than once. */
    public interface RawMode extends AutoCloseable {
        @Override
        void close();
    }

    public static boolean isTerminal(int fd) {
        String file = linkOf(fd);
        // These are most, and spare a program that runs for an instant the set-up of native calls.
        if (file.isEmpty() || file.equals("/dev/null") || file.startsWith("pipe:") || file.startsWith("socket:")) {
            return false;
        }
        return TERMINAL.matcher(file).matches() || hasSettings(fd);
    }

    /** Whether the descriptor is an end of a pipe (pipe(7)). */
    public static boolean isPipe(int fd) {
        return linkOf(fd).startsWith("pipe:");
    }

    /** What the descriptor stands for according to procfs, or an empty text if it is closed. */
    private static String linkOf(int fd) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
        } catch (IOException closed) {
            return "";
        }
    }

    private static boolean hasSettings(int fd) {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area settings = scratch.area(TERMIOS_SIZE);
            return Syscall.call(scratch, Syscall.IOCTL, fd, TCGETS, settings.address()) == 0;
        }
    }

    /** ENOTTY if it is not a terminal. */
    public static WindowSize size(int fd) {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area size = scratch.area(8);
            ioctl(scratch, fd, TIOCGWINSZ, size);
            return new WindowSize(size.getShort(0), size.getShort(2));
        }
    }

    /** Switches echo, line editing, signals from keys and output processing off, as cfmakeraw(3), until the result is closed. */
    public static RawMode raw(int fd) {
        return changed(fd, Terminal::makeRaw);
    }

    /** Switches only echo off, until the result is closed: for passwords. */
    public static RawMode unseen(int fd) {
        return changed(fd, settings -> change(settings, LOCAL_FLAGS, ECHO, 0));
    }

    private static RawMode changed(int fd, Consumer<Scratch.Area> change) {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area settings = scratch.area(TERMIOS_SIZE);
            ioctl(scratch, fd, TCGETS, settings);
            byte[] before = settings.bytes(0, TERMIOS_SIZE);
            change.accept(settings);
            ioctl(scratch, fd, TCSETS, settings);
            AtomicBoolean restored = new AtomicBoolean();
            return () -> {
                if (!restored.getAndSet(true)) {
                    restore(fd, before);
                }
            };
        }
    }

    private static void makeRaw(Scratch.Area settings) {
        change(settings, INPUT_FLAGS, IGNBRK_BRKINT_PARMRK_ISTRIP_INLCR_IGNCR_ICRNL_IXON, 0);
        change(settings, OUTPUT_FLAGS, OPOST, 0);
        change(settings, CONTROL_FLAGS, CSIZE_PARENB, CS8);
        change(settings, LOCAL_FLAGS, ISIG_ICANON_ECHO_ECHONL_IEXTEN, 0);
        settings.putByte(VTIME, 0);
        settings.putByte(VMIN, 1);
    }

    private static void change(Scratch.Area settings, int offset, int clear, int set) {
        int flags = settings.getInt(offset);
        settings.putInt(offset, (flags & ~clear) | set);
    }

    private static void restore(int fd, byte[] settings) {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area memory = scratch.area(TERMIOS_SIZE);
            memory.put(settings, 0, TERMIOS_SIZE);
            ioctl(scratch, fd, TCSETS, memory);
        }
    }

    private static void ioctl(Scratch scratch, int fd, int request, Scratch.Area argument) {
        long result = Syscall.call(scratch, Syscall.IOCTL, fd, request, argument.address());
        Syscall.check(result, "terminal", "descriptor " + fd);
    }
}
