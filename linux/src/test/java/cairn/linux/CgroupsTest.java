package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CgroupsTest {
    private static final String HYBRID = """
            31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw
            32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
            33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            34 31 0:31 /jobs /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
            35 31 0:32 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate
            36 31 0:29 / /elsewhere rw - cgroup cgroup rw,cpu,cpuacct
            """;

    private static final String OWN = """
            4:name=systemd:/jobs/7
            3:memory:/a:b
            2:cpu,cpuacct:/
            0::/user.slice
            """;

    @Test
    void hybridMachineUsesVersionOne() {
        Cgroups found = Cgroups.of(MountTable.parse(HYBRID), OWN, "");
        assertThat(found.unified()).isFalse();
        assertThat(found.v2()).isEqualTo(Path.of("/sys/fs/cgroup/unified"));
        assertThat(found.v2OwnPath()).isEqualTo("/user.slice");
        assertThat(found.v1())
                .containsExactly(
                        new Cgroups.Hierarchy(
                                List.of("cpu", "cpuacct"),
                                "",
                                "cpu,cpuacct",
                                Path.of("/sys/fs/cgroup/cpu,cpuacct"),
                                "/",
                                "/"),
                        new Cgroups.Hierarchy(
                                List.of("memory"), "", "memory", Path.of("/sys/fs/cgroup/memory"), "/", "/a:b"),
                        new Cgroups.Hierarchy(
                                List.of(),
                                "systemd",
                                "none,name=systemd",
                                Path.of("/sys/fs/cgroup/systemd"),
                                "/jobs",
                                "/jobs/7"));
        assertThat(found.withController("cpuacct")).isEqualTo(found.v1().getFirst());
        assertThat(found.withController("pids")).isNull();
        assertThat(found.v1().getLast().directory("/jobs/7")).isEqualTo(Path.of("/sys/fs/cgroup/systemd/7"));
        assertThat(found.v1().getFirst().directory("/x")).isEqualTo(Path.of("/sys/fs/cgroup/cpu,cpuacct/x"));
    }

    @Test
    void versionTwoNeedsControllersAndNoRival() {
        String v2 = "30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n";
        assertThat(Cgroups.of(MountTable.parse(v2), "0::/init.scope\n", "cpuset cpu io\n")
                        .unified())
                .isTrue();
        assertThat(Cgroups.of(MountTable.parse(v2), "0::/\n", "\n").unified()).isFalse();
        assertThat(Cgroups.of(MountTable.parse(HYBRID), OWN, "hugetlb\n").unified())
                .isFalse();
        assertThat(Cgroups.of(List.of(), "", "").v2()).isNull();
    }

    @Test
    void thisMachinesHierarchiesAreThere() {
        Cgroups found = Cgroups.detect();
        for (Cgroups.Hierarchy hierarchy : found.v1()) {
            assertThat(hierarchy.mountPoint().resolve("tasks")).exists();
            assertThat(hierarchy.directory(hierarchy.ownPath())).isDirectory();
        }
        if (found.v2() != null) {
            assertThat(Files.exists(found.v2().resolve("cgroup.controllers"))).isTrue();
        }
        assertThat(found.unified() || !found.v1().isEmpty()).isTrue();
    }
}
