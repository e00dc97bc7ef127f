package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class KernelTest {
    @Test
    void factsAreThoseOfTheMachine() throws Exception {
        assertThat(Kernel.release()).isEqualTo(Program.output("uname", "-r"));
        assertThat(Kernel.version()).isEqualTo(Program.output("uname", "-v"));
        assertThat(Kernel.machine()).isEqualTo(Program.output("uname", "-m"));
        assertThat(Kernel.hostname()).isEqualTo(Program.output("uname", "-n"));
        assertThat(Kernel.cpus()).hasToString(Program.output("nproc"));
        String meminfo = Files.readAllLines(Path.of("/proc/meminfo")).getFirst();
        assertThat("MemTotal: " + Kernel.totalMemory() / 1024 + " kB").isEqualTo(meminfo.replaceAll(" +", " "));
    }
}
