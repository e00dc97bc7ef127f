package cairn.engine.container;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.launch.Report;
import cairn.engine.plan.LaunchPlan;
import cairn.engine.plan.Op;
import cairn.engine.plan.Step;
import cairn.linux.Errno;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaunchFailuresTest {
    /** What the user hears of the last of these steps. */
    private static String told(int errno, Step... inside) {
        LaunchPlan plan = new LaunchPlan(LaunchPlan.Kind.RUN, List.of(), List.of(), List.of(inside));
        return LaunchFailures.of(plan, new Report.Failed(inside.length - 1, errno, "step"), "sh")
                .text();
    }

    @Test
    void whatNoCallFailedOverHasNoReasonOfTheKernels() {
        LaunchPlan plan = new LaunchPlan(LaunchPlan.Kind.RUN, List.of(), List.of(), List.of());
        assertThat(LaunchFailures.of(plan, new Report.Failed(-1, 0, "the process ended with signal 9"), "sh")
                        .text())
                .isEqualTo("the process ended with signal 9");
    }

    @Test
    void pathsAreNamedAsTheyWereGiven() {
        assertThat(told(Errno.ENOENT, Step.of(Op.CHDIR, "/my work")))
                .isEqualTo("chdir to cwd (\"/my work\") set in config.json failed: no such file or directory");
        assertThat(told(
                        Errno.EINVAL,
                        Step.of(Op.OPEN_TREE, 11, "/other", 0),
                        Step.of(Op.OPEN_TREE, 12, "/my files", 1),
                        Step.of(Op.IDMAP, 12, 1, 0)))
                .startsWith("/my files cannot be mounted with the ids of a user namespace: ")
                .endsWith("(step: invalid argument); leave it out, or run with --userns host");
        assertThat(told(Errno.EINVAL, Step.of(Op.OPEN_BELOW, 12, "/volume", "a/b", 1), Step.of(Op.IDMAP, 12, 1, 20)))
                .startsWith("/volume/a/b cannot be idmapped: ")
                .endsWith("leave idmap out, or what is below by bind-recursive=disabled");
    }
}
