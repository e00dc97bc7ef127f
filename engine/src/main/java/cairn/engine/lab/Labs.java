package cairn.engine.lab;

import cairn.engine.error.Problem;
import cairn.engine.launch.Namespace;
import cairn.engine.plan.LaunchPlan;
import cairn.engine.plan.PlanCodec;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.linux.MountEntry;
import cairn.linux.MountTable;
import cairn.wire.lab.ChrootRequest;
import cairn.wire.lab.LabPlan;
import cairn.wire.lab.NamespacesRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Plans for a program in new namespaces, or with another root. Nothing is started here: the caller has the shim carry the plan out on
 * his own terminal, with his own rights.
 */
public final class Labs {
    private static final List<String> SHELLS = List.of("/bin/bash", "/bin/sh");
    private static final int ANY_EXECUTE = 0111;

    private final Path shim;

    /** @param shim the binary of cairn-shim */
    public Labs(Path shim) {
        this.shim = shim;
    }

    /**
     * A program in new namespaces, without a new root.
     *
     * @throws cairn.engine.error.EngineException InvalidParameter
     */
    public LabPlan namespaces(NamespacesRequest request) {
        Set<Namespace> kinds = kinds(request.namespaces());
        if (!kinds.contains(Namespace.MOUNT)
                && (request.makePrivate() || !request.tmpfs().isEmpty())) {
            throw invalid("private mounts and tmpfs need a new mount namespace");
        }
        if (!kinds.contains(Namespace.UTS) && !request.hostname().isEmpty()) {
            throw invalid("a host name needs a new uts namespace");
        }
        List<String> tmpfs = new ArrayList<>();
        for (String path : request.tmpfs()) {
            String directory = Directories.existing(path).toString();
            if (!request.makePrivate()) {
                refuseShared(directory);
            }
            tmpfs.add(directory);
        }
        List<String> command = request.command().isEmpty() ? List.of(hostShell()) : request.command();
        String directory = request.workingDirectory().isEmpty()
                ? ""
                : Directories.existing(request.workingDirectory()).toString();
        return encode(LabPlanner.namespaces(
                kinds, request.makePrivate(), tmpfs, directory, request.hostname(), command, request.environment()));
    }

    /** A mount on a shared one appears in all its peers, new namespace or not: it would stay on the host. */
    private static void refuseShared(String directory) {
        MountEntry mount = MountTable.holding(MountTable.read(), directory);
        if (mount != null && mount.optional().stream().anyMatch(tag -> tag.startsWith("shared:"))) {
            throw invalid(directory + " lies on a shared mount (" + mount.mountPoint()
                    + "), so the host would see the tmpfs too: ask for private mounts as well");
        }
    }

    private static Set<Namespace> kinds(List<String> names) {
        Set<Namespace> kinds = EnumSet.noneOf(Namespace.class);
        for (String name : names) {
            kinds.add(
                    switch (name.toLowerCase(Locale.ROOT)) {
                        case "mount", "mnt" -> Namespace.MOUNT;
                        case "pid" -> Namespace.PID;
                        case "net", "network" -> Namespace.NETWORK;
                        case "uts" -> Namespace.UTS;
                        case "ipc" -> Namespace.IPC;
                        case "cgroup" -> Namespace.CGROUP;
                        default ->
                            throw invalid("unknown kind of namespace: " + name
                                    + "; there are mount, pid, net, uts, ipc and cgroup");
                    });
        }
        if (kinds.isEmpty()) {
            kinds.add(Namespace.MOUNT);
        }
        return kinds;
    }

    private static String hostShell() {
        for (String shell : SHELLS) {
            if (Files.isExecutable(Path.of(shell))) {
                return shell;
            }
        }
        throw invalid("this machine has neither " + String.join(" nor ", SHELLS));
    }

    /**
     * A program whose root is the given directory.
     *
     * @throws cairn.engine.error.EngineException InvalidParameter
     */
    public LabPlan chroot(ChrootRequest request) {
        Path root = Directories.existing(request.directory());
        List<String> command = request.command().isEmpty() ? List.of(shellIn(root)) : request.command();
        return encode(LabPlanner.chroot(root.toString(), command, request.environment()));
    }

    private static String shellIn(Path directory) {
        try (InRoot root = InRoot.open(directory)) {
            for (String shell : SHELLS) {
                FileStatus status = root.status(shell);
                if (status != null && status.isRegular() && (status.permissions() & ANY_EXECUTE) != 0) {
                    return shell;
                }
            }
        } catch (LinuxException e) {
            throw new Problem.InvalidParameter(String.valueOf(e.getMessage())).exception(e);
        }
        throw invalid("neither " + String.join(" nor ", SHELLS) + " is in " + directory + ": name a program");
    }

    private LabPlan encode(LaunchPlan plan) {
        try {
            String bytes = Base64.getEncoder().encodeToString(PlanCodec.encode(plan));
            return new LabPlan(bytes, plan.toString(), shim.toString());
        } catch (IllegalArgumentException e) {
            // Too long, or with a NUL.
            throw new Problem.InvalidParameter(String.valueOf(e.getMessage())).exception(e);
        }
    }

    private static RuntimeException invalid(String text) {
        return new Problem.InvalidParameter(text).exception();
    }
}
