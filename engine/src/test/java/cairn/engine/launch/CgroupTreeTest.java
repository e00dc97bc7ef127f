package cairn.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cairn.linux.Cgroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In the machine's own hierarchies. */
class CgroupTreeTest {
    @Test
    void everyLevelOfTheParentHasProcessors() throws IOException {
        Cgroups cgroups = Cgroups.detect();
        Cgroups.Hierarchy cpuset = cgroups.withController("cpuset");
        assumeTrue(
                cpuset != null && Files.isWritable(cpuset.mountPoint()), "needs root and cpusets of cgroup version 1");
        String top = "/cairn-unit-" + ProcessHandle.current().pid();
        try {
            new CgroupTree(cgroups, top + "/below/deep").prepare();
            Path child = Files.createDirectory(cpuset.directory(top + "/below/deep/child"));
            for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
                assertThat(child.resolve(file)).content().isNotBlank();
            }
        } finally {
            for (Cgroups.Hierarchy hierarchy : cgroups.v1()) {
                for (String level : List.of("/below/deep/child", "/below/deep", "/below", "")) {
                    Files.deleteIfExists(hierarchy.directory(top + level));
                }
            }
        }
    }
}
