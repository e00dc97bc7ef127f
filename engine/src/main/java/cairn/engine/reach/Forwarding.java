package cairn.engine.reach;

import java.nio.file.Path;

/** Whether the kernel forwards packets of a family. */
record Forwarding(boolean ipv4, boolean ipv6) {
    static final Forwarding BOTH = new Forwarding(true, true);

    private static final Path SYSTEM = Path.of("/proc/sys/net");

    static Forwarding read() {
        return new Forwarding(
                Facts.isSet(SYSTEM.resolve("ipv4/ip_forward")),
                Facts.isSet(SYSTEM.resolve("ipv6/conf/all/forwarding")));
    }

    void tell(Hops hops, boolean v6) {
        String family = v6 ? "IPv6" : "IPv4";
        String setting = v6 ? "net.ipv6.conf.all.forwarding" : "net.ipv4.ip_forward";
        if (v6 ? ipv6 : ipv4) {
            hops.passes("kernel", "the kernel forwards " + family, setting + " = 1");
        } else {
            hops.stops(
                    "kernel", "the kernel does not forward " + family, setting + " = 0", "sysctl -w " + setting + "=1");
        }
    }
}
