package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class SocketOwnersTest {
    private static int owner(String protocol, int port) {
        ProcessInfo process = SocketOwners.of(protocol, port);
        return process == null ? 0 : process.pid();
    }

    @Test
    void whoListensIsFound() throws IOException {
        int ourselves = (int) ProcessHandle.current().pid();
        int free;
        try (ServerSocket four = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                ServerSocket six = new ServerSocket(0, 1, InetAddress.getByName("::1"));
                DatagramSocket datagrams = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            assertThat(owner("tcp", four.getLocalPort())).isEqualTo(ourselves);
            assertThat(owner("tcp", six.getLocalPort())).isEqualTo(ourselves);
            assertThat(owner("udp", datagrams.getLocalPort())).isEqualTo(ourselves);
            free = four.getLocalPort();
        }
        assertThat(owner("tcp", free)).isZero();
    }
}
