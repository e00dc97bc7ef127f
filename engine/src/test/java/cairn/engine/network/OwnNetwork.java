package cairn.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.linux.NetworkNamespace;
import cairn.linux.Processes;
import java.util.function.Supplier;

/** A network namespace for one piece of work, which goes with it. */
final class OwnNetwork {
    private OwnNetwork() {}

    static <T> T call(Supplier<T> work) throws Exception {
        Process process = new ProcessBuilder("unshare", "--net", "sh", "-c", "echo; exec sleep 1000").start();
        try {
            assertThat(process.getInputStream().read()).isEqualTo('\n');
            int pid = (int) process.pid();
            return NetworkNamespace.call("test", pid, Processes.startTime(pid), work);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
