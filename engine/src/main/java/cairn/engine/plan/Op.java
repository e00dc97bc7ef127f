package cairn.engine.plan;

import java.util.List;

/** What the shim can do. Made from {@code shim/plan.table} by {@code shim/generate}; not edited by hand. */
public enum Op {
    MONITOR(1, "p", Kind.TEXT, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER),
    LOG(2, "p", Kind.TEXT, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER, Kind.TEXT),
    CLONE(3, "p", Kind.NUMBER, Kind.TEXT),
    JOIN_PID(4, "p", Kind.NUMBER, Kind.NUMBER),
    USER_NAMESPACE(5, "p", Kind.TEXT, Kind.NUMBER),
    USER_PATH(6, "p", Kind.TEXT, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER),
    MAPPING(7, "p", Kind.NUMBER, Kind.TEXT, Kind.TEXT),
    NETLINK(10, "pcn", Kind.NUMBER, Kind.TEXT),
    WRITE(11, "pcn", Kind.TEXT, Kind.TEXT),
    MKDIR(12, "pcn", Kind.TEXT, Kind.NUMBER),
    ATTACH_TREE(13, "c", Kind.TEXT),
    CGROUP_JOIN(20, "n", Kind.TEXT),
    UNSHARE(21, "n", Kind.NUMBER),
    ENTER(22, "n", Kind.NUMBER),
    ENTER_PATH(23, "pn", Kind.TEXT, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER),
    WAIT_CONNECTED(24, "n"),
    AWAIT_GO(25, "c"),
    EMPTY_MOUNTS(26, "n"),
    PROPAGATION(30, "n", Kind.TEXT, Kind.NUMBER),
    OPEN_TREE(31, "n", Kind.NUMBER, Kind.TEXT, Kind.NUMBER),
    ROOT(32, "n", Kind.NUMBER),
    CHROOT(33, "n", Kind.TEXT),
    MOUNT(34, "n", Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.NUMBER, Kind.TEXT),
    MOUNT_TREE(35, "n", Kind.NUMBER, Kind.TEXT, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER),
    REMOUNT(36, "n", Kind.TEXT, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER),
    READ_ONLY_PATH(37, "n", Kind.TEXT),
    MASK_PATH(38, "n", Kind.TEXT),
    MKFILE(39, "n", Kind.TEXT, Kind.NUMBER),
    MKNOD(40, "n", Kind.TEXT, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER),
    SYMLINK(41, "n", Kind.TEXT, Kind.TEXT),
    CONSOLE(42, "n", Kind.TEXT),
    OPEN_BELOW(43, "n", Kind.NUMBER, Kind.TEXT, Kind.TEXT, Kind.NUMBER),
    TREE_ATTRIBUTES(44, "n", Kind.NUMBER, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER),
    TARGET(45, "n", Kind.NUMBER, Kind.TEXT),
    IDMAP(46, "n", Kind.NUMBER, Kind.NUMBER, Kind.NUMBER),
    OFFER_TREE(47, "n", Kind.NUMBER),
    HOSTNAME(50, "n", Kind.TEXT),
    DOMAINNAME(51, "n", Kind.TEXT),
    SYSCTL(52, "n", Kind.TEXT, Kind.TEXT),
    RLIMIT(53, "n", Kind.NUMBER, Kind.NUMBER, Kind.NUMBER),
    UMASK(54, "n", Kind.NUMBER),
    CHDIR(55, "n", Kind.TEXT),
    NO_NEW_PRIVS(56, "n"),
    SECCOMP(57, "n", Kind.NUMBER, Kind.TEXT),
    CREDENTIALS(
            58,
            "n",
            Kind.NUMBER,
            Kind.NUMBER,
            Kind.TEXT,
            Kind.NUMBER,
            Kind.NUMBER,
            Kind.NUMBER,
            Kind.NUMBER,
            Kind.NUMBER),
    EXEC(59, "n", Kind.VECTOR, Kind.VECTOR, Kind.VECTOR),
    EFFECTIVE_IDS(60, "n", Kind.NUMBER, Kind.NUMBER);

    public static final int MAGIC = 0x4e525243;
    public static final int VERSION = 1;
    public static final int MAX_PLAN = 4194304;
    public static final int MAX_STEPS = 4096;
    public static final int MAX_SLOTS = 256;
    public static final int MAX_ATTRIBUTES = 8192;
    public static final int KIND_RUN = 1;
    public static final int KIND_JOIN = 2;
    public static final int STDIO_PIPES = 0;
    public static final int STDIO_PTY = 1;
    public static final int STDIO_INHERIT = 2;
    public static final int LOG_JSON_FILE = 0;
    public static final int LOG_LOCAL = 1;
    public static final int REPORT_PID = 1;
    public static final int REPORT_FAILED = 2;
    public static final int REPORT_STARTED = 3;
    public static final int REPORT_EXITED = 4;
    public static final int REPORT_ROTATED = 5;
    public static final int ASK_CONTROL = 1;
    public static final int ASK_ATTACH = 2;
    public static final int ASK_RESIZE = 3;
    public static final int ASK_SIGNAL = 4;
    public static final int ASK_CLOSE_STDIN = 5;
    public static final int ASK_GO = 6;
    public static final int ATTACH_STDIN = 1;
    public static final int ATTACH_STDOUT = 2;
    public static final int ATTACH_STDERR = 4;

    /** How an argument is encoded. */
    public enum Kind {
        NUMBER,
        TEXT,
        VECTOR
    }

    private final int number;
    private final String sections;
    private final List<Kind> arguments;

    Op(int number, String sections, Kind... arguments) {
        this.number = number;
        this.sections = sections;
        this.arguments = List.of(arguments);
    }

    public int number() {
        return number;
    }

    /** Letters of the sections in which this op may stand: p(repare), c(onnect), (i)n(side). */
    public String sections() {
        return sections;
    }

    public List<Kind> arguments() {
        return arguments;
    }
}
