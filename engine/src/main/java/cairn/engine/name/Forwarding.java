package cairn.engine.name;

import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Rcode;

/** Asks other servers, one after the other, and hands on what the first one says that answers. */
final class Forwarding {
    private static final System.Logger LOG = System.getLogger(Forwarding.class.getName());
    private static final int HEADER = 12;

    /** Where the sockets come from: the container's namespace, or the host's. They are closed with the container's others. */
    interface Sockets {
        DatagramChannel datagrams(StandardProtocolFamily family, boolean fromHost) throws IOException;

        SocketChannel stream(StandardProtocolFamily family, boolean fromHost) throws IOException;

        void closed(Channel channel);
    }

    private final Sockets sockets;
    private final RandomGenerator random;
    private final Duration patience;

    /** @param patience with each server */
    Forwarding(Sockets sockets, RandomGenerator random, Duration patience) {
        this.sockets = sockets;
        this.random = random;
        this.patience = patience;
    }

    /** @param leadsOut whether servers may be asked from the host's namespace; null if nobody answers */
    byte @Nullable [] ask(Answers.Query query, Upstream upstream, boolean overTcp, boolean leadsOut) {
        // Written anew: servers get well-formed questions only.
        byte[] question = query.message().toWire();
        for (Upstream.Server server : upstream.servers()) {
            if (server.fromHost() && !leadsOut) {
                continue;
            }
            try {
                byte[] answer = overTcp ? overTcp(question, server) : overUdp(query, question, server);
                int code = answer[3] & 0xf;
                if (code != Rcode.SERVFAIL && code != Rcode.REFUSED) {
                    return answer;
                }
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, "name server {0}: {1}", server.address(), e.getMessage());
            }
        }
        return null;
    }

    private static StandardProtocolFamily family(Upstream.Server server) {
        return server.address() instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    }

    private byte[] overUdp(Answers.Query query, byte[] question, Upstream.Server server) throws IOException {
        DatagramChannel channel = sockets.datagrams(family(server), server.fromHost());
        try {
            channel.connect(new InetSocketAddress(server.address(), server.port()));
            // An own number, so that the container cannot choose the one that an answer must have.
            byte[] sent = numbered(question, random.nextInt(1 << 16));
            channel.write(ByteBuffer.wrap(sent));
            byte[] buffer = new byte[Answers.LARGEST_DATAGRAM + 1];
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            long end = System.nanoTime() + patience.toNanos();
            while (true) {
                long left = Math.max(1, (end - System.nanoTime()) / 1_000_000);
                channel.socket().setSoTimeout((int) left);
                packet.setLength(buffer.length);
                channel.socket().receive(packet);
                byte[] answer = java.util.Arrays.copyOf(buffer, packet.getLength());
                if (answers(answer, sent)) {
                    if (answer.length > query.answered()) {
                        return Answers.truncated(query);
                    }
                    return numbered(answer, query.message().getHeader().getID());
                }
                if (System.nanoTime() > end) {
                    throw new IOException("nothing but answers to other questions");
                }
            }
        } finally {
            close(channel);
        }
    }

    private byte[] overTcp(byte[] question, Upstream.Server server) throws IOException {
        SocketChannel channel = sockets.stream(family(server), server.fromHost());
        try {
            int millis = (int) patience.toMillis();
            channel.socket().connect(new InetSocketAddress(server.address(), server.port()), millis);
            channel.socket().setSoTimeout(millis);
            byte[] sent = numbered(question, random.nextInt(1 << 16));
            Streams.write(channel, sent);
            byte[] answer = Streams.read(channel.socket().getInputStream(), Streams.LARGEST);
            if (answer == null) {
                throw new EOFException("closed the connection");
            }
            if (!answers(answer, sent)) {
                throw new IOException("an answer to another question");
            }
            return numbered(answer, (question[0] & 0xff) << 8 | question[1] & 0xff);
        } finally {
            close(channel);
        }
    }

    private void close(Channel channel) throws IOException {
        sockets.closed(channel);
        channel.close();
    }

    private static byte[] numbered(byte[] message, int number) {
        byte[] numbered = message.clone();
        numbered[0] = (byte) (number >> 8);
        numbered[1] = (byte) number;
        return numbered;
    }

    /** By number and question; servers may repeat the question's name in other letters or leave the question out when they fail. */
    private static boolean answers(byte[] answer, byte[] query) {
        if (answer.length < HEADER || answer[0] != query[0] || answer[1] != query[1] || answer[2] >= 0) {
            return false;
        }
        if (answer[4] == 0 && answer[5] == 0) {
            return true;
        }
        int end = HEADER;
        while (query[end] != 0) {
            end += query[end] + 1;
        }
        end += 5;
        if (end > answer.length) {
            return false;
        }
        for (int i = HEADER; i < end; i++) {
            if (folded(answer[i]) != folded(query[i])) {
                return false;
            }
        }
        return true;
    }

    private static int folded(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + 'a' - 'A' : letter;
    }
}
