package cairn.engine.network;

import cairn.linux.Errno;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The process {@code cairn-ports}, which holds the ports and carries what the firewall's maps do not. It is started when the first
 * port is published, outlives this daemon, and ends by itself when it holds nothing and no daemon is connected. One request runs at a
 * time.
 */
final class PortHolder implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PortHolder.class.getName());
    private static final long START_NANOS = 5_000_000_000L;
    private static final int ATTEMPTS = 5;
    private static final int DROP = 2;
    private static final int LIST = 3;
    private static final int HOLD = 4;
    private static final int ID = 64;
    private static final int REQUEST = 8 + ID;
    private static final int ADDRESS = 16;
    private static final int ENTRY = 8 + 2 * ADDRESS + 8 + PortRequest.MOST_ADDRESSES * ADDRESS;
    private static final int REPLY = 12;

    /** An answer; error is an errno, 0 for success. */
    private record Reply(int error, int index, ByteBuffer payload) {}

    private final Path program;
    private final Path socket;
    /** What to do when the process is gone that held something. */
    private final Runnable lost;

    private @Nullable Connection connection;
    private boolean closed;

    /** @param program its binary; @param socket in a directory of mode 0700 */
    PortHolder(Path program, Path socket, Runnable lost) {
        this.program = program;
        this.socket = socket;
        this.lost = lost;
    }

    /** Whether that is the command line of this engine's process, which an earlier version of the program may have started. */
    boolean is(List<String> command) {
        return command.size() == 2
                && Path.of(command.getFirst()).endsWith(program.getFileName())
                && command.getLast().equals(socket.toString());
    }

    private static final class Connection {
        final SocketChannel channel;
        final BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();

        /** Ended by this side. */
        boolean left;

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        void fill(ByteBuffer buffer) throws IOException {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new EOFException("cairn-ports has ended");
                }
            }
            buffer.flip();
        }
    }

    /**
     * Holds all of a container's ports, or none; what it held before is dropped.
     *
     * @return one for each request and address, with the host's port that it got
     * @param targets where they lead
     * @throws IOException if the process does not run and cannot be started, or is of an earlier version
     */
    synchronized List<PublishedPort> hold(String id, PortTargets targets, List<PortRequest> requests)
            throws PortRefused, IOException {
        ByteBuffer message = request(HOLD, id, requests.size());
        for (PortRequest request : requests) {
            put(message, targets, request);
        }
        Reply reply = ask(message);
        if (reply.error() == Errno.ENOSYS) {
            // It has taken only a part of the message for its own.
            Connection misread = connect();
            misread.left = true;
            forget(misread);
            throw new IOException(
                    "cairn-ports of an earlier version holds ports of containers that run: stop these first");
        }
        if (reply.error() != 0) {
            throw new PortRefused(requests.get(reply.index()), reply.error());
        }
        List<PublishedPort> published = new ArrayList<>();
        for (PortRequest request : requests) {
            int port = reply.payload().getShort() & 0xffff;
            for (InetAddress address : request.addresses()) {
                published.add(new PublishedPort(request.port(), address, port));
            }
        }
        return published;
    }

    /** Of a process that is gone there is nothing to drop. One that holds nothing more is left alone, and ends. */
    synchronized void drop(String id) throws IOException {
        if (reachable()) {
            ask(request(DROP, id, 0));
            leaveIfEmpty(ask(request(LIST, "", 0)));
        }
    }

    private void leaveIfEmpty(Reply list) {
        Connection open = connection;
        if (open != null && !list.payload().hasRemaining()) {
            open.left = true;
            forget(open);
        }
    }

    private boolean reachable() {
        if (connection == null && Files.exists(socket)) {
            try {
                connection = open();
            } catch (IOException killed) {
                // It has left its socket.
            }
        }
        return connection != null;
    }

    /** Who holds something; does not start the process. */
    synchronized Set<String> holders() {
        Set<String> ids = new HashSet<>();
        if (!reachable()) {
            return ids;
        }
        try {
            Reply list = ask(request(LIST, "", 0));
            leaveIfEmpty(list);
            ByteBuffer payload = list.payload();
            byte[] id = new byte[ID];
            while (payload.hasRemaining()) {
                payload.get(id);
                ids.add(new String(id, StandardCharsets.US_ASCII).replace("\0", ""));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.INFO, "cairn-ports of an earlier daemon does not answer: {0}", e.getMessage());
        }
        return ids;
    }

    private static ByteBuffer request(int verb, String id, int count) {
        ByteBuffer message = ByteBuffer.allocate(REQUEST + count * ENTRY).order(ByteOrder.nativeOrder());
        byte[] name = id.getBytes(StandardCharsets.US_ASCII);
        message.putInt(verb).putInt(count).put(name, 0, Math.min(name.length, ID));
        return message.position(REQUEST);
    }

    private static void put(ByteBuffer message, PortTargets targets, PortRequest request) {
        int end = message.position() + ENTRY;
        message.putShort((short) request.port().transport().number());
        message.putShort((short) request.low()).putShort((short) request.high());
        message.putShort((short) request.port().number());
        put(message, targets.address4());
        put(message, targets.address6() == null ? targets.address4() : targets.address6());
        message.put((byte) request.addresses().size()).position(message.position() + 7);
        request.addresses().forEach(address -> put(message, address));
        message.position(end);
    }

    /** IPv4 as {@code ::ffff:a.b.c.d}; null as zeros. */
    private static void put(ByteBuffer message, @Nullable InetAddress address) {
        int end = message.position() + ADDRESS;
        if (address != null) {
            byte[] bytes = address.getAddress();
            if (bytes.length < ADDRESS) {
                message.putShort(end - bytes.length - Short.BYTES, (short) 0xffff);
            }
            message.position(end - bytes.length).put(bytes);
        }
        message.position(end);
    }

    /** Sends and waits. A process that is gone is started again; one that is just ending may still be found once or twice. */
    private Reply ask(ByteBuffer message) throws IOException {
        message.flip();
        for (int attempt = 0; ; attempt++) {
            Connection to = connect();
            try {
                ByteBuffer bytes = message.duplicate();
                while (bytes.hasRemaining()) {
                    int ignored = to.channel.write(bytes);
                }
                return answer(to);
            } catch (IOException e) {
                forget(to);
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static Reply answer(Connection from) throws IOException {
        try {
            Reply reply = from.replies.take();
            if (reply.error() < 0) {
                throw new EOFException("cairn-ports has ended");
            }
            return reply;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while cairn-ports was asked", e);
        }
    }

    private Connection connect() throws IOException {
        Connection made = connection;
        if (made != null) {
            return made;
        }
        if (closed) {
            throw new IOException("the engine is closed");
        }
        try {
            made = open();
        } catch (IOException notThere) {
            start();
            made = open();
        }
        connection = made;
        return made;
    }

    private Connection open() throws IOException {
        Connection opened = new Connection(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        Thread.ofVirtual().name("ports").start(() -> read(opened));
        return opened;
    }

    private void read(Connection from) {
        try {
            while (true) {
                ByteBuffer head = ByteBuffer.allocate(REPLY).order(ByteOrder.nativeOrder());
                from.fill(head);
                int error = head.getInt();
                int index = head.getInt();
                ByteBuffer payload = ByteBuffer.allocate(head.getInt()).order(ByteOrder.nativeOrder());
                from.fill(payload);
                from.replies.add(new Reply(error, index, payload));
            }
        } catch (IOException ended) {
            from.replies.add(new Reply(-1, 0, ByteBuffer.allocate(0)));
        }
        synchronized (this) {
            forget(from);
            if (closed || from.left) {
                return;
            }
        }
        lost.run();
    }

    private void forget(Connection gone) {
        if (connection == gone) {
            connection = null;
        }
        try {
            gone.channel.close();
        } catch (IOException e) {
            // It is gone.
        }
    }

    private void start() throws IOException {
        Files.deleteIfExists(socket);
        Process started = new ProcessBuilder(program.toString(), socket.toString())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long deadline = System.nanoTime() + START_NANOS;
        while (!Files.exists(socket)) {
            if (!started.isAlive() || System.nanoTime() > deadline) {
                throw new IOException(program + " did not start");
            }
            pause();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while cairn-ports started", e);
        }
    }

    /** The process goes on. */
    @Override
    public void close() {
        Connection open;
        synchronized (this) {
            closed = true;
            open = connection;
            connection = null;
        }
        if (open != null) {
            forget(open);
        }
    }
}
