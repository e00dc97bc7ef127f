package cairn.linux;

/**
 * Whom files belong to that a thread makes, setfsuid(2). Behind a mount with mapped ids only such as are mapped can own a file, and the
 * host's root is not among them.
 */
public final class FileOwner {
    private static final int CAPABILITIES_3 = 0x20080522;
    private static final int SETS = 24; // two of effective, permitted, inheritable

    private FileOwner() {}

    /**
     * Makes files on this thread, with all of its capabilities. The work must be that and nothing else: a thread that is started meanwhile
     * would stay with these ids.
     */
    public static void as(long uid, long gid, Runnable work) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("an owner of files is not for virtual threads");
        }
        try {
            become(uid, gid);
            work.run();
        } finally {
            become(0, 0);
        }
    }

    private static void become(long uid, long gid) {
        try (Scratch scratch = Scratch.borrow()) {
            long oldGid = Syscall.call(scratch, Syscall.SETFSGID, gid);
            long oldUid = Syscall.call(scratch, Syscall.SETFSUID, uid);
            // These calls never fail: they tell what was, and what is now is known from asking for the impossible.
            if (Syscall.call(scratch, Syscall.SETFSGID, -1) != gid
                    || Syscall.call(scratch, Syscall.SETFSUID, -1) != uid) {
                long _ = Syscall.call(scratch, Syscall.SETFSGID, oldGid);
                long _ = Syscall.call(scratch, Syscall.SETFSUID, oldUid);
                throw new LinuxException("setfsuid", Long.toString(uid), Errno.EPERM);
            }
            // With root's id go root's capabilities for files.
            Scratch.Area head = scratch.area(8);
            head.putLong(0, CAPABILITIES_3);
            Scratch.Area sets = scratch.area(SETS);
            long got = Syscall.call(scratch, Syscall.CAPGET, head.address(), sets.address());
            Syscall.check(got, "capget", "this thread");
            sets.putInt(0, sets.getInt(4));
            sets.putInt(12, sets.getInt(16));
            long set = Syscall.call(scratch, Syscall.CAPSET, head.address(), sets.address());
            Syscall.check(set, "capset", "this thread");
        }
    }
}
