package cairn.linux;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the kernel's NETLINK_ROUTE messages into records. A buffer is positioned at what follows the netlink header. */
final class RouteReply {
    private static final int MAIN_TABLE = 254;
    private static final int UNICAST = 1;
    private static final int NESTED_FLAGS = 0xc000;
    private static final int ERROR_TEXT = 1;

    private RouteReply() {}

    /** Attributes by type; of several with the same type the last. */
    private static Map<Integer, ByteBuffer> attributes(ByteBuffer buffer) {
        Map<Integer, ByteBuffer> found = new HashMap<>();
        while (buffer.remaining() >= 4) {
            int start = buffer.position();
            int length = buffer.getShort() & 0xffff;
            int type = buffer.getShort() & 0xffff & ~NESTED_FLAGS;
            if (length < 4 || length > buffer.limit() - start) {
                return found;
            }
            found.put(type, buffer.slice(start + 4, length - 4).order(ByteOrder.nativeOrder()));
            buffer.position(Math.min(buffer.limit(), start + ((length + 3) & ~3)));
        }
        return found;
    }

    static Netlink.Link link(ByteBuffer message) {
        int start = message.position();
        int index = message.getInt(start + 4);
        int flags = message.getInt(start + 8);
        Map<Integer, ByteBuffer> attributes = attributes(message.position(start + 16));
        ByteBuffer info = attributes.get(RouteMessage.IFLA_LINKINFO);
        byte[] mac = bytes(attributes.get(RouteMessage.IFLA_ADDRESS));
        return new Netlink.Link(
                index,
                text(attributes.get(RouteMessage.IFLA_IFNAME)),
                number(attributes.get(RouteMessage.IFLA_MTU)),
                mac.length == 6 ? MacAddress.of(mac) : null,
                info == null ? "" : text(attributes(info).get(RouteMessage.IFLA_INFO_KIND)),
                number(attributes.get(RouteMessage.IFLA_MASTER)),
                number(attributes.get(RouteMessage.IFLA_GROUP)),
                flags);
    }

    static Netlink.@Nullable Address address(ByteBuffer message) {
        int start = message.position();
        int prefix = message.get(start + 1) & 0xff;
        int index = message.getInt(start + 4);
        Map<Integer, ByteBuffer> attributes = attributes(message.position(start + 8));
        // On a link with two ends the plain address is that of the other end.
        InetAddress local = inet(attributes.get(RouteMessage.IFA_LOCAL));
        InetAddress address = local == null ? inet(attributes.get(RouteMessage.IFA_ADDRESS)) : local;
        if (address == null) {
            return null;
        }
        return new Netlink.Address(index, address, prefix, inet(attributes.get(RouteMessage.IFA_BROADCAST)));
    }

    static Netlink.@Nullable Route route(ByteBuffer message) {
        int start = message.position();
        int prefix = message.get(start + 1) & 0xff;
        int shortTable = message.get(start + 4) & 0xff;
        int type = message.get(start + 7);
        Map<Integer, ByteBuffer> attributes = attributes(message.position(start + 12));
        ByteBuffer longTable = attributes.get(RouteMessage.RTA_TABLE);
        if (type != UNICAST || (longTable == null ? shortTable : number(longTable)) != MAIN_TABLE) {
            return null;
        }
        return new Netlink.Route(
                inet(attributes.get(RouteMessage.RTA_DST)),
                prefix,
                inet(attributes.get(RouteMessage.RTA_GATEWAY)),
                number(attributes.get(RouteMessage.RTA_OIF)),
                number(attributes.get(RouteMessage.RTA_PRIORITY)));
    }

    /** The kernel's own words in the attributes of an error message (NETLINK_EXT_ACK), or an empty text. */
    static String errorText(ByteBuffer attributes) {
        return text(attributes(attributes).get(ERROR_TEXT));
    }

    private static byte[] bytes(@Nullable ByteBuffer value) {
        byte[] bytes = new byte[value == null ? 0 : value.remaining()];
        if (value != null) {
            value.get(bytes);
        }
        return bytes;
    }

    private static String text(@Nullable ByteBuffer value) {
        String text = new String(bytes(value), StandardCharsets.UTF_8);
        int end = text.indexOf(0);
        return end < 0 ? text : text.substring(0, end);
    }

    private static int number(@Nullable ByteBuffer value) {
        return value == null || value.remaining() < 4 ? 0 : value.getInt(0);
    }

    private static @Nullable InetAddress inet(@Nullable ByteBuffer value) {
        try {
            return value == null ? null : InetAddress.getByAddress(bytes(value));
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
