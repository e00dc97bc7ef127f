package cairn.engine.name;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.linux.Netlink;
import cairn.linux.NetworkNamespace;
import cairn.linux.Nftables;
import cairn.linux.Processes;
import cairn.linux.RouteMessages;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** In a network namespace of its own, as a container's; servers on the host's loopback and on that of the namespace. */
@Timeout(60)
class NameServiceTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private NameService service = fresh();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Process process;
    private int pid;
    private NetworkNamespace namespace;

    @TempDir
    private Path directory;

    private static NameService fresh() {
        return new NameService(new Random(1), Duration.ofMillis(700));
    }

    @BeforeEach
    void start() throws IOException {
        NameSockets.prepare();
        process = new ProcessBuilder("unshare", "--net", "sh", "-c", "echo; exec sleep 1000").start();
        assertThat(process.getInputStream().read()).isEqualTo('\n');
        pid = (int) process.pid();
        namespace = NetworkNamespace.of(pid, Processes.startTime(pid));
        inside(() -> {
            try (Netlink netlink = Netlink.open()) {
                netlink.send(RouteMessages.setLinkUp(1));
            }
            return "";
        });
        fill();
    }

    private void fill() {
        service.table().put(AnswersTest.member("asker", "front", List.of("asker"), "10.0.0.9"));
        service.table().put(AnswersTest.member("web", "front", List.of("web"), "10.0.0.2"));
    }

    /** As if the daemon ended: the thread that waits for connections lets go of its port a moment later. */
    private void stop() throws Exception {
        service.close();
        while (Files.readString(Path.of("/proc/" + pid + "/net/tcp")).contains(" 0A ")) {
            Thread.sleep(1);
        }
    }

    /** Another daemon serves on. */
    private void next() throws Exception {
        stop();
        service = fresh();
        fill();
        serve(false);
    }

    @AfterEach
    void end() throws Exception {
        service.close();
        for (AutoCloseable each : open) {
            each.close();
        }
        namespace.close();
        process.destroyForcibly().waitFor();
    }

    private <T> T inside(NameSockets.Opening<T> work) {
        return namespace.call("test", NameSockets.unchecked(work));
    }

    private Path note() {
        return directory.resolve("asker");
    }

    private void serve(boolean ndotsSet, Upstream.Server... servers) {
        service.serve("asker", pid, Processes.startTime(pid), new Upstream(List.of(servers), ndotsSet), note());
        assertThat(service.serves("asker")).isTrue();
    }

    private static Message query(String name, int type) throws IOException {
        return Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
    }

    private DatagramChannel client() {
        DatagramChannel client = inside(() -> {
            DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
            channel.connect(new InetSocketAddress("127.0.0.11", 53));
            return channel;
        });
        open.add(client);
        return client;
    }

    private static Message ask(DatagramChannel client, Message query) throws IOException {
        client.write(ByteBuffer.wrap(query.toWire()));
        client.socket().setSoTimeout(20_000);
        DatagramPacket packet = new DatagramPacket(new byte[5000], 5000);
        client.socket().receive(packet);
        Message reply = new Message(java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
        assertThat(reply.getHeader().getID()).isEqualTo(query.getHeader().getID());
        return reply;
    }

    private Message ask(String name) throws IOException {
        return ask(client(), query(name, Type.A));
    }

    private SocketChannel connection() {
        SocketChannel channel = inside(() -> {
            SocketChannel opened = SocketChannel.open(StandardProtocolFamily.INET);
            opened.connect(new InetSocketAddress("127.0.0.11", 53));
            return opened;
        });
        open.add(channel);
        return channel;
    }

    private static Message askOver(SocketChannel channel, Message query) throws IOException {
        Streams.write(channel, query.toWire());
        byte[] reply = Streams.read(channel.socket().getInputStream(), Streams.LARGEST);
        return reply == null ? null : new Message(reply);
    }

    /** Whether the other end has closed it, perhaps before it had read everything. */
    private static boolean ended(SocketChannel channel) throws IOException {
        try {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    private static List<String> addresses(Message reply) {
        List<String> found = new ArrayList<>();
        for (Record record : reply.getSectionArray(Section.ANSWER)) {
            found.add(record.rdataToString());
        }
        return found;
    }

    private static Message answer(Message query, int code, String... addresses) {
        Message answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setRcode(code);
        Record question = query.getQuestion();
        answer.addRecord(question, Section.QUESTION);
        for (String address : addresses) {
            try {
                answer.addRecord(
                        new ARecord(question.getName(), DClass.IN, 5, InetAddress.getByName(address)), Section.ANSWER);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return answer;
    }

    /** A server; answers with what the function makes of a query, null for silence. */
    private Upstream.Server server(boolean onHost, Function<Message, Message> answers) throws IOException {
        NameSockets.Opening<DatagramChannel> opening = () -> {
            DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
            channel.bind(new InetSocketAddress(LOOPBACK, 0));
            return channel;
        };
        DatagramChannel channel = onHost ? opening.open() : inside(opening);
        open.add(channel);
        int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
        Thread.ofVirtual().start(() -> {
            ByteBuffer buffer = ByteBuffer.allocate(5000);
            try {
                while (true) {
                    var from = channel.receive(buffer.clear());
                    Message query = new Message(java.util.Arrays.copyOf(buffer.array(), buffer.position()));
                    Message answer = answers.apply(query);
                    if (answer != null) {
                        channel.send(ByteBuffer.wrap(answer.toWire()), from);
                    }
                }
            } catch (IOException e) {
                // Closed.
            }
        });
        return new Upstream.Server(LOOPBACK, port, onHost);
    }

    @Test
    void namesAreAnsweredAtPort53AndTheContainerMayHaveItItself() throws Exception {
        serve(false);
        assertThat(addresses(ask("web."))).containsExactly("10.0.0.2");
        DatagramChannel client = client();
        for (int i = 0; i < 100; i++) {
            assertThat(addresses(ask(client, query("Web.front.", Type.A)))).containsExactly("10.0.0.2");
        }
        SocketChannel connection = connection();
        assertThat(addresses(askOver(connection, query("web.", Type.A)))).containsExactly("10.0.0.2");
        assertThat(addresses(askOver(connection, query("asker.", Type.A)))).containsExactly("10.0.0.9");
        // Its own servers on all its addresses.
        inside(() -> {
            DatagramChannel own =
                    DatagramChannel.open(StandardProtocolFamily.INET).bind(new InetSocketAddress(53));
            open.add(own);
            open.add(new ServerSocket(53));
            return "";
        });
        assertThat(addresses(ask("web."))).containsExactly("10.0.0.2");
        // No connection of the container is followed for this.
        assertThat(rules()).contains("cairn_names").doesNotContain("nat");
    }

    @Test
    void itCanBeServedAgainAndEnds() throws Exception {
        serve(false);
        serve(false);
        assertThat(addresses(ask("web."))).containsExactly("10.0.0.2");
        SocketChannel connection = connection();
        service.end("asker");
        assertThat(service.serves("asker")).isFalse();
        assertThat(ended(connection)).isTrue();
        // Nothing of the daemon's holds the namespace any more.
        process.destroyForcibly().waitFor();
        service.end("asker");
    }

    @Test
    void theNextDaemonKeepsTheRulesThatItFinds() throws Exception {
        serve(false);
        String rules = rules();
        int generation = generation();
        for (int i = 0; i < 3; i++) {
            next();
            assertThat(addresses(ask("web."))).containsExactly("10.0.0.2");
            assertThat(addresses(askOver(connection(), query("web.", Type.A)))).containsExactly("10.0.0.2");
        }
        assertThat(generation()).isEqualTo(generation);
        assertThat(rules()).isEqualTo(rules);
    }

    @Test
    void rulesThatSomebodyHasChangedAreReplaced() throws Exception {
        serve(false);
        for (String change : List.of(
                "flush chain ip cairn_names output",
                "delete table ip cairn_names",
                "insert rule ip cairn_names output drop",
                "delete table ip cairn_names\ntable ip cairn_names { chain output { }; }")) {
            inside(() -> Nftables.run(change));
            next();
            assertThat(addresses(ask("web."))).as(change).containsExactly("10.0.0.2");
        }
        int generation = generation();
        next();
        assertThat(generation()).as("kept from then on").isEqualTo(generation);
    }

    @Test
    void wherePortsAreTakenOrNothingIsNotedDownRulesAreReplaced() throws Exception {
        serve(false);
        for (int i = 0; i < 2; i++) {
            stop();
            int port = Integer.parseInt(Files.readString(note()).split("[ \n]", 4)[i]);
            NameSockets.Opening<AutoCloseable> takes = i == 0
                    ? () -> DatagramChannel.open(StandardProtocolFamily.INET).bind(new InetSocketAddress(port))
                    : () -> new ServerSocket(port);
            try (AutoCloseable _ = inside(takes)) {
                next();
                assertThat(addresses(ask("web."))).containsExactly("10.0.0.2");
                assertThat(addresses(askOver(connection(), query("web.", Type.A))))
                        .containsExactly("10.0.0.2");
            }
        }
        String noted = Files.readString(note());
        for (String text :
                List.of("", "1 2", "rubbish", noted.substring(0, 30), noted.replace("priority raw", "priority 0"))) {
            Files.writeString(note(), text);
            next();
            assertThat(addresses(ask("web."))).as(text).containsExactly("10.0.0.2");
        }
        Files.delete(note());
        next();
        assertThat(addresses(ask("web."))).containsExactly("10.0.0.2");
    }

    private int generation() {
        return inside(Nftables::generation);
    }

    private String rules() {
        return inside(() -> Nftables.run("list ruleset"));
    }

    @Test
    void serversAreAskedInOrderFromTheContainerOrFromTheHost() throws Exception {
        AtomicInteger silent = new AtomicInteger();
        Upstream.Server failing = server(false, query -> answer(query, Rcode.SERVFAIL));
        Upstream.Server gone = new Upstream.Server(LOOPBACK, 1, false);
        Upstream.Server refusing = server(true, query -> answer(query, Rcode.REFUSED));
        Upstream.Server good = server(true, query -> answer(query, Rcode.NOERROR, "192.0.2.1"));
        Upstream.Server inside = server(false, query -> {
            String name = query.getQuestion().getName().toString();
            return name.startsWith("missing")
                    ? answer(query, Rcode.NXDOMAIN)
                    : answer(query, Rcode.NOERROR, "192.0.2.2");
        });
        serve(false, failing, refusing, good);
        assertThat(addresses(ask("example.org."))).containsExactly("192.0.2.1");
        serve(false, gone, inside, good);
        assertThat(addresses(ask("example.org."))).containsExactly("192.0.2.2");
        assertThat(ask("missing.example.org.").getRcode()).isEqualTo(Rcode.NXDOMAIN);
        serve(false, failing, refusing, failing, good);
        assertThat(ask("example.org.").getRcode()).as("three and no more").isEqualTo(Rcode.SERVFAIL);
        serve(false);
        assertThat(ask("example.org.").getRcode()).isEqualTo(Rcode.SERVFAIL);
        Upstream.Server deaf = server(true, query -> {
            silent.incrementAndGet();
            return null;
        });
        serve(false, deaf, good);
        long begin = System.nanoTime();
        assertThat(addresses(ask("example.org."))).containsExactly("192.0.2.1");
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(600), Duration.ofSeconds(5));
        assertThat(silent.get()).isEqualTo(1);
    }

    @Test
    void answersToOtherQuestionsAreNotTaken() throws Exception {
        Upstream.Server lying = server(true, query -> {
            try {
                Message other = answer(query("example.com.", Type.A), Rcode.NOERROR, "192.0.2.66");
                other.getHeader().setID(query.getHeader().getID());
                return other;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Upstream.Server good = server(true, query -> answer(query, Rcode.NOERROR, "192.0.2.1"));
        serve(false, lying, good);
        assertThat(addresses(ask("example.org."))).containsExactly("192.0.2.1");
    }

    @Test
    void fromInternalNetworksNothingLeavesTheHost() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Upstream.Server host = server(true, query -> {
            asked.incrementAndGet();
            return answer(query, Rcode.NOERROR, "192.0.2.1");
        });
        Upstream.Server inside = server(false, query -> answer(query, Rcode.NOERROR, "192.0.2.2"));
        service.table()
                .put(new Place(
                        "askerfront",
                        "asker",
                        "front-id",
                        "front",
                        true,
                        false,
                        List.of("asker"),
                        List.of(),
                        java.util.Map.of()));
        serve(false, host);
        assertThat(ask("example.org.").getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(addresses(ask("web."))).containsExactly("10.0.0.2");
        serve(false, host, inside);
        assertThat(addresses(ask("example.org."))).containsExactly("192.0.2.2");
        assertThat(asked.get()).isZero();
        service.table().put(AnswersTest.member("asker", "other", List.of("asker"), "10.0.3.9"));
        assertThat(addresses(ask("example.org.")))
                .as("a second network that leads out")
                .containsExactly("192.0.2.1");
    }

    @Test
    void whatIsTruncatedIsAskedAgainOverTcp() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 5, LOOPBACK)) {
            int port = listener.getLocalPort();
            Thread.ofVirtual().start(() -> {
                while (true) {
                    try (Socket socket = listener.accept()) {
                        InputStream in = socket.getInputStream();
                        Message query = new Message(Streams.read(in, 4096));
                        String[] many = new String[1000];
                        for (int i = 0; i < many.length; i++) {
                            many[i] = "192.0." + i / 250 + "." + (1 + i % 250);
                        }
                        byte[] answer = answer(query, Rcode.NOERROR, many).toWire(65535);
                        socket.getOutputStream().write(new byte[] {(byte) (answer.length >> 8), (byte) answer.length});
                        socket.getOutputStream().write(answer);
                    } catch (IOException e) {
                        return;
                    }
                }
            });
            DatagramChannel plain = DatagramChannel.open(StandardProtocolFamily.INET);
            plain.bind(new InetSocketAddress(LOOPBACK, port));
            open.add(plain);
            Thread.ofVirtual().start(() -> {
                ByteBuffer buffer = ByteBuffer.allocate(5000);
                try {
                    while (true) {
                        var from = plain.receive(buffer.clear());
                        Message query = new Message(java.util.Arrays.copyOf(buffer.array(), buffer.position()));
                        Message answer = answer(query, Rcode.NOERROR);
                        if (query.getQuestion().getName().toString().startsWith("long")) {
                            // More than the resolver has room for, without saying so.
                            answer = answer(query, Rcode.NOERROR, "192.0.2.1", "192.0.2.2");
                            for (int i = 0; i < 100; i++) {
                                answer.addRecord(answer.getSectionArray(Section.ANSWER)[0], Section.AUTHORITY);
                            }
                            plain.send(ByteBuffer.wrap(answer.toWire(65535)), from);
                            continue;
                        }
                        answer.getHeader().setFlag(Flags.TC);
                        plain.send(ByteBuffer.wrap(answer.toWire()), from);
                    }
                } catch (IOException e) {
                    // Closed.
                }
            });
            serve(false, new Upstream.Server(LOOPBACK, port, true));
            assertThat(ask("example.org.").getHeader().getFlag(Flags.TC)).isTrue();
            assertThat(ask("long.example.org.").getHeader().getFlag(Flags.TC)).isTrue();
            assertThat(addresses(askOver(connection(), query("example.org.", Type.A))))
                    .hasSize(1000);
        }
    }

    @Test
    void aContainerThatFloodsHoldsUpNobodyElse() throws Exception {
        Upstream.Server deaf = server(true, query -> null);
        serve(false, deaf);
        Process second = new ProcessBuilder("unshare", "--net", "sh", "-c", "echo; exec sleep 1000").start();
        open.add(() -> second.destroyForcibly().waitFor());
        assertThat(second.getInputStream().read()).isEqualTo('\n');
        int other = (int) second.pid();
        service.serve(
                "web", other, Processes.startTime(other), new Upstream(List.of(), false), directory.resolve("web"));
        NetworkNamespace others = NetworkNamespace.of(other, Processes.startTime(other));
        open.add(others);

        DatagramChannel flood = client();
        long end = System.nanoTime() + 2_000_000_000L;
        Random random = new Random(3);
        List<Thread> floods = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            byte[] local = query("web.", Type.A).toWire();
            byte[] foreign = query("example.org.", Type.A).toWire();
            byte[] rubbish = new byte[4000];
            random.nextBytes(rubbish);
            rubbish[2] = 0;
            floods.add(Thread.ofPlatform().start(() -> {
                try {
                    while (System.nanoTime() < end) {
                        for (byte[] packet : List.of(local, foreign, rubbish, new byte[0])) {
                            flood.write(ByteBuffer.wrap(packet));
                        }
                    }
                } catch (IOException e) {
                    // Nobody listens.
                }
            }));
        }
        List<SocketChannel> idle = new ArrayList<>();
        for (int i = 0; i < NameServer.CONNECTIONS + 10; i++) {
            idle.add(connection());
        }
        DatagramChannel client = others.call("test", NameSockets.unchecked(() -> {
            DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
            channel.connect(new InetSocketAddress("127.0.0.11", 53));
            return channel;
        }));
        open.add(client);
        List<Long> times = new ArrayList<>();
        while (System.nanoTime() < end) {
            long begin = System.nanoTime();
            assertThat(addresses(ask(client, query("web.", Type.A)))).containsExactly("10.0.0.2");
            times.add((System.nanoTime() - begin) / 1_000_000);
            Thread.sleep(5);
        }
        for (Thread thread : floods) {
            thread.join();
        }
        times.sort(null);
        assertThat(times.get(times.size() * 9 / 10))
                .as("milliseconds: " + times)
                .isLessThan(200);
        // Those that were too many are closed; the first ones are served.
        assertThat(addresses(askOver(idle.getFirst(), query("web.", Type.A)))).containsExactly("10.0.0.2");
        assertThat(ended(idle.getLast())).isTrue();
        service.end("web");
    }

    @Test
    void aConnectionThatSaysNonsenseIsClosed() throws Exception {
        serve(false);
        SocketChannel channel = connection();
        channel.write(ByteBuffer.wrap(new byte[] {(byte) 0xff, (byte) 0xff, 1, 2, 3}));
        assertThat(ended(channel)).isTrue();
        SocketChannel half = connection();
        Streams.write(half, new byte[5]);
        assertThat(ended(half)).isTrue();
        assertThat(addresses(ask("web."))).hasSize(1);
    }

    @Test
    void namesArriveAndGoWhileItServes() throws Exception {
        serve(true);
        DatagramChannel client = client();
        for (int i = 1; i < 20; i++) {
            Message late = query("late.", Type.A);
            for (int j = 0; j < 3; j++) {
                late.getHeader().setID(i * j);
                assertThat(addresses(ask(client, late))).isEmpty();
            }
            service.table().put(AnswersTest.member("late", "front", List.of("late"), "10.0.0." + i));
            for (int j = 0; j < 3; j++) {
                late.getHeader().setID(i + j);
                assertThat(addresses(ask(client, late))).containsExactly("10.0.0." + i);
            }
            service.table().remove("latefront");
        }
        client.socket().setSoTimeout(200);
        try {
            client.socket().receive(new DatagramPacket(new byte[9], 9));
        } catch (SocketTimeoutException e) {
            return;
        }
        throw new AssertionError("an answer too many");
    }
}
