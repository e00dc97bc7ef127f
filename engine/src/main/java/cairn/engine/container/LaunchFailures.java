package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.Report;
import cairn.engine.network.Networks;
import cairn.engine.plan.LaunchPlan;
import cairn.engine.plan.Op;
import cairn.engine.plan.Step;
import cairn.linux.Errno;
import org.jspecify.annotations.Nullable;

/** What a failed step of a launch means to the user, in the words that clients know. */
final class LaunchFailures {
    private LaunchFailures() {}

    /** @param program the command's first word */
    static Problem.LaunchFailed of(LaunchPlan plan, Report.Failed failed, String program) {
        String step = plan.describe(failed.step());
        if (step.startsWith("EXEC ")) {
            return exec(failed.errno(), program, step);
        }
        String text = failed.text() + ": " + Errno.text(failed.errno()).toLowerCase(java.util.Locale.ROOT);
        if (failed.errno() == Errno.EXFULL && step.startsWith("NETLINK ")) {
            text = Networks.FULL;
        }
        if (step.startsWith("CHDIR ")) {
            text = "chdir to cwd (\"" + step.substring(6) + "\") set in config.json failed: "
                    + Errno.text(failed.errno()).toLowerCase(java.util.Locale.ROOT);
        }
        if (isWrongType(plan, failed)) {
            return new Problem.LaunchFailed(
                    failed.text() + ": not a directory", failed.errno(), step, Problem.LaunchFault.WRONG_MOUNT_TYPE);
        }
        if (step.startsWith("IDMAP ")) {
            boolean asked = !step.endsWith(" 0");
            text = source(plan, step)
                    + (asked ? " cannot be idmapped" : " cannot be mounted with the ids of a user namespace")
                    + ": its file system, or one below it, has no idmapped mounts (" + text + "); leave "
                    + (asked
                            ? "idmap out, or what is below by bind-recursive=disabled"
                            : "it out, or run with --userns host");
        }
        return new Problem.LaunchFailed(text, failed.errno(), step, Problem.LaunchFault.OTHER);
    }

    /** Whether a directory was to be mounted onto a file, or the reverse. */
    private static boolean isWrongType(LaunchPlan plan, Report.Failed failed) {
        Step step = plan.step(failed.step());
        if (step == null) {
            return false;
        }
        return switch (step.op()) {
            // A file onto a directory is an invalid argument: that the target is no file was not seen when it was made.
            case MOUNT_TREE ->
                failed.errno() == Errno.ENOTDIR
                        || failed.errno() == Errno.EINVAL
                                && (isTarget(plan.step(failed.step() - 1)) || isTarget(plan.step(failed.step() - 2)));
            case MKFILE, TARGET -> failed.errno() == Errno.ENOTDIR;
            case MKDIR ->
                failed.errno() == Errno.ENOTDIR
                        && isMountedOn(plan, step.arguments().getFirst());
            default -> false;
        };
    }

    private static boolean isTarget(@Nullable Step step) {
        return step != null && (step.op() == Op.MKFILE || step.op() == Op.TARGET);
    }

    private static boolean isMountedOn(LaunchPlan plan, Object path) {
        return plan.inside().stream().anyMatch(step -> switch (step.op()) {
            case MOUNT_TREE -> step.arguments().get(1).equals(path);
            case MOUNT -> step.arguments().get(2).equals(path);
            default -> false;
        });
    }

    /** What the step's slot was opened from. */
    private static String source(LaunchPlan plan, String step) {
        String slot = step.split(" ", -1)[1];
        String source = "a mount";
        for (Step one : plan.inside()) {
            String text = one.toString();
            if (text.equals(step)) {
                break;
            }
            String[] words = text.split(" ", 3);
            if ((one.op() == Op.OPEN_TREE || one.op() == Op.OPEN_BELOW) && words[1].equals(slot)) {
                source = words[2].substring(0, words[2].lastIndexOf(' '));
            }
        }
        return source;
    }

    private static Problem.LaunchFailed exec(int errno, String program, String step) {
        boolean path = program.indexOf('/') >= 0;
        if (errno == Errno.ENOENT || errno == Errno.ENOTDIR) {
            String text = path
                    ? "exec: \"" + program + "\": stat " + program + ": no such file or directory"
                    : "exec: \"" + program + "\": executable file not found in $PATH";
            return new Problem.LaunchFailed(text, errno, step, Problem.LaunchFault.COMMAND_NOT_FOUND);
        }
        if (errno == Errno.EACCES || errno == Errno.EISDIR) {
            return new Problem.LaunchFailed(
                    "exec: \"" + program + "\": permission denied", errno, step, Problem.LaunchFault.NOT_EXECUTABLE);
        }
        String reason =
                errno == Errno.ENOEXEC ? "exec format error" : Errno.text(errno).toLowerCase(java.util.Locale.ROOT);
        return new Problem.LaunchFailed("exec " + program + ": " + reason, errno, step, Problem.LaunchFault.OTHER);
    }
}
