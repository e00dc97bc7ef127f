package cairn.linux;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A netlink socket in the network namespace of the thread that opened it, of NETLINK_ROUTE for all but {@link Nftables} and {@link UdpFlows}. Calls from several
 * threads take turns.
 */
public final class Netlink implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 02000000;
    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int MSG_TRUNC = 0x20;
    private static final int SIOCGIFINDEX = 0x8933;
    private static final int IFREQ = 40;
    private static final int IFNAMSIZ = 16;

    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_DUMP_INTR = 0x10;
    private static final int NLM_F_ACK_TLVS = 0x200;

    /** The kernel answers before sendto(2) returns; if no answer is there after this time, none will come. */
    private static final int TIMEOUT_SECONDS = 10;

    private static final int DUMP_ATTEMPTS = 20;

    private final int fd;
    private int sequence;
    private boolean closed;

    private Netlink(int fd) {
        this.fd = fd;
    }

    /**
     * A network interface.
     *
     * @param kind such as {@code bridge} or {@code veth}; empty for a physical one and the loopback
     * @param master index of the bridge that it is a port of, or 0
     * @param group a number by which rules of a firewall may know it, 0 unless somebody gave it another
     * @param flags IFF bits (netdevice(7))
     */
    public record Link(
            int index, String name, int mtu, @Nullable MacAddress mac, String kind, int master, int group, int flags) {
        public boolean isUp() {
            return (flags & RouteMessage.IFF_UP) != 0;
        }
    }

    /** An address of a link. */
    public record Address(
            int index,
            InetAddress address,
            int prefix,
            @Nullable InetAddress broadcast) {}

    /**
     * A route of the main table.
     *
     * @param destination null for a default route
     * @param gateway null for a network that is directly on the link
     * @param index of the link, or 0 for a route with several
     */
    public record Route(
            @Nullable InetAddress destination,
            int prefix,
            @Nullable InetAddress gateway,
            int index,
            int metric) {}

    /** A message of the kernel; the body is positioned behind the header. */
    private record Reply(int type, int flags, int sequence, ByteBuffer body) {}

    public static Netlink open() {
        return open(NETLINK_ROUTE);
    }

    static Netlink open(int protocol) {
        try (Scratch scratch = Scratch.borrow()) {
            int fd = (int) Syscall.check(
                    Syscall.call(scratch, Syscall.SOCKET, AF_NETLINK, SOCK_RAW_CLOEXEC, protocol), "socket", "netlink");
            Scratch.Area value = scratch.area(16);
            value.putInt(0, 1);
            // Only for better texts and shorter answers; an old kernel may refuse.
            option(scratch, fd, SOL_NETLINK, NETLINK_EXT_ACK, value, 4);
            option(scratch, fd, SOL_NETLINK, NETLINK_CAP_ACK, value, 4);
            value.putLong(0, TIMEOUT_SECONDS);
            value.putLong(8, 0);
            option(scratch, fd, SOL_SOCKET, SO_RCVTIMEO, value, 16);
            return new Netlink(fd);
        }
    }

    private static void option(Scratch scratch, int fd, int level, int name, Scratch.Area value, int size) {
        long ignored = Syscall.call(scratch, Syscall.SETSOCKOPT, fd, level, name, value.address(), size);
    }

    /**
     * Sends one or more requests, one after the other, and takes the acknowledgement of each; stops at the first that is refused.
     *
     * @throws LinuxException whose subject has the kernel's explanation, if it gives one
     */
    public synchronized void send(byte[] messages) {
        ByteBuffer all = ByteBuffer.wrap(messages).order(ByteOrder.nativeOrder());
        for (int start = 0; start < messages.length; ) {
            int length = messages.length - start < RouteMessage.HEADER ? 0 : all.getInt(start);
            if (length < RouteMessage.HEADER || length > messages.length - start) {
                throw new IllegalArgumentException("not a netlink message at byte " + start);
            }
            int type = all.getShort(start + 4);
            int sent = transmit(messages, start, length);
            for (Reply reply = null; reply == null; ) {
                reply = acknowledgement(sent, type);
            }
            start += (length + 3) & ~3;
        }
    }

    private @Nullable Reply acknowledgement(int sent, int type) {
        for (Reply reply : receive()) {
            if (reply.sequence() == sent && reply.type() == NLMSG_ERROR) {
                checkError(reply, type, "");
                return reply;
            }
        }
        return null;
    }

    private static void checkError(Reply reply, int requestType, String subject) {
        ByteBuffer body = reply.body();
        int start = body.position();
        int errno = -body.getInt(start);
        if (errno == 0) {
            return;
        }
        // With capped acknowledgements only the request's header comes back, then the attributes.
        boolean explained = (reply.flags() & NLM_F_ACK_TLVS) != 0;
        String text = explained ? RouteReply.errorText(body.position(start + 4 + RouteMessage.HEADER)) : "";
        String about = text.isEmpty() ? subject : subject + "(" + text + ")";
        throw new LinuxException("netlink " + verb(requestType), about, errno);
    }

    private static String verb(int type) {
        return switch (type) {
            case RouteMessage.RTM_NEWLINK -> "newlink";
            case RouteMessage.RTM_DELLINK -> "dellink";
            case RouteMessage.RTM_GETLINK -> "getlink";
            case RouteMessage.RTM_SETLINK -> "setlink";
            case RouteMessage.RTM_NEWADDR -> "newaddr";
            case RouteMessage.RTM_DELADDR -> "deladdr";
            case RouteMessage.RTM_GETADDR -> "getaddr";
            case RouteMessage.RTM_NEWROUTE -> "newroute";
            case RouteMessage.RTM_DELROUTE -> "delroute";
            case RouteMessage.RTM_GETROUTE -> "getroute";
            default -> "request " + type;
        };
    }

    /** Sends one message with a fresh sequence number, which is the result. */
    private int transmit(byte[] messages, int start, int length) {
        if (closed) {
            throw new IllegalStateException("netlink socket is closed");
        }
        sequence++;
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area buffer = scratch.area(length);
            buffer.put(messages, start, length);
            buffer.putInt(8, sequence);
            Syscall.check(Syscall.call(scratch, Syscall.SENDTO, fd, buffer.address(), length, 0, 0), "send", "netlink");
        }
        return sequence;
    }

    /** The messages of one datagram. */
    private List<Reply> receive() {
        byte[] datagram;
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area buffer = scratch.area(Scratch.MAX_AREA);
            long received = Syscall.check(
                    Syscall.call(scratch, Syscall.RECVFROM, fd, buffer.address(), buffer.size(), MSG_TRUNC, 0),
                    "receive",
                    "netlink");
            if (received > buffer.size()) {
                throw new LinuxException("receive", "netlink", Errno.EMSGSIZE);
            }
            datagram = buffer.bytes(0, (int) received);
        }
        return split(datagram);
    }

    private static List<Reply> split(byte[] datagram) {
        ByteBuffer all = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
        List<Reply> replies = new ArrayList<>();
        for (int start = 0; datagram.length - start >= RouteMessage.HEADER; ) {
            int length = all.getInt(start);
            if (length < RouteMessage.HEADER || length > datagram.length - start) {
                throw new LinuxException("receive", "netlink", Errno.EMSGSIZE);
            }
            ByteBuffer body = all.slice(start, length).order(ByteOrder.nativeOrder());
            replies.add(
                    new Reply(body.getShort(4), body.getShort(6), body.getInt(8), body.position(RouteMessage.HEADER)));
            start += (length + 3) & ~3;
        }
        return replies;
    }

    public List<Link> links() {
        byte[] request = new RouteMessage(RouteMessage.RTM_GETLINK, RouteMessage.NLM_F_DUMP)
                .link(0, 0, 0)
                .bytes();
        return dump(request, RouteMessage.RTM_GETLINK, RouteMessage.RTM_NEWLINK, RouteReply::link);
    }

    /** Null if there is no such link. */
    public synchronized @Nullable Link link(String name) {
        byte[] request = new RouteMessage(RouteMessage.RTM_GETLINK, 0)
                .link(0, 0, 0)
                .put(RouteMessage.IFLA_IFNAME, name)
                .bytes();
        Reply reply = answer(request);
        return reply.type() == NLMSG_ERROR ? missing(reply, name) : RouteReply.link(reply.body());
    }

    /** What is said in answer to a single question; positioned behind the header. */
    synchronized ByteBuffer ask(int type, byte[] request) {
        Reply reply = answer(request);
        if (reply.type() == NLMSG_ERROR) {
            checkError(reply, type, "");
        }
        return reply.body();
    }

    private Reply answer(byte[] request) {
        int sent = transmit(request, 0, request.length);
        while (true) {
            for (Reply reply : receive()) {
                if (reply.sequence() == sent) {
                    return reply;
                }
            }
        }
    }

    /** Index of a link, 0 if there is none of this name; unlike {@link #link} it does not wait for changes of links to be finished. */
    public synchronized int index(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= IFNAMSIZ) {
            return 0;
        }
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area request = scratch.area(IFREQ);
            request.put(new byte[IFREQ], 0, IFREQ);
            request.put(bytes, 0, bytes.length);
            long result = Syscall.call(scratch, Syscall.IOCTL, fd, SIOCGIFINDEX, request.address());
            if (result == -Errno.ENODEV) {
                return 0;
            }
            Syscall.check(result, "SIOCGIFINDEX", name);
            return request.getInt(IFNAMSIZ);
        }
    }

    private static @Nullable Link missing(Reply reply, String name) {
        if (reply.body().getInt(RouteMessage.HEADER) != -Errno.ENODEV) {
            checkError(reply, RouteMessage.RTM_GETLINK, name);
        }
        return null;
    }

    /** IPv4 and IPv6 addresses of all links. */
    public List<Address> addresses() {
        byte[] request = new RouteMessage(RouteMessage.RTM_GETADDR, RouteMessage.NLM_F_DUMP)
                .address(0, 0, 0, 0)
                .bytes();
        return dump(request, RouteMessage.RTM_GETADDR, RouteMessage.RTM_NEWADDR, RouteReply::address);
    }

    /** IPv4 and IPv6 routes of the main table. */
    public List<Route> routes() {
        byte[] request = new RouteMessage(RouteMessage.RTM_GETROUTE, RouteMessage.NLM_F_DUMP)
                .route(0, 0, 0)
                .bytes();
        return dump(request, RouteMessage.RTM_GETROUTE, RouteMessage.RTM_NEWROUTE, RouteReply::route);
    }

    /** A change while the kernel lists makes the list inconsistent; it says so, and the list is asked for again. */
    synchronized <T> List<T> dump(
            byte[] request, int requestType, int replyType, Function<ByteBuffer, @Nullable T> parser) {
        for (int i = 0; i < DUMP_ATTEMPTS; i++) {
            // At once in most cases: one change is seldom followed by another.
            LockSupport.parkNanos(i < 3 ? 0 : i * 1_000_000L);
            List<T> found = new ArrayList<>();
            int sent = transmit(request, 0, request.length);
            Outcome outcome = Outcome.MORE;
            boolean interrupted = false;
            while (outcome == Outcome.MORE) {
                for (Reply reply : receive()) {
                    if (reply.sequence() == sent) {
                        interrupted |= (reply.flags() & NLM_F_DUMP_INTR) != 0;
                        outcome = take(reply, requestType, replyType, parser, found);
                    }
                }
            }
            if (!interrupted) {
                return found;
            }
        }
        throw new LinuxException("netlink " + verb(requestType), "(changes all the time)", Errno.EBUSY);
    }

    private enum Outcome {
        MORE,
        DONE
    }

    private static <T> Outcome take(
            Reply reply, int requestType, int replyType, Function<ByteBuffer, @Nullable T> parser, List<T> found) {
        if (reply.type() == NLMSG_ERROR) {
            checkError(reply, requestType, "");
            return Outcome.DONE;
        }
        if (reply.type() == NLMSG_DONE) {
            return Outcome.DONE;
        }
        if (reply.type() == replyType) {
            T parsed = parser.apply(reply.body());
            if (parsed != null) {
                found.add(parsed);
            }
        }
        return Outcome.MORE;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Syscall.close(fd);
        }
    }
}
