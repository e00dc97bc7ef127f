package cairn.linux;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which process has a port of this machine, from /proc (proc_net_tcp(5)). It reads all processes' descriptors, so it is for errors. */
public final class SocketOwners {
    private static final String LISTENING = "0A";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private SocketOwners() {}

    /**
     * The process that has the port bound.
     *
     * @param protocol {@code tcp} or {@code udp}
     * @return null if there is none, or it is not to be found: sockets of other network namespaces are not
     */
    public static @Nullable ProcessInfo of(String protocol, int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of(protocol, protocol + "6")) {
            byte[] content = FileCalls.read("/proc/self/net/" + table);
            if (content != null) {
                new String(content, StandardCharsets.US_ASCII)
                        .lines()
                        .skip(1)
                        .map(line -> inode(line.strip().split("\\s+"), protocol, port))
                        .filter(inode -> !inode.isEmpty())
                        .forEach(sockets::add);
            }
        }
        return sockets.isEmpty() ? null : owner(sockets);
    }

    /** Empty if the line is about another port, or about a connection. */
    private static String inode(String[] fields, String protocol, int port) {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        return fields.length > INODE
                        && fields[LOCAL].endsWith(suffix)
                        && (protocol.equals("udp") || fields[STATE].equals(LISTENING))
                ? "socket:[" + fields[INODE] + "]"
                : "";
    }

    private static @Nullable ProcessInfo owner(Set<String> sockets) {
        List<String> entries = FileCalls.names("/proc");
        for (String entry : entries == null ? List.<String>of() : entries) {
            if (!Character.isDigit(entry.charAt(0))) {
                continue;
            }
            for (String descriptor : descriptors(entry)) {
                if (sockets.contains(target("/proc/" + entry + "/fd/" + descriptor))) {
                    return Processes.info(Integer.parseInt(entry));
                }
            }
        }
        return null;
    }

    private static List<String> descriptors(String pid) {
        try {
            List<String> names = FileCalls.names("/proc/" + pid + "/fd");
            return names == null ? List.of() : names;
        } catch (LinuxException gone) {
            return List.of(); // The process ended meanwhile.
        }
    }

    private static String target(String link) {
        try (Scratch scratch = Scratch.borrow()) {
            return FileCalls.readlink(scratch, FileCalls.AT_FDCWD, scratch.text(link), link);
        } catch (LinuxException gone) {
            return ""; // It was closed meanwhile.
        }
    }
}
