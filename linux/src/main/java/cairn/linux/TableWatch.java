package cairn.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * Notices what others take out of nftables tables of family {@code ip} or {@code ip6}: the kernel's messages on the group NFNLGRP_NFTABLES of
 * NETLINK_NETFILTER (linux/netfilter/nf_tables.h). Its reads block, so they belong on a platform thread of their own.
 */
public final class TableWatch implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    static final int NETLINK_NETFILTER = 12;
    private static final int SOCK_RAW_CLOEXEC = 3 | 02000000;
    private static final int ADDRESS = 12; // struct sockaddr_nl
    private static final int NFNLGRP_NFTABLES = 7;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int ROOM = 8 << 20;

    static final int SUBSYSTEM = 10;
    static final int HEADERS = 16 + 4;
    private static final int FAMILY_IP = 2;
    private static final int FAMILY_IP6 = 10;
    /** In all messages about a table or what is in it. */
    private static final int TABLE_NAME = 1;

    private static final int DELTABLE = 2;
    private static final int DELCHAIN = 5;
    private static final int DELRULE = 8;
    private static final int DELSET = 11;
    private static final int DELSETELEM = 14;
    private static final int NEWGEN = 15;
    private static final int GEN_PROC_PID = 2;
    private static final int GEN_PROC_NAME = 3;

    private final int fd;
    private final Predicate<String> ours;
    private volatile boolean stopped;
    private boolean touched;

    private TableWatch(int fd, Predicate<String> ours) {
        this.fd = fd;
        this.ours = ours;
    }

    /** @param ours whether a table's name is one that matters; asked while messages are being read */
    public static TableWatch open(Predicate<String> ours) {
        try (Scratch scratch = Scratch.borrow()) {
            int fd = (int) Syscall.check(
                    Syscall.call(scratch, Syscall.SOCKET, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_NETFILTER),
                    "socket",
                    "netfilter netlink");
            // The reports of a large transaction of our own come before anybody reads them.
            Scratch.Area room = scratch.area(Integer.BYTES);
            room.putInt(0, ROOM);
            Syscall.call(scratch, Syscall.SETSOCKOPT, fd, SOL_SOCKET, SO_RCVBUFFORCE, room.address(), room.size());
            // Without an address of its own the kernel would take this socket for the sender, and leave it out.
            Scratch.Area address = scratch.area(ADDRESS);
            address.putShort(0, AF_NETLINK);
            address.putShort(2, 0);
            address.putInt(4, 0);
            address.putInt(8, 1 << NFNLGRP_NFTABLES - 1);
            long bound = Syscall.call(scratch, Syscall.BIND, fd, address.address(), ADDRESS);
            if (bound < 0) {
                Syscall.close(fd);
                Syscall.check(bound, "bind", "netfilter netlink");
            }
            return new TableWatch(fd, ours);
        }
    }

    /** Waits until another process has deleted such a table or something in one. False once it is stopped. */
    public boolean awaitDamage() {
        while (!stopped) {
            Report report = receive(0);
            if ((report == Report.DAMAGE || report == Report.LOST) && !stopped) {
                return true;
            }
        }
        return false;
    }

    /** Forgets all that was reported so far. */
    public void skip() {
        while (receive(MSG_DONTWAIT) != Report.NONE) {
            // It is not looked at.
        }
        touched = false;
    }

    /**
     * Whether there has been such damage since the last {@link #skip}; does not wait. Messages that were lost are taken for those of this
     * process, whose own transactions were not read meanwhile.
     */
    public boolean damagedMeanwhile() {
        boolean damaged = false;
        Report report;
        do {
            report = receive(MSG_DONTWAIT);
            damaged |= report == Report.DAMAGE;
        } while (report != Report.NONE);
        return damaged;
    }

    private enum Report {
        /** There is no message. */
        NONE,
        HARMLESS,
        DAMAGE,
        /** Messages were lost: who knows which. */
        LOST
    }

    private Report receive(int flags) {
        byte[] datagram;
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area buffer = scratch.area(Scratch.MAX_AREA);
            long received = Syscall.call(scratch, Syscall.RECVFROM, fd, buffer.address(), buffer.size(), flags, 0);
            if (received == -Errno.EINTR) {
                return Report.HARMLESS;
            }
            if (received == -Errno.ENOBUFS) {
                return Report.LOST;
            }
            if (received == -Errno.EAGAIN) {
                return Report.NONE;
            }
            Syscall.check(received, "receive", "netfilter netlink");
            datagram = buffer.bytes(0, (int) received);
        }
        return damaged(datagram) ? Report.DAMAGE : Report.HARMLESS;
    }

    /** A transaction's messages end with that of its generation, which names the thread whose it was. */
    private boolean damaged(byte[] datagram) {
        ByteBuffer all = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
        for (int start = 0; datagram.length - start >= HEADERS; ) {
            int length = all.getInt(start);
            if (length < HEADERS || length > datagram.length - start) {
                return false;
            }
            int type = all.getShort(start + 4);
            ByteBuffer attributes = all.slice(start + HEADERS, length - HEADERS).order(ByteOrder.nativeOrder());
            if (type >> 8 == SUBSYSTEM && deletes(type & 0xff) && isIp(all.get(start + 16))) {
                touched |= ofTable(attributes);
            } else if (type >> 8 == SUBSYSTEM && (type & 0xff) == NEWGEN && touched) {
                touched = false;
                if (!ownThread(attributes)) {
                    return true;
                }
            }
            start += (length + 3) & ~3;
        }
        return false;
    }

    private static boolean deletes(int message) {
        return message == DELTABLE
                || message == DELCHAIN
                || message == DELRULE
                || message == DELSET
                || message == DELSETELEM;
    }

    private static boolean isIp(byte family) {
        return family == FAMILY_IP || family == FAMILY_IP6;
    }

    private boolean ofTable(ByteBuffer attributes) {
        int at = find(attributes, TABLE_NAME);
        if (at < 0) {
            return false;
        }
        return ours.test(text(attributes, at));
    }

    /** Up to the NUL behind it. */
    private static String text(ByteBuffer attributes, int at) {
        int end = at;
        while (end < attributes.limit() && attributes.get(end) != 0) {
            end++;
        }
        byte[] text = new byte[end - at];
        attributes.get(at, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static boolean ownThread(ByteBuffer attributes) {
        int name = find(attributes, GEN_PROC_NAME);
        if (name >= 0 && text(attributes, name).equals(Nftables.THREAD)) {
            return true; // It may have ended.
        }
        int at = find(attributes, GEN_PROC_PID);
        if (at < 0 || attributes.limit() - at < 4) {
            return false;
        }
        int thread = attributes.duplicate().order(ByteOrder.BIG_ENDIAN).getInt(at);
        return Files.exists(Path.of("/proc/self/task/" + thread));
    }

    /** Where an attribute's value begins; -1 if it is not there. */
    static int find(ByteBuffer attributes, int wanted) {
        for (int start = 0; attributes.limit() - start >= 4; ) {
            int length = attributes.getShort(start) & 0xffff;
            int type = attributes.getShort(start + 2) & 0x3fff;
            if (length < 4 || length > attributes.limit() - start) {
                return -1;
            }
            if (type == wanted) {
                return start + 4;
            }
            start += (length + 3) & ~3;
        }
        return -1;
    }

    /** The next change makes {@link #awaitDamage} return false; until then its thread sleeps. */
    public void stop() {
        stopped = true;
    }

    @Override
    public void close() {
        Syscall.close(fd);
    }
}
