package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class SocketTableTest {
    /** As a machine with little-endian words writes it. */
    private static final String TABLE = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1
               1: 020011AC:1F90 030011AC:D431 01 00000000:00000000 00:00000000 00000000     0        0 4712 1
               2: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 00000000:00000000 \
            00:00000000 00000000     0        0 4713 1
               3: 0000000000000000FFFF00000100007F:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 \
            00:00000000 00000000     0        0 4714 1
            """;

    @Test
    void addressesPortsAndStatesAreRead() {
        Assumptions.assumeTrue(
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "the tables are those of a little-endian machine");
        List<SocketTable.Entry> entries = new ArrayList<>();
        SocketTable.parse(TABLE, entries);
        assertThat(entries)
                .containsExactly(
                        new SocketTable.Entry(InetAddress.ofLiteral("127.0.0.1"), 80, true, 4711),
                        new SocketTable.Entry(InetAddress.ofLiteral("172.17.0.2"), 8080, false, 4712),
                        new SocketTable.Entry(InetAddress.ofLiteral("::1"), 53, true, 4713),
                        // IPv4 on a socket of the other family.
                        new SocketTable.Entry(InetAddress.ofLiteral("127.0.0.1"), 80, true, 4714));
    }

    @Test
    void ownSocketsAreFoundAndTheirOwnersAmongThoseWhoAreAsked() throws IOException {
        int ourselves = (int) ProcessHandle.current().pid();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort())) {
            SocketTable.Entry entry = SocketTable.of(ourselves, "tcp").stream()
                    .filter(one -> one.port() == server.getLocalPort() && one.waiting())
                    .findFirst()
                    .orElseThrow();
            assertThat(client.isConnected()).isTrue();
            assertThat(entry.address().isLoopbackAddress()).isTrue();
            assertThat(SocketOwners.among(List.of(1, ourselves), java.util.Set.of(entry.inode()))
                            .get(entry.inode())
                            .pid())
                    .isEqualTo(ourselves);
            assertThat(SocketOwners.among(List.of(1), java.util.Set.of(entry.inode())))
                    .isEmpty();
        }
    }
}
