package cairn.wire.http;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A unix socket that is listened on, and its file. */
final class ListeningSocket {
    /** Limit of sun_path in unix(7), with its terminating zero. */
    private static final int MAX_PATH = 108;

    private static final int BACKLOG = 512;
    private static final int FORMAT_MASK = 0xf000;
    private static final int FORMAT_SOCKET = 0xc000;

    private final Path path;
    private final ServerSocketChannel channel;
    private final @Nullable Object fileKey;

    private ListeningSocket(Path path, ServerSocketChannel channel, @Nullable Object fileKey) {
        this.path = path;
        this.channel = channel;
        this.fileKey = fileKey;
    }

    /**
     * Binds in a directory that only we can enter, sets group and mode there, and renames the socket into place: nobody can
     * connect before it has its final mode, and a stale socket is replaced without a gap.
     */
    static ListeningSocket bind(Path path, @Nullable String group) throws IOException {
        Path target = path.toAbsolutePath().normalize();
        Path directory = target.getParent();
        if (directory == null) {
            throw new SocketException(target + " cannot be a socket");
        }
        Files.createDirectories(directory);
        refuseLive(target);
        Path nursery = Files.createTempDirectory(
                directory, ".", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path born = nursery.resolve("s");
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            refuseLong(target, born);
            channel.bind(UnixDomainSocketAddress.of(born), BACKLOG);
            restrict(born, group);
            Object key = fileKey(born);
            Files.move(born, target, ATOMIC_MOVE);
            return new ListeningSocket(target, channel, key);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        } finally {
            Files.deleteIfExists(born);
            Files.delete(nursery);
        }
    }

    private static void refuseLong(Path target, Path born) throws SocketException {
        int length = Math.max(target.toString().length(), born.toString().length());
        if (length >= MAX_PATH) {
            throw new SocketException("socket path " + target + " is too long by " + (length - MAX_PATH + 1)
                    + " bytes (unix socket paths have at most 107)");
        }
    }

    private static void refuseLive(Path target) throws IOException {
        if (!Files.exists(target, NOFOLLOW_LINKS)) {
            return;
        }
        int mode = (int) Files.getAttribute(target, "unix:mode", NOFOLLOW_LINKS);
        if ((mode & FORMAT_MASK) != FORMAT_SOCKET) {
            throw new SocketInUseException(target, "exists and is not a socket");
        }
        if (answers(target)) {
            throw new SocketInUseException(target, "is in use: another daemon answers there");
        }
    }

    private static boolean answers(Path target) throws IOException {
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(target)).close();
            return true;
        } catch (SocketException e) {
            if (String.valueOf(e.getMessage()).contains("refused")) {
                return false; // stale: the file is there, and nobody listens
            }
            throw e;
        }
    }

    private static void restrict(Path socket, @Nullable String group) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(socket, PosixFileAttributeView.class, NOFOLLOW_LINKS);
        if (group != null) {
            try {
                GroupPrincipal owner =
                        socket.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
                view.setGroup(owner);
            } catch (UserPrincipalNotFoundException e) {
                // no such group here: root alone uses the socket
            }
        }
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
    }

    private static @Nullable Object fileKey(Path file) throws IOException {
        return Files.getAttribute(file, "fileKey", NOFOLLOW_LINKS);
    }

    Path path() {
        return path;
    }

    SocketChannel accept() throws IOException {
        return channel.accept();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Stops listening, and removes the file unless another daemon has put its own there. */
    void close() throws IOException {
        channel.close();
        if (Files.exists(path, NOFOLLOW_LINKS) && Objects.equals(fileKey(path), fileKey)) {
            Files.deleteIfExists(path);
        }
    }
}
