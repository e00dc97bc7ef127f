package cairn.engine.launch;

/** The kinds of namespaces of namespaces(7), with their clone(2) bits. */
public enum Namespace {
    MOUNT("mnt", 0x0002_0000L),
    PID("pid", 0x2000_0000L),
    NETWORK("net", 0x4000_0000L),
    UTS("uts", 0x0400_0000L),
    IPC("ipc", 0x0800_0000L),
    CGROUP("cgroup", 0x0200_0000L),
    USER("user", 0x1000_0000L),
    TIME("time", 0x80L);

    private final String file;
    private final long cloneFlag;

    Namespace(String file, long cloneFlag) {
        this.file = file;
        this.cloneFlag = cloneFlag;
    }

    /** Its name below {@code /proc/PID/ns}. */
    public String file() {
        return file;
    }

    public long cloneFlag() {
        return cloneFlag;
    }
}
