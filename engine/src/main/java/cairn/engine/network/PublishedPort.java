package cairn.engine.network;

import java.net.InetAddress;

/**
 * A port of a container and the host's address and port that lead to it.
 *
 * @param hostPort 0 where none does: the container's own port is open to others, for a family of a network that is routed
 */
public record PublishedPort(ContainerPort port, InetAddress hostAddress, int hostPort) {
    /** Whether others reach it at the container's own address, and no port of the host has to do with it. */
    public boolean routed() {
        return hostPort == 0;
    }

    /** As Docker writes addresses: IPv6 in its short form. */
    public String hostIp() {
        return text(hostAddress);
    }

    static String text(InetAddress address) {
        String text = address.getHostAddress();
        if (text.indexOf(':') < 0) {
            return text;
        }
        // RFC 5952: the longest run of zeros, the first of several, is left out.
        String[] groups = text.split(":", -1);
        int best = -1;
        int bestLength = 1;
        for (int start = 0; start < groups.length; start++) {
            int end = start;
            while (end < groups.length && groups[end].equals("0")) {
                end++;
            }
            if (end - start > bestLength) {
                best = start;
                bestLength = end - start;
            }
        }
        if (best < 0) {
            return text;
        }
        StringBuilder shorter = new StringBuilder();
        for (int i = 0; i < best; i++) {
            shorter.append(i > 0 ? ":" : "").append(groups[i]);
        }
        shorter.append("::");
        for (int i = best + bestLength; i < groups.length; i++) {
            shorter.append(i > best + bestLength ? ":" : "").append(groups[i]);
        }
        return shorter.toString();
    }
}
