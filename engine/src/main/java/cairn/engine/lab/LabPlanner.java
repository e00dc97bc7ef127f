package cairn.engine.lab;

import cairn.engine.launch.Namespace;
import cairn.engine.plan.LaunchPlan;
import cairn.engine.plan.Op;
import cairn.engine.plan.Step;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Writes lab requests down as plans. Pure; paths are absolute and checked. */
final class LabPlanner {
    private static final long PRIVATE = 1 << 18; // MS_PRIVATE
    private static final long RECURSIVE = 0x4000; // MS_REC
    private static final long PROC_ATTRIBUTES = 0x2 | 0x4 | 0x8; // nosuid, nodev, noexec
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private LabPlanner() {}

    /**
     * @param workingDirectory empty keeps the shim's own
     * @param hostname empty keeps the host's
     */
    static LaunchPlan namespaces(
            Collection<Namespace> kinds,
            boolean makePrivate,
            List<String> tmpfs,
            String workingDirectory,
            String hostname,
            List<String> command,
            List<String> environment) {
        List<Step> inside = new ArrayList<>();
        // Before the mounts, so that a tmpfs over it does not take it away.
        if (!workingDirectory.isEmpty()) {
            inside.add(Step.of(Op.CHDIR, workingDirectory));
        }
        if (makePrivate) {
            inside.add(Step.of(Op.PROPAGATION, "/", RECURSIVE | PRIVATE));
        }
        for (String target : tmpfs) {
            inside.add(Step.of(Op.MOUNT, "tmpfs", "none", target, 0, ""));
        }
        if (kinds.contains(Namespace.PID) && kinds.contains(Namespace.MOUNT)) {
            // procfs shows the pid namespace that it was mounted from; the host must keep its own, shared or not.
            if (!makePrivate) {
                inside.add(Step.of(Op.PROPAGATION, "/proc", PRIVATE));
            }
            inside.add(Step.of(Op.MOUNT, "proc", "proc", "/proc", PROC_ATTRIBUTES, ""));
        }
        if (!hostname.isEmpty()) {
            inside.add(Step.of(Op.HOSTNAME, hostname));
        }
        inside.add(exec(command, environment));
        long flags = 0;
        for (Namespace kind : kinds) {
            flags |= kind.cloneFlag();
        }
        return plan(flags, inside);
    }

    static LaunchPlan chroot(String root, List<String> command, List<String> environment) {
        return plan(0, List.of(Step.of(Op.CHROOT, root), exec(command, environment)));
    }

    /** Without a directory the monitor keeps no records: nobody takes a lab up again. */
    private static LaunchPlan plan(long namespaces, List<Step> inside) {
        List<Step> prepare =
                List.of(Step.of(Op.MONITOR, "", Op.STDIO_INHERIT, 1, 0, 0, 0, 0), Step.of(Op.CLONE, namespaces, ""));
        return new LaunchPlan(LaunchPlan.Kind.RUN, prepare, List.of(), inside);
    }

    private static Step exec(List<String> command, List<String> environment) {
        return Step.of(Op.EXEC, candidates(command.getFirst(), environment), command, environment);
    }

    /** As execvp(3): a name without a slash is looked for in PATH. */
    private static List<String> candidates(String program, List<String> environment) {
        if (program.indexOf('/') >= 0) {
            return List.of(program);
        }
        String path = environment.stream()
                .filter(variable -> variable.startsWith("PATH="))
                .map(variable -> variable.substring("PATH=".length()))
                .findFirst()
                .orElse(DEFAULT_PATH);
        List<String> candidates = new ArrayList<>();
        for (String directory : path.split(":", -1)) {
            candidates.add((directory.isEmpty() ? "." : directory) + "/" + program);
        }
        return candidates;
    }
}
