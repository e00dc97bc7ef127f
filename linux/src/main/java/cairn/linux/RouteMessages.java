package cairn.linux;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Builds NETLINK_ROUTE requests (rtnetlink(7)). Each asks for an acknowledgement and works on whatever network namespace the socket
 * is in over which it is sent: {@link Netlink#send} for this process's, or a launch plan's step. A request that makes something
 * fails with EEXIST if it is there already. Names that no interface can have are refused with IllegalArgumentException.
 */
public final class RouteMessages {
    private static final int CREATE = RouteMessage.NLM_F_ACK | RouteMessage.NLM_F_CREATE | RouteMessage.NLM_F_EXCL;
    private static final int IFA_F_NODAD = 0x02;
    private static final int SCOPE_UNIVERSE = 0;
    private static final int SCOPE_LINK = 253;
    private static final int SCOPE_NOWHERE = 255; // in a deletion: any

    private RouteMessages() {}

    /**
     * A bridge that is up at once. Without a MAC the kernel picks a random one and later takes over that of a port.
     *
     * @param group number that rules of a firewall know it by; 0 for none
     */
    public static byte[] createBridge(String name, @Nullable MacAddress mac, int group) {
        RouteMessage message = new RouteMessage(RouteMessage.RTM_NEWLINK, CREATE)
                .link(0, RouteMessage.IFF_UP, RouteMessage.IFF_UP)
                .put(RouteMessage.IFLA_IFNAME, name)
                .put(RouteMessage.IFLA_GROUP, group);
        if (mac != null) {
            message.put(RouteMessage.IFLA_ADDRESS, mac.bytes());
        }
        int info = message.begin(RouteMessage.IFLA_LINKINFO);
        message.put(RouteMessage.IFLA_INFO_KIND, "bridge".getBytes(StandardCharsets.US_ASCII));
        return message.end(info).bytes();
    }

    public static byte[] setLinkUp(int index) {
        return change(index, RouteMessage.IFF_UP, RouteMessage.IFF_UP).bytes();
    }

    public static byte[] setLinkUp(String name) {
        return change(0, RouteMessage.IFF_UP, RouteMessage.IFF_UP)
                .put(RouteMessage.IFLA_IFNAME, name)
                .bytes();
    }

    public static byte[] setLinkDown(String name) {
        return change(0, 0, RouteMessage.IFF_UP)
                .put(RouteMessage.IFLA_IFNAME, name)
                .bytes();
    }

    /** Makes a link a port of a bridge; master 0 takes it away. */
    public static byte[] setMaster(int index, int masterIndex) {
        return change(index, 0, 0).put(RouteMessage.IFLA_MASTER, masterIndex).bytes();
    }

    /** As {@link #setMaster(int, int)}, for a link by name. */
    public static byte[] setMaster(String name, int masterIndex) {
        return change(0, 0, 0)
                .put(RouteMessage.IFLA_IFNAME, name)
                .put(RouteMessage.IFLA_MASTER, masterIndex)
                .bytes();
    }

    /** A link that neither answers ARP for the host's addresses nor asks. */
    public static byte[] setWithoutArp(int index) {
        return change(index, RouteMessage.IFF_NOARP, RouteMessage.IFF_NOARP).bytes();
    }

    public static byte[] setGroup(int index, int group) {
        return change(index, 0, 0).put(RouteMessage.IFLA_GROUP, group).bytes();
    }

    /** A port of a bridge from which no other port like it can be reached, only the bridge itself. @param veth name given to {@link #vethPair} */
    public static byte[] isolatePort(String veth) {
        RouteMessage message = new RouteMessage(RouteMessage.RTM_SETLINK, RouteMessage.NLM_F_ACK).port(ownIndex(veth));
        int info = message.begin(RouteMessage.IFLA_PROTINFO | RouteMessage.NESTED);
        message.put(RouteMessage.IFLA_BRPORT_ISOLATED, new byte[] {1});
        return message.end(info).bytes();
    }

    public static byte[] setMtu(int index, int mtu) {
        return change(index, 0, 0).put(RouteMessage.IFLA_MTU, mtu).bytes();
    }

    public static byte[] renameLink(int index, String newName) {
        return change(index, 0, 0).put(RouteMessage.IFLA_IFNAME, newName).bytes();
    }

    private static RouteMessage change(int index, int flags, int mask) {
        return new RouteMessage(RouteMessage.RTM_SETLINK, RouteMessage.NLM_F_ACK).link(index, flags, mask);
    }

    public static byte[] deleteLink(String name) {
        return new RouteMessage(RouteMessage.RTM_DELLINK, RouteMessage.NLM_F_ACK)
                .link(0, 0, 0)
                .put(RouteMessage.IFLA_IFNAME, name)
                .bytes();
    }

    public static byte[] deleteLink(int index) {
        return new RouteMessage(RouteMessage.RTM_DELLINK, RouteMessage.NLM_F_ACK)
                .link(index, 0, 0)
                .bytes();
    }

    /** An address without duplicate address detection for IPv6, so that it is usable at once. */
    public static byte[] addAddress(int index, InetAddress address, int prefix, @Nullable InetAddress broadcast) {
        RouteMessage message = address(RouteMessage.RTM_NEWADDR, CREATE, index, address, prefix);
        if (broadcast != null) {
            message.put(RouteMessage.IFA_BROADCAST, broadcast);
        }
        return message.bytes();
    }

    public static byte[] deleteAddress(int index, InetAddress address, int prefix) {
        return address(RouteMessage.RTM_DELADDR, RouteMessage.NLM_F_ACK, index, address, prefix)
                .bytes();
    }

    private static RouteMessage address(int type, int flags, int index, InetAddress address, int prefix) {
        int family = RouteMessage.family(address);
        checkPrefix(address, prefix);
        return new RouteMessage(type, flags)
                .address(family, prefix, family == RouteMessage.AF_INET6 ? IFA_F_NODAD : 0, index)
                .put(RouteMessage.IFA_LOCAL, address)
                .put(RouteMessage.IFA_ADDRESS, address);
    }

    private static void checkPrefix(InetAddress address, int prefix) {
        if (prefix < 0 || prefix > address.getAddress().length * 8) {
            throw new IllegalArgumentException("prefix length " + prefix + " of " + address.getHostAddress());
        }
    }

    /** The gateway must be reachable over the link already. */
    public static byte[] addDefaultRoute(InetAddress gateway, int index) {
        return new RouteMessage(RouteMessage.RTM_NEWROUTE, CREATE)
                .route(RouteMessage.family(gateway), 0, SCOPE_UNIVERSE)
                .put(RouteMessage.RTA_GATEWAY, gateway)
                .put(RouteMessage.RTA_OIF, index)
                .bytes();
    }

    /** Without a gateway everybody is on the link itself. */
    public static byte[] addLinkDefaultRoute(boolean v6, int index) {
        return new RouteMessage(RouteMessage.RTM_NEWROUTE, CREATE)
                .route(v6 ? RouteMessage.AF_INET6 : RouteMessage.AF_INET, 0, v6 ? SCOPE_UNIVERSE : SCOPE_LINK)
                .put(RouteMessage.RTA_OIF, index)
                .bytes();
    }

    /** ESRCH if there is none. */
    public static byte[] deleteDefaultRoute(boolean v6) {
        return new RouteMessage(RouteMessage.RTM_DELROUTE, RouteMessage.NLM_F_ACK)
                .route(v6 ? RouteMessage.AF_INET6 : RouteMessage.AF_INET, 0, SCOPE_NOWHERE)
                .bytes();
    }

    /** A route to a network, over a gateway or, without one, directly on the link. */
    public static byte[] addRoute(InetAddress network, int prefix, @Nullable InetAddress gateway, int index) {
        checkPrefix(network, prefix);
        RouteMessage message = new RouteMessage(RouteMessage.RTM_NEWROUTE, CREATE)
                .route(RouteMessage.family(network), prefix, gateway == null ? SCOPE_LINK : SCOPE_UNIVERSE)
                .put(RouteMessage.RTA_DST, network);
        if (gateway != null) {
            message.put(RouteMessage.RTA_GATEWAY, gateway);
        }
        return message.put(RouteMessage.RTA_OIF, index).bytes();
    }

    /**
     * A veth pair in one request: this end is up and a port of the bridge (of none if 0); the other end is put into the network
     * namespace of a process that is yet to be known, with its name, index and MAC. It is still down, for the kernel refuses to
     * raise it before both ends are there. EEXIST if the name is taken; EBUSY if the peer's index is: in a fresh namespace the
     * loopback is 1, but some kernels put tunnel devices (sit0, tunl0 ...) behind it.
     */
    public static PatchedMessage vethPair(
            String hostName, int masterIndex, String peerName, int peerIndex, MacAddress peerMac, int mtu) {
        RouteMessage message = new RouteMessage(RouteMessage.RTM_NEWLINK, CREATE)
                .link(ownIndex(hostName), RouteMessage.IFF_UP, RouteMessage.IFF_UP)
                .put(RouteMessage.IFLA_IFNAME, hostName)
                .put(RouteMessage.IFLA_MTU, mtu);
        if (masterIndex != 0) {
            message.put(RouteMessage.IFLA_MASTER, masterIndex);
        }
        int info = message.begin(RouteMessage.IFLA_LINKINFO);
        message.put(RouteMessage.IFLA_INFO_KIND, "veth".getBytes(StandardCharsets.US_ASCII));
        int data = message.begin(RouteMessage.IFLA_INFO_DATA);
        int peer = message.begin(RouteMessage.VETH_INFO_PEER);
        message.link(peerIndex, 0, 0)
                .put(RouteMessage.IFLA_IFNAME, peerName)
                .put(RouteMessage.IFLA_MTU, mtu)
                .put(RouteMessage.IFLA_ADDRESS, peerMac.bytes())
                .put(RouteMessage.IFLA_NET_NS_PID, 0);
        int pidOffset = message.position() - Integer.BYTES;
        byte[] bytes = message.end(peer).end(data).end(info).bytes();
        return new PatchedMessage(bytes, pidOffset);
    }

    /** A veth pair with both ends here, still down. EEXIST if one of the names is taken. */
    public static byte[] vethPair(String name, String peerName, int mtu) {
        RouteMessage message = new RouteMessage(RouteMessage.RTM_NEWLINK, CREATE)
                .link(ownIndex(name), 0, 0)
                .put(RouteMessage.IFLA_IFNAME, name)
                .put(RouteMessage.IFLA_MTU, mtu);
        int info = message.begin(RouteMessage.IFLA_LINKINFO);
        message.put(RouteMessage.IFLA_INFO_KIND, "veth".getBytes(StandardCharsets.US_ASCII));
        int data = message.begin(RouteMessage.IFLA_INFO_DATA);
        int peer = message.begin(RouteMessage.VETH_INFO_PEER);
        message.link(0, 0, 0).put(RouteMessage.IFLA_IFNAME, peerName).put(RouteMessage.IFLA_MTU, mtu);
        return message.end(peer).end(data).end(info).bytes();
    }

    /** A link without anything behind it. */
    public static byte[] createDummy(String name) {
        RouteMessage message = new RouteMessage(RouteMessage.RTM_NEWLINK, CREATE)
                .link(0, RouteMessage.IFF_UP, RouteMessage.IFF_UP)
                .put(RouteMessage.IFLA_IFNAME, name);
        int info = message.begin(RouteMessage.IFLA_LINKINFO);
        message.put(RouteMessage.IFLA_INFO_KIND, "dummy".getBytes(StandardCharsets.US_ASCII));
        return message.end(info).bytes();
    }

    /** What of the parent's frames has this tag (802.1Q). */
    public static byte[] createVlan(String name, int parentIndex, int tag, int group) {
        int vlanId = 1;
        RouteMessage message = new RouteMessage(RouteMessage.RTM_NEWLINK, CREATE)
                .link(0, RouteMessage.IFF_UP, RouteMessage.IFF_UP)
                .put(RouteMessage.IFLA_IFNAME, name)
                .put(RouteMessage.IFLA_LINK, parentIndex)
                .put(RouteMessage.IFLA_GROUP, group);
        int info = message.begin(RouteMessage.IFLA_LINKINFO);
        message.put(RouteMessage.IFLA_INFO_KIND, "vlan".getBytes(StandardCharsets.US_ASCII));
        int data = message.begin(RouteMessage.IFLA_INFO_DATA);
        message.put(vlanId, shorts(tag));
        return message.end(data).end(info).bytes();
    }

    /** MACVLAN_MODE_* in linux/if_link.h. */
    public static PatchedMessage macvlan(int parentIndex, int mode, String name, int index, MacAddress mac, int mtu) {
        int macvlanMode = 1;
        return child("macvlan", parentIndex, name, index, mac, mtu, message -> message.put(macvlanMode, mode));
    }

    /** IPVLAN_MODE_* and IPVLAN_F_* in linux/if_link.h. It has its parent's MAC. */
    public static PatchedMessage ipvlan(int parentIndex, int mode, int flags, String name, int index, int mtu) {
        int ipvlanMode = 1;
        int ipvlanFlags = 2;
        return child(
                "ipvlan",
                parentIndex,
                name,
                index,
                null,
                mtu,
                message -> message.put(ipvlanMode, shorts(mode)).put(ipvlanFlags, shorts(flags)));
    }

    /** A link on top of one of this namespace, born in the namespace of a process that is yet to be known. @param mtu 0 for the parent's */
    private static PatchedMessage child(
            String kind,
            int parentIndex,
            String name,
            int index,
            @Nullable MacAddress mac,
            int mtu,
            Consumer<RouteMessage> settings) {
        RouteMessage message = new RouteMessage(RouteMessage.RTM_NEWLINK, CREATE)
                .link(index, 0, 0)
                .put(RouteMessage.IFLA_IFNAME, name)
                .put(RouteMessage.IFLA_LINK, parentIndex);
        if (mac != null) {
            message.put(RouteMessage.IFLA_ADDRESS, mac.bytes());
        }
        if (mtu != 0) {
            message.put(RouteMessage.IFLA_MTU, mtu);
        }
        message.put(RouteMessage.IFLA_NET_NS_PID, 0);
        int pidOffset = message.position() - Integer.BYTES;
        int info = message.begin(RouteMessage.IFLA_LINKINFO);
        message.put(RouteMessage.IFLA_INFO_KIND, kind.getBytes(StandardCharsets.US_ASCII));
        int data = message.begin(RouteMessage.IFLA_INFO_DATA);
        settings.accept(message);
        return new PatchedMessage(message.end(data).end(info).bytes(), pidOffset);
    }

    private static byte[] shorts(int value) {
        return ByteBuffer.allocate(Short.BYTES)
                .order(ByteOrder.nativeOrder())
                .putShort((short) value)
                .array();
    }

    /**
     * The veth driver heeds the index that is asked for the peer only if there is one for this end too. It is made from the name, so
     * that the message stays a function of its arguments, and far above those that the kernel gives out.
     */
    private static int ownIndex(String name) {
        CRC32 hash = new CRC32();
        hash.update(name.getBytes(StandardCharsets.UTF_8));
        return 0x40000000 | (int) (hash.getValue() >>> 2);
    }
}
