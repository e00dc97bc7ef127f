package cairn.linux;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which processes have which sockets, from /proc. It reads processes' descriptors, so it is for errors and explanations. */
public final class SocketOwners {
    private static final String SOCKET = "socket:[";

    private SocketOwners() {}

    /**
     * The process that has the port bound.
     *
     * @param protocol {@code tcp} or {@code udp}
     * @return null if there is none, or it is not to be found: sockets of other network namespaces are not
     */
    public static @Nullable ProcessInfo of(String protocol, int port) {
        Set<Long> sockets = new HashSet<>();
        for (SocketTable.Entry entry : SocketTable.own(protocol)) {
            if (entry.port() == port && (protocol.equals("udp") || entry.waiting())) {
                sockets.add(entry.inode());
            }
        }
        if (sockets.isEmpty()) {
            return null;
        }
        for (int pid : everybody()) {
            if (descriptors(pid).stream().anyMatch(sockets::contains)) {
                return Processes.info(pid);
            }
        }
        return null;
    }

    /** All processes of this machine. */
    public static List<Integer> everybody() {
        List<String> entries = FileCalls.names("/proc");
        return (entries == null ? List.<String>of() : entries)
                .stream()
                        .filter(entry -> Character.isDigit(entry.charAt(0)))
                        .map(Integer::valueOf)
                        .toList();
    }

    /** For each of these sockets the first of these processes that has it, where one has. @param sockets by inode */
    public static Map<Long, ProcessInfo> among(List<Integer> pids, Set<Long> sockets) {
        Map<Long, ProcessInfo> owners = new HashMap<>();
        for (int pid : pids) {
            if (owners.size() == sockets.size()) {
                return owners;
            }
            for (long inode : descriptors(pid)) {
                ProcessInfo process =
                        sockets.contains(inode) && !owners.containsKey(inode) ? Processes.info(pid) : null;
                if (process != null) {
                    owners.put(inode, process);
                }
            }
        }
        return owners;
    }

    private static Set<Long> descriptors(int pid) {
        Set<Long> sockets = new HashSet<>();
        String directory = "/proc/" + pid + "/fd";
        try {
            List<String> names = FileCalls.names(directory);
            for (String name : names == null ? List.<String>of() : names) {
                String target = target(directory + "/" + name);
                if (target.startsWith(SOCKET) && target.endsWith("]")) {
                    sockets.add(Long.parseLong(target.substring(SOCKET.length(), target.length() - 1)));
                }
            }
        } catch (LinuxException gone) {
            // The process ended meanwhile.
        }
        return sockets;
    }

    private static String target(String link) {
        try (Scratch scratch = Scratch.borrow()) {
            return FileCalls.readlink(scratch, FileCalls.AT_FDCWD, scratch.text(link), link);
        } catch (LinuxException gone) {
            return ""; // It was closed meanwhile.
        }
    }
}
