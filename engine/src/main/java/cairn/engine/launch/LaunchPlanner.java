package cairn.engine.launch;

import cairn.engine.plan.LaunchPlan;
import cairn.engine.plan.LogFormat;
import cairn.engine.plan.Op;
import cairn.engine.plan.Step;
import cairn.wire.container.IdRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes a checked spec down as the literal steps of a launch plan. Pure: the same spec gives the same plan, on any
 * machine. The order of steps is the kernel's, and each place where it matters says why.
 */
public final class LaunchPlanner {
    private static final long READ_ONLY = 0x1; // MOUNT_ATTR_*, mount_setattr(2)
    private static final long NO_SUID = 0x2;
    private static final long NO_DEV = 0x4;
    private static final long NO_EXEC = 0x8;
    private static final long STRICT_ATIME = 0x20;
    private static final long REC = 0x4000; // MS_*, mount(2)
    private static final long PRIVATE = 1 << 18;
    private static final int CHARACTER_DEVICE = 0x2000; // S_IFCHR

    private static final int TTY_GROUP = 5;

    private static final int NULL_SLOT = 0; // MASK_PATH expects /dev/null here

    private static final Pattern OWNER = Pattern.compile("[ug]id=[0-9]{1,10}");

    private static final List<LaunchSpec.Device> STANDARD_DEVICES = List.of(
            new LaunchSpec.Device("/dev/null", CHARACTER_DEVICE | 0666, 1, 3, 0, 0),
            new LaunchSpec.Device("/dev/zero", CHARACTER_DEVICE | 0666, 1, 5, 0, 0),
            new LaunchSpec.Device("/dev/full", CHARACTER_DEVICE | 0666, 1, 7, 0, 0),
            new LaunchSpec.Device("/dev/random", CHARACTER_DEVICE | 0666, 1, 8, 0, 0),
            new LaunchSpec.Device("/dev/urandom", CHARACTER_DEVICE | 0666, 1, 9, 0, 0),
            new LaunchSpec.Device("/dev/tty", CHARACTER_DEVICE | 0666, 5, 0, 0, 0));

    public LaunchPlan run(LaunchSpec spec) {
        List<Step> prepare = new ArrayList<>();
        monitor(prepare, spec.directory(), spec.stdio());
        if (spec.log() != null) {
            log(prepare, spec.log());
        }
        for (Path directory : spec.cgroup().directories()) {
            prepare.add(Step.of(Op.MKDIR, directory.toString(), 0755));
        }
        for (Map.Entry<Path, String> write : spec.cgroup().writes()) {
            prepare.add(Step.of(Op.WRITE, write.getKey().toString(), write.getValue()));
        }
        for (LaunchSpec.Mount mount : spec.filesystem().mounts()) {
            if (mount instanceof LaunchSpec.ImageMount image) {
                prepare.add(Step.of(Op.MKDIR, image.scratch().toString(), 0700));
                prepare.add(Step.of(Op.MKDIR, image.empty().toString(), 0700));
            }
        }
        // This moves only the children that are made from now on.
        enter(prepare, spec, Namespace.PID);
        Map<IdMapping, Integer> mappings = mappings(prepare, spec);
        Set<Namespace> cloned = EnumSet.copyOf(spec.namespaces());
        // The child's mounts begin from nothing, not from a copy of the host's.
        cloned.remove(Namespace.MOUNT);
        LaunchSpec.UserNamespace user = spec.user();
        if (user != null) {
            userNamespace(prepare, user, cloned);
        }
        prepare.add(clone(cloned, spec.cgroup().unified(), spec.cgroup().directories()));

        List<Step> inside = new ArrayList<>();
        joinCgroups(inside, spec.cgroup().unified(), spec.cgroup().directories());
        // The cgroup namespace is rooted where the process is when it is made, so only after joining.
        if (spec.namespaces().contains(Namespace.CGROUP)) {
            inside.add(Step.of(Op.UNSHARE, Namespace.CGROUP.cloneFlag()));
        }
        enter(inside, spec, Namespace.NETWORK);
        enter(inside, spec, Namespace.IPC);
        // procfs of the host: once the root has changed this path belongs to the container.
        if (spec.process().oomScoreAdj() != 0) {
            inside.add(Step.of(
                    Op.WRITE,
                    "/proc/self/oom_score_adj",
                    Integer.toString(spec.process().oomScoreAdj())));
        }
        if (user != null) {
            owner(inside, user.ids());
        }
        root(inside, spec, mappings);
        standardMounts(inside, spec);
        devices(inside, spec);
        cgroupMounts(inside, spec);
        requestedMounts(inside, spec);
        if (spec.hostname() != null && spec.namespaces().contains(Namespace.UTS)) {
            inside.add(Step.of(Op.HOSTNAME, spec.hostname()));
            if (spec.domainname() != null && !spec.domainname().isEmpty()) {
                inside.add(Step.of(Op.DOMAINNAME, spec.domainname()));
            }
        }
        // The veth arrives while the mounts above were made; waiting for it only here lets both run at once.
        if (!spec.network().connect().isEmpty()) {
            inside.add(Step.of(Op.WAIT_CONNECTED));
        }
        inside.addAll(spec.network().inside());
        new TreeMap<>(spec.sysctls())
                .forEach((name, value) -> inside.add(Step.of(Op.SYSCTL, "/proc/sys/" + name.replace('.', '/'), value)));
        if (spec.stdio().terminal()) {
            inside.add(Step.of(Op.CONSOLE, "/dev/console"));
        }
        restrict(inside, spec);
        limits(inside, spec.process());
        if (user != null) {
            inside.add(Step.of(Op.ENTER, Namespace.USER.cloneFlag()));
            // Once more: a mount namespace belongs to the user namespace that it is made in, and what was mounted
            // outside cannot be taken away inside.
            inside.add(Step.of(Op.UNSHARE, Namespace.MOUNT.cloneFlag()));
        }
        process(inside, spec.process());
        return new LaunchPlan(LaunchPlan.Kind.RUN, prepare, connect(spec), inside);
    }

    /** A mount that only the child can make goes to the host before anybody is told that the process runs. */
    private static List<Step> connect(LaunchSpec spec) {
        if (spec.user() == null) {
            return spec.network().connect();
        }
        List<Step> connect = new ArrayList<>(spec.network().connect());
        boolean waits = !connect.isEmpty() && connect.getLast().op() == Op.AWAIT_GO;
        connect.add(
                waits ? connect.size() - 1 : connect.size(),
                Step.of(Op.ATTACH_TREE, spec.rootfs().toString()));
        return connect;
    }

    /** The child is born into those of its namespaces that belong to the user namespace, but enters that last. */
    private static void userNamespace(List<Step> prepare, LaunchSpec.UserNamespace user, Collection<Namespace> cloned) {
        long held = 0;
        for (Namespace namespace : List.of(Namespace.NETWORK, Namespace.UTS, Namespace.IPC)) {
            held |= cloned.remove(namespace) ? namespace.cloneFlag() : 0;
        }
        LaunchSpec.Peer peer = user.peer();
        prepare.add(
                peer == null
                        ? Step.of(Op.USER_NAMESPACE, user.ids().map(), held)
                        : Step.of(
                                Op.USER_PATH, "/proc/" + peer.pid() + "/ns/user", peer.pid(), peer.startTime(), held));
    }

    /** Where ids are mapped only those that are mapped can own a new file, and the host's root is not. */
    private static void owner(List<Step> inside, IdRange ids) {
        inside.add(Step.of(Op.EFFECTIVE_IDS, ids.outside(0), ids.outside(0)));
    }

    public LaunchPlan join(ExecSpec spec) {
        List<Step> prepare = new ArrayList<>();
        monitor(prepare, spec.directory(), spec.stdio());
        prepare.add(Step.of(Op.JOIN_PID, spec.pid(), spec.startTime()));
        prepare.add(clone(List.of(), spec.unified(), spec.cgroups()));

        List<Step> inside = new ArrayList<>();
        // The cgroup files are the host's, so they are written before the mount namespace is left behind.
        joinCgroups(inside, spec.unified(), spec.cgroups());
        if (spec.process().oomScoreAdj() != 0) {
            inside.add(Step.of(
                    Op.WRITE,
                    "/proc/self/oom_score_adj",
                    Integer.toString(spec.process().oomScoreAdj())));
        }
        long namespaces = 0;
        for (Namespace namespace : spec.namespaces()) {
            namespaces |= namespace == Namespace.PID ? 0 : namespace.cloneFlag();
        }
        IdRange ids = spec.ids();
        if (ids != null) {
            namespaces |= Namespace.USER.cloneFlag();
            owner(inside, ids);
            // Inside nobody may raise them.
            limits(inside, spec.process());
        }
        inside.add(Step.of(Op.ENTER, namespaces));
        if (spec.stdio().terminal()) {
            inside.add(Step.of(Op.CONSOLE, ""));
        }
        if (ids == null) {
            limits(inside, spec.process());
        }
        process(inside, spec.process());
        return new LaunchPlan(LaunchPlan.Kind.JOIN, prepare, List.of(), inside);
    }

    private static void log(List<Step> prepare, LaunchSpec.LogFile log) {
        if (log.format() == LogFormat.LOCAL) {
            // A directory of its own, as Docker's.
            prepare.add(Step.of(Op.MKDIR, log.path().resolveSibling("").toString(), 0700));
        }
        prepare.add(Step.of(
                Op.LOG,
                log.path().toString(),
                log.format().number(),
                log.maxSize(),
                log.maxFiles(),
                log.compressed() ? 1 : 0,
                log.attributes()));
    }

    private static void monitor(List<Step> prepare, Path directory, LaunchSpec.Stdio stdio) {
        prepare.add(Step.of(
                Op.MONITOR,
                directory.toString(),
                stdio.terminal() ? Op.STDIO_PTY : Op.STDIO_PIPES,
                stdio.openStdin() ? 1 : 0,
                stdio.stdinOnce() ? 1 : 0,
                stdio.taps(),
                stdio.rows(),
                stdio.columns()));
    }

    /** The cgroup namespace is left out: it is made later, by UNSHARE, once the process is in its cgroups. */
    private static Step clone(Collection<Namespace> namespaces, boolean unified, List<Path> cgroups) {
        long flags = 0;
        for (Namespace namespace : namespaces) {
            flags |= namespace == Namespace.CGROUP ? 0 : namespace.cloneFlag();
        }
        return Step.of(
                Op.CLONE,
                flags,
                unified && !cgroups.isEmpty() ? cgroups.getFirst().toString() : "");
    }

    private static void enter(List<Step> steps, LaunchSpec spec, Namespace namespace) {
        LaunchSpec.Peer peer = spec.joined().get(namespace);
        if (peer != null) {
            String path = "/proc/" + peer.pid() + "/ns/" + namespace.file();
            steps.add(Step.of(Op.ENTER_PATH, path, namespace.cloneFlag(), peer.pid(), peer.startTime()));
        }
    }

    private static void joinCgroups(List<Step> inside, boolean unified, List<Path> cgroups) {
        if (!unified) {
            for (Path directory : cgroups) {
                inside.add(Step.of(Op.CGROUP_JOIN, directory.resolve("tasks").toString()));
            }
        }
    }

    /**
     * Makes what binds with ids of their own need, in the slots behind all others; each mapping once. First of all, for the shim has one
     * process at a time in a new user namespace.
     */
    private static Map<IdMapping, Integer> mappings(List<Step> prepare, LaunchSpec spec) {
        List<LaunchSpec.Slotted> slotted = slotted(spec);
        LaunchSpec.UserNamespace user = spec.user();
        IdRange ids = user == null ? null : user.ids();
        Map<IdMapping, Integer> slots = new HashMap<>();
        for (LaunchSpec.Slotted mount : slotted) {
            IdMapping mapping = mount instanceof LaunchSpec.Bind bind ? bind.ids() : null;
            int slot = NULL_SLOT + 2 + slotted.size() + slots.size();
            if (mapping != null && slots.putIfAbsent(mapping, slot) == null) {
                prepare.add(Step.of(Op.MAPPING, slot, mapping.users(ids), mapping.groups(ids)));
            }
        }
        return slots;
    }

    /** Of a bind that is open in its slot. @param own the container's user namespace has ids of its own */
    private static void idmap(
            List<Step> inside, int slot, LaunchSpec.Bind bind, Map<IdMapping, Integer> mappings, boolean own) {
        long recursive = bind.recursive() ? 1 : 0;
        IdMapping mapping = bind.ids();
        if (mapping != null) {
            inside.add(Step.of(Op.IDMAP, slot, recursive, mappings.getOrDefault(mapping, 0)));
            // What its owner on the host has made set-user-ID would be so for the container's user.
            inside.add(Step.of(Op.TREE_ATTRIBUTES, slot, NO_SUID, 0, recursive));
        } else if (own) {
            inside.add(Step.of(Op.IDMAP, slot, recursive, 0));
        }
    }

    /**
     * Sources are opened on the host, and attached in a mount namespace that has nothing else. Whether a copy goes on
     * taking part in what is mounted on the host is settled where it is attached.
     */
    private static void root(List<Step> inside, LaunchSpec spec, Map<IdMapping, Integer> mappings) {
        List<LaunchSpec.Slotted> slotted = slotted(spec);
        LaunchSpec.UserNamespace user = spec.user();
        int slot = NULL_SLOT + 1 + slotted.size();
        String root = spec.rootfs().toString();
        inside.add(Step.of(Op.OPEN_TREE, NULL_SLOT, "/dev/null", 0));
        for (int i = 0; i < slotted.size(); i++) {
            if (slotted.get(i) instanceof LaunchSpec.Bind bind) {
                open(inside, NULL_SLOT + 1 + i, bind.source(), bind.below(), bind.recursive());
                idmap(inside, NULL_SLOT + 1 + i, bind, mappings, user != null);
            }
        }
        // What is still to be mounted before it can be opened is mounted where nobody else sees it.
        if (user != null || slotted.stream().anyMatch(LaunchSpec.ImageMount.class::isInstance)) {
            inside.add(Step.of(Op.UNSHARE, Namespace.MOUNT.cloneFlag()));
            inside.add(Step.of(Op.PROPAGATION, "/", REC | PRIVATE));
        }
        if (user != null) {
            // An overlay cannot be mapped, but its layers can: the whole store, where it is, for the child alone.
            String base = user.root().base().toString();
            inside.add(Step.of(Op.OPEN_TREE, slot, base, 0));
            inside.add(Step.of(Op.IDMAP, slot, 0, 0));
            inside.add(Step.of(Op.MOUNT_TREE, slot, base, 0, 0, 0, PRIVATE));
        }
        for (int i = 0; i < slotted.size(); i++) {
            if (slotted.get(i) instanceof LaunchSpec.ImageMount image) {
                open(inside, NULL_SLOT + 1 + i, image);
            }
        }
        if (user != null) {
            inside.add(
                    Step.of(Op.MOUNT, "overlay", "overlay", root, 0, user.root().options()));
            inside.add(Step.of(Op.OPEN_TREE, slot, root, 0));
            inside.add(Step.of(Op.OFFER_TREE, slot));
        }
        inside.add(Step.of(Op.OPEN_TREE, slot, root, 0));
        inside.add(Step.of(Op.EMPTY_MOUNTS));
        inside.add(Step.of(Op.ROOT, slot));
    }

    private static List<LaunchSpec.Slotted> slotted(LaunchSpec spec) {
        List<LaunchSpec.Slotted> slotted = new ArrayList<>();
        for (LaunchSpec.Mount mount : spec.filesystem().mounts()) {
            if (mount instanceof LaunchSpec.Slotted one) {
                slotted.add(one);
            }
        }
        return slotted;
    }

    /** One directory alone makes no overlay, so an empty one goes with it. */
    private static void open(List<Step> inside, int slot, LaunchSpec.ImageMount image) {
        String lower = Stream.concat(image.layers().stream(), Stream.of(image.empty()))
                .map(Path::toString)
                .collect(Collectors.joining(":"));
        inside.add(Step.of(Op.MOUNT, "overlay", "overlay", image.scratch().toString(), READ_ONLY, "lowerdir=" + lower));
        open(inside, slot, image.scratch(), image.below(), false);
    }

    private static void open(List<Step> inside, int slot, Path source, String below, boolean recursive) {
        inside.add(
                below.isEmpty()
                        ? Step.of(Op.OPEN_TREE, slot, source.toString(), recursive ? 1 : 0)
                        : Step.of(Op.OPEN_BELOW, slot, source.toString(), below, recursive ? 1 : 0));
    }

    private static void standardMounts(List<Step> inside, LaunchSpec spec) {
        long shm = spec.filesystem().shmBytes();
        long system = NO_SUID | NO_DEV | NO_EXEC | (spec.filesystem().writableSystem() ? 0 : READ_ONLY);
        mount(inside, "proc", "proc", "/proc", NO_SUID | NO_DEV | NO_EXEC, "");
        mount(inside, "tmpfs", "tmpfs", "/dev", NO_SUID | STRICT_ATIME, "mode=755,size=65536k");
        mount(
                inside,
                "devpts",
                "devpts",
                "/dev/pts",
                NO_SUID | NO_EXEC,
                "newinstance,ptmxmode=0666,mode=0620,gid=" + outside(spec, TTY_GROUP));
        mount(inside, "sysfs", "sysfs", "/sys", system, "");
        mount(inside, "mqueue", "mqueue", "/dev/mqueue", NO_SUID | NO_DEV | NO_EXEC, "");
        if (shm > 0) {
            mount(inside, "tmpfs", "shm", "/dev/shm", NO_SUID | NO_DEV | NO_EXEC, "mode=1777,size=" + shm);
        }
    }

    private static void mount(
            List<Step> inside, String type, String source, String target, long attributes, String options) {
        inside.add(Step.of(Op.MKDIR, target, 0755));
        inside.add(Step.of(Op.MOUNT, type, source, target, attributes, options));
    }

    private static void devices(List<Step> inside, LaunchSpec spec) {
        LaunchSpec.Filesystem filesystem = spec.filesystem();
        Set<String> taken = new HashSet<>();
        for (LaunchSpec.Device device : filesystem.hostDevices()) {
            if (taken.add(device.path())) {
                node(inside, spec, device);
            }
        }
        for (LaunchSpec.Device device : STANDARD_DEVICES) {
            if (!taken.contains(device.path())) {
                node(inside, spec, device);
            }
        }
        inside.add(Step.of(Op.SYMLINK, "/proc/self/fd", "/dev/fd"));
        inside.add(Step.of(Op.SYMLINK, "/proc/self/fd/0", "/dev/stdin"));
        inside.add(Step.of(Op.SYMLINK, "/proc/self/fd/1", "/dev/stdout"));
        inside.add(Step.of(Op.SYMLINK, "/proc/self/fd/2", "/dev/stderr"));
        if (filesystem.kernelCore()) {
            inside.add(Step.of(Op.SYMLINK, "/proc/kcore", "/dev/core"));
        }
        inside.add(Step.of(Op.SYMLINK, "pts/ptmx", "/dev/ptmx"));
    }

    private static void node(List<Step> inside, LaunchSpec spec, LaunchSpec.Device device) {
        inside.add(Step.of(
                Op.MKNOD,
                device.path(),
                device.mode(),
                device.major(),
                device.minor(),
                outside(spec, device.uid()),
                outside(spec, device.gid())));
    }

    /** An id as the host knows it, for what is made before the user namespace is entered; one that has no meaning inside stays. */
    private static long outside(LaunchSpec spec, long id) {
        LaunchSpec.UserNamespace user = spec.user();
        return user != null && user.ids().has(id) ? user.ids().outside(id) : id;
    }

    /** Those of a tmpfs name ids as they are inside. */
    private static String outside(LaunchSpec spec, String options) {
        if (spec.user() == null) {
            return options;
        }
        return Stream.of(options.split(",", -1))
                .map(option -> OWNER.matcher(option).matches()
                        ? option.substring(0, 4) + outside(spec, Long.parseLong(option.substring(4)))
                        : option)
                .collect(Collectors.joining(","));
    }

    private static void cgroupMounts(List<Step> inside, LaunchSpec spec) {
        boolean writable = spec.filesystem().writableCgroups();
        long attributes = NO_SUID | NO_DEV | NO_EXEC | (writable ? 0 : READ_ONLY);
        if (spec.cgroup().unified()) {
            inside.add(Step.of(Op.MOUNT, "cgroup2", "cgroup", "/sys/fs/cgroup", attributes, "nsdelegate"));
            return;
        }
        if (spec.cgroup().mounts().isEmpty()) {
            return;
        }
        // Writable until the mount points below it exist.
        inside.add(Step.of(Op.MOUNT, "tmpfs", "tmpfs", "/sys/fs/cgroup", NO_SUID | NO_DEV | NO_EXEC, "mode=755"));
        for (LaunchSpec.CgroupMount mount : spec.cgroup().mounts()) {
            mount(inside, "cgroup", "cgroup", "/sys/fs/cgroup/" + mount.name(), attributes, mount.options());
            for (String link : mount.links()) {
                inside.add(Step.of(Op.SYMLINK, mount.name(), "/sys/fs/cgroup/" + link));
            }
        }
        if (!writable) {
            inside.add(Step.of(Op.REMOUNT, "/sys/fs/cgroup", READ_ONLY, 0, 0));
        }
    }

    private static void requestedMounts(List<Step> inside, LaunchSpec spec) {
        int slot = NULL_SLOT + 1;
        for (LaunchSpec.Mount mount : spec.filesystem().mounts()) {
            switch (mount) {
                case LaunchSpec.Bind bind -> bind(inside, slot++, bind);
                case LaunchSpec.ImageMount image -> {
                    inside.add(Step.of(Op.TARGET, slot, image.target()));
                    inside.add(Step.of(Op.MOUNT_TREE, slot++, image.target(), READ_ONLY, 0, 0, PRIVATE));
                }
                case LaunchSpec.Tmpfs tmpfs ->
                    mount(inside, "tmpfs", "tmpfs", tmpfs.target(), tmpfs.attributes(), outside(spec, tmpfs.options()));
            }
        }
    }

    private static void bind(List<Step> inside, int slot, LaunchSpec.Bind bind) {
        if (!bind.below().isEmpty()) {
            inside.add(Step.of(Op.TARGET, slot, bind.target()));
        } else {
            inside.add(bind.file() ? Step.of(Op.MKFILE, bind.target(), 0644) : Step.of(Op.MKDIR, bind.target(), 0755));
        }
        boolean wholePropagation = bind.recursive() && (bind.propagation() & REC) != 0;
        boolean wholeReadOnly = bind.recursive() && bind.access() == LaunchSpec.Access.READ_ONLY;
        long set = bind.access() == LaunchSpec.Access.WRITE ? 0 : READ_ONLY;
        // One call has one notion of what is meant; on the tree that nobody can see yet, two are as good as one.
        if (set != 0 && wholeReadOnly != wholePropagation) {
            inside.add(Step.of(Op.TREE_ATTRIBUTES, slot, set, 0, wholeReadOnly ? 1 : 0));
            set = 0;
        }
        inside.add(Step.of(
                Op.MOUNT_TREE, slot, bind.target(), set, 0, wholePropagation ? 1 : 0, bind.propagation() & ~REC));
    }

    private static void restrict(List<Step> inside, LaunchSpec spec) {
        for (String path : spec.filesystem().readOnly()) {
            inside.add(Step.of(Op.READ_ONLY_PATH, path));
        }
        for (String path : spec.filesystem().masked()) {
            inside.add(Step.of(Op.MASK_PATH, path));
        }
        inside.add(Step.of(Op.UMASK, 0022));
        // Made while the root is still writable, as Docker does for a working directory that the image lacks.
        inside.add(Step.of(Op.MKDIR, spec.process().workingDirectory(), 0755));
        // Last of the mounts: before it, mount points had to be made.
        if (spec.filesystem().readOnlyRoot()) {
            inside.add(Step.of(Op.REMOUNT, "/", READ_ONLY, 0, 0));
        }
    }

    private static void limits(List<Step> inside, ProcessSpec process) {
        new TreeMap<>(process.limits())
                .forEach((resource, limit) -> inside.add(Step.of(Op.RLIMIT, resource, limit.soft(), limit.hard())));
    }

    private static void process(List<Step> inside, ProcessSpec process) {
        // As root and before the filter: the directory may be closed to the user that comes next.
        inside.add(Step.of(Op.CHDIR, process.workingDirectory()));
        // A filter needs CAP_SYS_ADMIN or no_new_privs (seccomp(2)): with the latter it comes last, so that it
        // has to allow as little as possible; without, it must come before the capabilities go.
        if (process.noNewPrivileges()) {
            inside.add(credentials(process));
            inside.add(Step.of(Op.NO_NEW_PRIVS));
        }
        if (process.seccomp() != null) {
            inside.add(Step.of(Op.SECCOMP, 0, process.seccomp()));
        }
        if (!process.noNewPrivileges()) {
            inside.add(credentials(process));
        }
        inside.add(Step.of(Op.EXEC, process.candidates(), process.arguments(), process.environment()));
    }

    /** Inheritable and ambient stay empty (CVE-2022-24769); an ordinary user gets no permitted capability, as with execve(2). */
    private static Step credentials(ProcessSpec process) {
        ProcessSpec.User user = process.user();
        ByteBuffer groups = ByteBuffer.allocate(4 * user.groups().size()).order(ByteOrder.LITTLE_ENDIAN);
        for (long group : user.groups()) {
            groups.putInt((int) group);
        }
        long bounding = Capability.mask(process.capabilities());
        long own = user.uid() == 0 ? bounding : 0;
        return Step.of(Op.CREDENTIALS, user.uid(), user.gid(), groups.array(), bounding, own, own, 0, 0);
    }
}
