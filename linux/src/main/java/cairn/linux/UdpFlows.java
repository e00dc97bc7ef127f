package cairn.linux;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * UDP flows that the kernel's connection tracking remembers (linux/netfilter/nfnetlink_conntrack.h). Packets of one that is known are led where
 * its first one was, whatever the rules say by now, for as long as they keep coming; what is forgotten here begins anew with its next packet.
 * As far as the kernel picks them (CTA_FILTER, from 5.8 on), little is read where there are many.
 */
public final class UdpFlows {
    private static final int SUBSYSTEM = 1 << 8;
    private static final int NEW = SUBSYSTEM;
    private static final int GET = SUBSYSTEM | 1;
    private static final int DELETE = SUBSYSTEM | 2;
    private static final int NFGENMSG = 4;

    private static final int TUPLE_ORIG = 1;
    private static final int TUPLE_REPLY = 2;
    private static final int ID = 12;
    private static final int ZONE = 18;
    private static final int FILTER = 25;

    private static final int TUPLE_IP = 1;
    private static final int TUPLE_PROTO = 2;
    private static final int V4_SRC = 1;
    private static final int V4_DST = 2;
    private static final int V6_SRC = 3;
    private static final int V6_DST = 4;
    private static final int PROTO_NUM = 1;
    private static final int PROTO_DST_PORT = 3;

    /** Which parts of a tuple count; the kernel's nf_internals.h. */
    private static final int BY_SRC = 1;

    private static final int BY_PROTO_NUM = 1 << 3;
    private static final int BY_DST_PORT = 1 << 5;

    private static final int UDP = 17;

    /** Ports that are asked for one by one: for each the kernel looks through its whole table. */
    private static final int FEW = 8;

    private UdpFlows() {}

    /** Forgets those that lead to an address and those that began there. The result is their number. */
    public static int forget(InetAddress address) {
        int family = RouteMessage.family(address);
        try (Netlink netlink = Netlink.open(TableWatch.NETLINK_NETFILTER)) {
            int forgotten = 0;
            for (int direction : new int[] {TUPLE_REPLY, TUPLE_ORIG}) {
                for (Flow flow : flows(netlink, family, direction, address, null)) {
                    InetAddress source = direction == TUPLE_ORIG ? flow.source() : flow.answering();
                    if (source.equals(address)) {
                        forgotten += delete(netlink, family, flow);
                    }
                }
            }
            return forgotten;
        }
    }

    /** Forgets those that were sent to one of these ports at one of the addresses. The result is their number. */
    public static int forget(boolean v6, Set<Integer> ports, Predicate<InetAddress> destinations) {
        int family = v6 ? RouteMessage.AF_INET6 : RouteMessage.AF_INET;
        try (Netlink netlink = Netlink.open(TableWatch.NETLINK_NETFILTER)) {
            List<Flow> found = new ArrayList<>();
            if (ports.size() > FEW) {
                found.addAll(flows(netlink, family, TUPLE_ORIG, null, null));
            } else {
                ports.forEach(port -> found.addAll(flows(netlink, family, TUPLE_ORIG, null, port)));
            }
            int forgotten = 0;
            for (Flow flow : found) {
                if (ports.contains(flow.port()) && destinations.test(flow.destination())) {
                    forgotten += delete(netlink, family, flow);
                }
            }
            return forgotten;
        }
    }

    /**
     * @param tuple the first packet's addresses and ports as the kernel has them; @param id tells it from a later flow with the same ones
     * @param answering where answers come from, which is not the destination if that was translated
     */
    private record Flow(
            ByteBuffer tuple,
            ByteBuffer id,
            @Nullable ByteBuffer zone,
            InetAddress source,
            InetAddress destination,
            int port,
            InetAddress answering) {}

    private static List<Flow> flows(
            Netlink netlink, int family, int direction, @Nullable InetAddress source, @Nullable Integer port) {
        RouteMessage request = new RouteMessage(GET, RouteMessage.NLM_F_DUMP).netfilter(family);
        int tuple = request.begin(direction | RouteMessage.NESTED);
        int flags = BY_PROTO_NUM;
        // Kernels, up to 6.18 at least, compare IPv6 addresses the wrong way round: they leave out just the wanted
        // ones.
        if (source != null && family == RouteMessage.AF_INET) {
            flags |= BY_SRC;
            int addresses = request.begin(TUPLE_IP | RouteMessage.NESTED);
            request.put(V4_SRC, source).end(addresses);
        }
        int ports = request.begin(TUPLE_PROTO | RouteMessage.NESTED);
        request.put(PROTO_NUM, new byte[] {UDP});
        if (port != null) {
            flags |= BY_DST_PORT;
            request.put(PROTO_DST_PORT, new byte[] {(byte) (port >> 8), (byte) (int) port});
        }
        request.end(ports).end(tuple);
        int filter = request.begin(FILTER | RouteMessage.NESTED);
        // Its attributes have the numbers of the tuples.
        request.put(direction, flags).end(filter);
        return netlink.dump(request.bytes(), GET, NEW, UdpFlows::flow);
    }

    /** Null for what is none. */
    private static @Nullable Flow flow(ByteBuffer message) {
        ByteBuffer attributes = slice(message, message.position() + NFGENMSG, message.limit());
        ByteBuffer tuple = part(attributes, TUPLE_ORIG);
        ByteBuffer id = part(attributes, ID);
        ByteBuffer addresses = tuple == null ? null : part(tuple, TUPLE_IP);
        ByteBuffer ports = tuple == null ? null : part(tuple, TUPLE_PROTO);
        ByteBuffer protocol = ports == null ? null : part(ports, PROTO_NUM);
        ByteBuffer port = ports == null ? null : part(ports, PROTO_DST_PORT);
        ByteBuffer reply = part(attributes, TUPLE_REPLY);
        ByteBuffer answers = reply == null ? null : part(reply, TUPLE_IP);
        if (tuple == null
                || id == null
                || addresses == null
                || answers == null
                || protocol == null
                || protocol.get(0) != UDP
                || port == null) {
            return null;
        }
        return new Flow(
                tuple,
                id,
                part(attributes, ZONE),
                address(addresses, V4_SRC, V6_SRC),
                address(addresses, V4_DST, V6_DST),
                port.order(ByteOrder.BIG_ENDIAN).getShort(0) & 0xffff,
                address(answers, V4_SRC, V6_SRC));
    }

    private static InetAddress address(ByteBuffer addresses, int v4, int v6) {
        ByteBuffer found = part(addresses, v4);
        found = found == null ? part(addresses, v6) : found;
        try {
            return InetAddress.getByAddress(found == null ? new byte[4] : bytes(found));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int delete(Netlink netlink, int family, Flow flow) {
        RouteMessage request = new RouteMessage(DELETE, RouteMessage.NLM_F_ACK)
                .netfilter(family)
                .put(TUPLE_ORIG | RouteMessage.NESTED, bytes(flow.tuple()))
                .put(ID, bytes(flow.id()));
        if (flow.zone() != null) {
            request.put(ZONE, bytes(flow.zone()));
        }
        try {
            netlink.send(request.bytes());
            return 1;
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                return 0; // Its time was over.
            }
            throw e;
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.limit()];
        buffer.get(0, bytes);
        return bytes;
    }

    /** An attribute's value; null if it is not there. */
    private static @Nullable ByteBuffer part(ByteBuffer attributes, int wanted) {
        int at = TableWatch.find(attributes, wanted);
        return at < 0 ? null : slice(attributes, at, at - 4 + (attributes.getShort(at - 4) & 0xffff));
    }

    private static ByteBuffer slice(ByteBuffer buffer, int start, int end) {
        return buffer.slice(start, end - start).order(ByteOrder.nativeOrder());
    }
}
