package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.Report;
import cairn.engine.network.Networks;
import cairn.engine.plan.LaunchPlan;
import cairn.engine.plan.Op;
import cairn.engine.plan.Step;
import cairn.linux.Errno;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a failed step of a launch means to the user, in the words that clients know. */
final class LaunchFailures {
    private LaunchFailures() {}

    /** @param program the command's first word */
    static Problem.LaunchFailed of(LaunchPlan plan, Report.Failed failed, String program) {
        String described = plan.describe(failed.step());
        String reason = Errno.text(failed.errno()).toLowerCase(Locale.ROOT);
        // Where it was no call that failed there is no reason of the kernel's.
        String text = failed.errno() == 0 ? failed.text() : failed.text() + ": " + reason;
        Step step = plan.step(failed.step());
        if (step == null) {
            return new Problem.LaunchFailed(text, failed.errno(), described, Problem.LaunchFault.OTHER);
        }
        if (step.op() == Op.EXEC) {
            return exec(failed.errno(), program, described);
        }
        if (isWrongType(plan, step, failed)) {
            return new Problem.LaunchFailed(
                    failed.text() + ": not a directory",
                    failed.errno(),
                    described,
                    Problem.LaunchFault.WRONG_MOUNT_TYPE);
        }
        if (step.op() == Op.CHDIR) {
            return new Problem.LaunchFailed(
                    "chdir to cwd (\"" + step.arguments().getFirst() + "\") set in config.json failed: " + reason,
                    failed.errno(),
                    described,
                    directory(failed.errno()));
        }
        String words = switch (step.op()) {
            case NETLINK -> failed.errno() == Errno.EXFULL ? Networks.FULL : text;
            case IDMAP -> notIdmapped(plan, step, text);
            default -> text;
        };
        return new Problem.LaunchFailed(words, failed.errno(), described, Problem.LaunchFault.OTHER);
    }

    /** Whether a directory was to be mounted onto a file, or the reverse. */
    private static boolean isWrongType(LaunchPlan plan, Step step, Report.Failed failed) {
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

    private static String notIdmapped(LaunchPlan plan, Step step, String text) {
        boolean asked = !step.arguments().getLast().equals(0L);
        return source(plan, step)
                + (asked ? " cannot be idmapped" : " cannot be mounted with the ids of a user namespace")
                + ": its file system, or one below it, has no idmapped mounts (" + text + "); leave "
                + (asked
                        ? "idmap out, or what is below by bind-recursive=disabled"
                        : "it out, or run with --userns host");
    }

    /** What the step's slot was opened from. */
    private static String source(LaunchPlan plan, Step step) {
        String source = "a mount";
        for (Step one : plan.inside()) {
            List<Object> arguments = one.arguments();
            if (one.equals(step)) {
                break;
            }
            if ((one.op() == Op.OPEN_TREE || one.op() == Op.OPEN_BELOW)
                    && arguments.getFirst().equals(step.arguments().getFirst())) {
                source = arguments.get(1) + (one.op() == Op.OPEN_BELOW ? "/" + arguments.get(2) : "");
            }
        }
        return source;
    }

    /** moby judges by the error's words alone, and takes no wrong directory for anything else than a wrong program. */
    private static Problem.LaunchFault directory(int errno) {
        return switch (errno) {
            case Errno.ENOENT -> Problem.LaunchFault.COMMAND_NOT_FOUND;
            case Errno.ENOTDIR -> Problem.LaunchFault.WRONG_MOUNT_TYPE;
            case Errno.EACCES -> Problem.LaunchFault.NOT_EXECUTABLE;
            default -> Problem.LaunchFault.OTHER;
        };
    }

    private static Problem.LaunchFailed exec(int errno, String program, String step) {
        boolean path = program.indexOf('/') >= 0;
        // No name at all is looked for as a directory of PATH, which may not be executed.
        if (errno == Errno.ENOENT || errno == Errno.ENOTDIR || program.isEmpty()) {
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
                errno == Errno.ENOEXEC ? "exec format error" : Errno.text(errno).toLowerCase(Locale.ROOT);
        return new Problem.LaunchFailed("exec " + program + ": " + reason, errno, step, Problem.LaunchFault.OTHER);
    }
}
