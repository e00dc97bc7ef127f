package cairn.linux;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sockets of one network namespace, as its /proc/PID/net lists them (proc_net_tcp(5)). */
public final class SocketTable {
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final String LISTENING = "0A";
    private static final String UNCONNECTED = "07";

    private SocketTable() {}

    /**
     * A socket that is bound to a port.
     *
     * @param address the unspecified one of its family for all
     * @param waiting whether it takes what anybody sends: TCP that listens, UDP without a peer
     * @param inode by which descriptors of processes name it
     */
    public record Entry(InetAddress address, int port, boolean waiting, long inode) {}

    /**
     * Those of both families.
     *
     * @param pid of a process in the namespace; nothing is found when it is gone
     * @param protocol {@code tcp} or {@code udp}
     */
    public static List<Entry> of(int pid, String protocol) {
        return read("/proc/" + pid + "/net/", protocol);
    }

    /** Those of this very process's namespace. */
    public static List<Entry> own(String protocol) {
        return read("/proc/thread-self/net/", protocol);
    }

    private static List<Entry> read(String directory, String protocol) {
        List<Entry> entries = new ArrayList<>();
        for (String table : List.of(protocol, protocol + "6")) {
            byte[] content = FileCalls.read(directory + table);
            if (content != null) {
                parse(new String(content, StandardCharsets.US_ASCII), entries);
            }
        }
        return entries;
    }

    static void parse(String table, List<Entry> entries) {
        for (String line : table.split("\n", -1)) {
            String[] fields = line.strip().split("\\s+", -1);
            int colon = fields.length <= INODE ? -1 : fields[LOCAL].indexOf(':');
            InetAddress address = colon < 0 ? null : address(fields[LOCAL].substring(0, colon));
            if (address != null) {
                entries.add(new Entry(
                        address,
                        Integer.parseInt(fields[LOCAL].substring(colon + 1), 16),
                        fields[STATE].equals(LISTENING) || fields[STATE].equals(UNCONNECTED),
                        Long.parseLong(fields[INODE])));
            }
        }
    }

    /** Words of four bytes, each as the machine has it in memory. Null for the headline. */
    private static @Nullable InetAddress address(String digits) {
        if (digits.length() != 8 && digits.length() != 32) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(digits.length() / 2).order(ByteOrder.nativeOrder());
        for (int i = 0; i < digits.length(); i += 8) {
            bytes.putInt(Integer.parseUnsignedInt(digits.substring(i, i + 8), 16));
        }
        try {
            return InetAddress.getByAddress(bytes.array());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four or sixteen bytes are always an address", e);
        }
    }
}
