package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TerminalTest {
    private static final int TIOCGPTN = 0x80045430;
    private static final int TIOCSPTLCK = 0x40045431;

    @Test
    void rawModeIsThatOfSttyAndIsTakenBack() {
        int master = open("/dev/ptmx");
        String terminal = "/dev/pts/" + unlock(master);
        int fd = open(terminal);
        try {
            assertThat(Terminal.isTerminal(fd)).isTrue();
            assertThat(Terminal.isTerminal(master)).isTrue();
            Program.output("stty", "-F", terminal, "rows", "43", "cols", "132");
            assertThat(Terminal.size(fd)).isEqualTo(new Terminal.WindowSize(43, 132));

            String before = Program.output("stty", "-F", terminal, "-g");
            Terminal.RawMode raw = Terminal.raw(fd);
            String ours = Program.output("stty", "-F", terminal, "-a");
            raw.close();
            raw.close();
            assertThat(Program.output("stty", "-F", terminal, "-g")).isEqualTo(before);
            assertThat(ours)
                    .contains("-icanon", "-isig", "-echo", "-echonl", "-iexten", "-opost", "-icrnl", "-ixon", "cs8")
                    .contains("min = 1; time = 0");
        } finally {
            Syscall.close(fd);
            Syscall.close(master);
        }
    }

    @Test
    void forAPasswordOnlyTheEchoIsOff() {
        int master = open("/dev/ptmx");
        String terminal = "/dev/pts/" + unlock(master);
        int fd = open(terminal);
        try {
            String before = Program.output("stty", "-F", terminal, "-a");
            Terminal.RawMode unseen = Terminal.unseen(fd);
            String during = Program.output("stty", "-F", terminal, "-a");
            unseen.close();
            assertThat(during).isEqualTo(before.replace(" echo ", " -echo "));
            assertThat(Program.output("stty", "-F", terminal, "-a")).isEqualTo(before);
        } finally {
            Syscall.close(fd);
            Syscall.close(master);
        }
    }

    @Test
    void fileIsNoTerminal() {
        int fd = open("/dev/null");
        try {
            assertThat(Terminal.isTerminal(fd)).isFalse();
            assertThat(Terminal.isTerminal(9999)).isFalse();
            assertThatThrownBy(() -> Terminal.size(fd)).hasMessageContaining("Inappropriate ioctl");
            assertThatThrownBy(() -> Terminal.raw(fd)).isInstanceOf(LinuxException.class);
        } finally {
            Syscall.close(fd);
        }
    }

    private static int open(String path) {
        try (Scratch scratch = Scratch.borrow()) {
            int flags = 2 | FileCalls.O_NOCTTY | FileCalls.O_CLOEXEC;
            long fd = Syscall.call(scratch, Syscall.OPENAT, FileCalls.AT_FDCWD, scratch.text(path), flags, 0);
            return (int) Syscall.check(fd, "open", path);
        }
    }

    private static int unlock(int master) {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area number = scratch.area(4);
            number.putInt(0, 0);
            Syscall.check(Syscall.call(scratch, Syscall.IOCTL, master, TIOCSPTLCK, number.address()), "unlock", "");
            Syscall.check(Syscall.call(scratch, Syscall.IOCTL, master, TIOCGPTN, number.address()), "number", "");
            return number.getInt(0);
        }
    }
}
