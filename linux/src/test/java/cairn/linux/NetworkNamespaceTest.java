package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkNamespaceTest {
    private static DatagramChannel open() {
        try {
            return DatagramChannel.open(StandardProtocolFamily.INET);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void socketsBelongWhereTheyWereOpenedAndTheThreadComesBack() throws Exception {
        open().close();
        Process other = new ProcessBuilder("unshare", "--net", "sh", "-c", "echo; exec sleep 1000").start();
        try {
            assertThat(other.getInputStream().read()).isEqualTo('\n');
            int pid = (int) other.pid();
            long start = Processes.startTime(pid);
            NetworkNamespace namespace = NetworkNamespace.of(pid, start);
            long home =
                    Processes.namespaces((int) ProcessHandle.current().pid()).get("net");

            assertThat(namespace.call("test", () -> {
                        try (Netlink netlink = Netlink.open()) {
                            return netlink.links().stream()
                                    .map(Netlink.Link::name)
                                    .toList();
                        }
                    }))
                    .isEqualTo(List.of("lo"));
            // Its loopback is down.
            try (DatagramChannel inside = namespace.call("test", NetworkNamespaceTest::open);
                    DatagramChannel here = open()) {
                InetSocketAddress local = new InetSocketAddress("127.0.0.11", 0);
                here.bind(local);
                assertThatThrownBy(() -> inside.connect(here.getLocalAddress())).isInstanceOf(IOException.class);
            }
            assertThatThrownBy(() -> namespace.call("test", () -> {
                        throw new IllegalArgumentException("mine");
                    }))
                    .hasMessage("mine");
            assertThat(Processes.namespaces((int) ProcessHandle.current().pid()).get("net"))
                    .isEqualTo(home);

            namespace.close();
            namespace.close();
            assertThatThrownBy(() -> namespace.call("test", () -> "")).isInstanceOf(LinuxException.class);
            assertThatThrownBy(() -> NetworkNamespace.of(pid, start + 1)).isInstanceOf(LinuxException.class);
        } finally {
            other.destroyForcibly();
        }
    }

    /** As what calls from a virtual thread starts would be, if the thread told of its result in the namespace. */
    @Test
    void noThreadIsLeftInTheNamespace() throws Exception {
        open().close();
        Process other = new ProcessBuilder("unshare", "--net", "sh", "-c", "echo; exec sleep 1000").start();
        try {
            assertThat(other.getInputStream().read()).isEqualTo('\n');
            int pid = (int) other.pid();
            try (NetworkNamespace namespace = NetworkNamespace.of(pid, Processes.startTime(pid))) {
                List<Thread> callers = java.util.stream.IntStream.range(0, 200)
                        .mapToObj(i -> Thread.ofVirtual().start(() -> {
                            try {
                                namespace
                                        .call("test-inside", NetworkNamespaceTest::open)
                                        .close();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        }))
                        .toList();
                for (Thread caller : callers) {
                    caller.join();
                }
                long inside = Processes.namespaces(pid).get("net");
                String self = "/proc/self/task";
                for (String thread : FileCalls.names(self)) {
                    try {
                        assertThat(java.nio.file.Files.readSymbolicLink(java.nio.file.Path.of(self, thread, "ns/net"))
                                        .toString())
                                .as(thread)
                                .isNotEqualTo("net:[" + inside + "]");
                    } catch (java.nio.file.NoSuchFileException e) {
                        // It has ended.
                    }
                }
            }
        } finally {
            other.destroyForcibly();
        }
    }
}
