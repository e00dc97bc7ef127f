package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
    private static final int SELF = (int) ProcessHandle.current().pid();

    @Test
    void childIsDescribedSignalledAndGone(@TempDir Path scratch) throws Exception {
        // A program may have any name, also one that looks like the fields behind it.
        String shell = scratch.resolve("a) R (b").toString();
        Files.copy(Path.of("/bin/sh").toRealPath(), Path.of(shell), StandardCopyOption.COPY_ATTRIBUTES);
        Process child =
                new ProcessBuilder("unshare", "-n", "-p", "--fork", shell, "-c", "sleep 60; :", "x", "").start();
        int outer = (int) child.pid();
        int pid = onlyChild(outer);
        while (!"a) R (b".equals(Processes.info(pid).name())) {
            Thread.onSpinWait();
        }
        ProcessInfo info = Processes.info(pid);
        assertThat(info.parent()).isEqualTo(outer);
        assertThat(info.namespacePids()).containsExactly(pid, 1);
        assertThat(info.command()).containsExactly(shell, "-c", "sleep 60; :", "x", "");
        assertThat(info.uid()).isZero();
        assertThat(info.startTime()).isEqualTo(Processes.startTime(pid)).isPositive();

        Map<String, Long> ours = Processes.namespaces(SELF);
        Map<String, Long> its = Processes.namespaces(pid);
        assertThat(its.get("mnt")).isEqualTo(ours.get("mnt"));
        assertThat(its.get("net")).isNotEqualTo(ours.get("net"));
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/net")))
                .hasToString("net:[" + its.get("net") + "]");

        assertThat(Processes.killExactly(pid, info.startTime() + 1, Processes.SIGKILL))
                .isFalse();
        assertThat(Processes.killExactly(pid, info.startTime(), Processes.SIGSTOP))
                .isTrue();
        while (Processes.info(pid).state() != 'T') {
            Thread.onSpinWait();
        }
        Processes.kill(pid, Processes.SIGKILL);
        child.waitFor();
        assertThat(Processes.startTime(pid)).isEqualTo(-1);
        assertThat(Processes.info(pid)).isNull();
        assertThat(Processes.namespaces(pid)).isEmpty();
        assertThat(Processes.children(pid)).isEmpty();
        assertThat(Processes.killExactly(pid, info.startTime(), Processes.SIGKILL))
                .isFalse();
        assertThatThrownBy(() -> Processes.kill(pid, Processes.SIGTERM))
                .hasMessage("kill " + pid + ": No such process");
    }

    private static int onlyChild(int parent) {
        List<Integer> children = List.of();
        while (children.isEmpty()) {
            children = Processes.children(parent);
        }
        assertThat(children).hasSize(1);
        return children.getFirst();
    }

    @Test
    void groupsOfProcessesCannotBeHit() {
        assertThatThrownBy(() -> Processes.kill(-1, Processes.SIGKILL)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Processes.kill(0, Processes.SIGKILL)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cgroupHasThisProcess() {
        for (Cgroups.Hierarchy hierarchy : Cgroups.detect().v1()) {
            assertThat(Processes.pidsInCgroup(hierarchy.directory(hierarchy.ownPath())))
                    .contains(SELF);
        }
        assertThat(Processes.pidsInCgroup(Path.of("/sys/fs/cgroup/no/such"))).isEmpty();
    }
}
