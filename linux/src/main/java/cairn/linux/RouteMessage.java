package cairn.linux;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One netlink message, most of them of NETLINK_ROUTE, while it is being built or read: numbers, header, and attributes that may nest (netlink(7)). */
final class RouteMessage {
    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_SETLINK = 19;
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_GETADDR = 22;
    static final int RTM_NEWROUTE = 24;
    static final int RTM_DELROUTE = 25;
    static final int RTM_GETROUTE = 26;

    static final int NLM_F_REQUEST = 0x01;
    static final int NLM_F_ACK = 0x04;
    static final int NLM_F_DUMP = 0x300;
    static final int NLM_F_REPLACE = 0x100;
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_CREATE = 0x400;

    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFLA_LINK = 5;
    static final int IFLA_MASTER = 10;
    static final int IFLA_PROTINFO = 12;
    static final int IFLA_LINKINFO = 18;
    static final int IFLA_NET_NS_PID = 19;
    static final int IFLA_GROUP = 27;
    static final int IFLA_BRPORT_ISOLATED = 33;
    static final int NESTED = 0x8000;
    static final int IFLA_INFO_KIND = 1;
    static final int IFLA_INFO_DATA = 2;
    static final int VETH_INFO_PEER = 1;

    static final int IFA_ADDRESS = 1;
    static final int IFA_LOCAL = 2;
    static final int IFA_BROADCAST = 4;

    static final int RTA_DST = 1;
    static final int RTA_OIF = 4;
    static final int RTA_GATEWAY = 5;
    static final int RTA_PRIORITY = 6;
    static final int RTA_TABLE = 15;

    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int AF_BRIDGE = 7;
    static final int IFF_UP = 1;
    static final int IFF_NOARP = 0x80;

    static final int HEADER = 16;

    /** Names of interfaces have 15 bytes, so that the longest request, a veth pair, stays far below. */
    private static final int SIZE = 512;

    private final ByteBuffer buffer = ByteBuffer.allocate(SIZE).order(ByteOrder.nativeOrder());

    RouteMessage(int type, int flags) {
        buffer.putInt(0).putShort((short) type).putShort((short) (flags | NLM_F_REQUEST));
        buffer.putInt(0).putInt(0);
    }

    /** struct ifinfomsg. Those of the flags that are in the mask are changed. */
    RouteMessage link(int index, int flags, int mask) {
        buffer.put((byte) 0).put((byte) 0).putShort((short) 0);
        buffer.putInt(index).putInt(flags).putInt(mask);
        return this;
    }

    /** struct ifinfomsg for what a bridge knows of its port. */
    RouteMessage port(int index) {
        buffer.put((byte) AF_BRIDGE).put((byte) 0).putShort((short) 0);
        buffer.putInt(index).putInt(0).putInt(0);
        return this;
    }

    /** struct ifaddrmsg. */
    RouteMessage address(int family, int prefix, int flags, int index) {
        buffer.put((byte) family).put((byte) prefix).put((byte) flags).put((byte) 0);
        buffer.putInt(index);
        return this;
    }

    /** struct rtmsg of a unicast route in the main table. */
    RouteMessage route(int family, int prefix, int scope) {
        int mainTable = 254;
        int bootProtocol = 3;
        int unicast = 1;
        buffer.put((byte) family).put((byte) prefix).put((byte) 0).put((byte) 0);
        buffer.put((byte) mainTable).put((byte) bootProtocol).put((byte) scope).put((byte) unicast);
        buffer.putInt(0);
        return this;
    }

    /** struct nfgenmsg, of NETLINK_NETFILTER. */
    RouteMessage netfilter(int family) {
        buffer.put((byte) family).put((byte) 0).putShort((short) 0);
        return this;
    }

    RouteMessage put(int type, byte[] value) {
        buffer.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        return align();
    }

    RouteMessage put(int type, int value) {
        buffer.putShort((short) 8).putShort((short) type).putInt(value);
        return this;
    }

    RouteMessage put(int type, InetAddress address) {
        return put(type, address.getAddress());
    }

    /** An interface's name, checked by the kernel's rule. */
    RouteMessage put(int type, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        boolean bad = name.chars().anyMatch(c -> c <= ' ' || c == '/' || c == ':');
        if (bytes.length == 0 || bytes.length > 15 || bad || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("not an interface name: \"" + name + "\"");
        }
        return put(type, Arrays.copyOf(bytes, bytes.length + 1));
    }

    private RouteMessage align() {
        while (buffer.position() % 4 != 0) {
            buffer.put((byte) 0);
        }
        return this;
    }

    /** Starts an attribute that holds others; {@link #end} wants the result. */
    int begin(int type) {
        int start = buffer.position();
        buffer.putShort((short) 0).putShort((short) type);
        return start;
    }

    RouteMessage end(int start) {
        buffer.putShort(start, (short) (buffer.position() - start));
        return this;
    }

    int position() {
        return buffer.position();
    }

    byte[] bytes() {
        buffer.putInt(0, buffer.position());
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    static int family(InetAddress address) {
        return address instanceof Inet4Address ? AF_INET : AF_INET6;
    }
}
