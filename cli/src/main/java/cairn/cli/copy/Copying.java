package cairn.cli.copy;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;
import cairn.cli.stream.Console;
import cairn.wire.Sizes;
import cairn.wire.http.Reply;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** One copy between this machine and a container. */
public final class Copying {
    private static final String STAT = "X-Docker-Container-Path-Stat";
    private static final long DIRECTORY = 1L << 31;
    private static final long LINK = 1L << 27;
    private static final int NOT_FOUND = 404;
    private static final int BUFFER = 256 << 10;

    private final Session session;
    private final boolean follow;
    private final boolean asUser;
    private final boolean quiet;

    /** @param follow copy what links lead to @param asUser what goes in belongs to the container's user */
    public Copying(Session session, boolean follow, boolean asUser, boolean quiet) {
        this.session = session;
        this.follow = follow;
        this.asUser = asUser;
        this.quiet = quiet || !Console.shown(Console.ERR);
    }

    /** @param stat of the API's path statistics; nothing where there is no such path */
    private record Found(Tree stat) {
        boolean there() {
            return stat.there();
        }

        boolean is(long bit) {
            return (stat.at("mode").number() & bit) != 0;
        }
    }

    private Found stat(String container, String path) {
        try (Reply reply = session.daemon()
                .open("HEAD", Query.container(container, "/archive").with("path", path), null)) {
            return new Found(stat(reply));
        } catch (DaemonException e) {
            if (e.status() == NOT_FOUND) {
                return new Found(Tree.NOTHING);
            }
            throw e;
        }
    }

    private static Tree stat(Reply reply) {
        String header = reply.header(STAT);
        return header == null ? Tree.NOTHING : Tree.read(Base64.getDecoder().decode(header));
    }

    // ---- out of a container

    /** @param target a path of this machine, or a dash for standard output */
    public void out(String container, String path, String target) throws IOException {
        String source = path;
        String name = Place.of(absolute(path)).base();
        if (follow) {
            Found found = stat(container, path);
            if (found.there() && found.is(LINK)) {
                source = found.stat().at("linkTarget").text();
            }
        }
        Place place =
                Place.of(Path.of(target).isAbsolute() ? target : Path.of("").toAbsolutePath() + "/" + target);
        if (!target.equals("-")) {
            Path parent = Path.of(place.parent());
            if (!Files.exists(Path.of(place.path())) && !Files.isDirectory(parent)) {
                throw new CliException("invalid output path: directory \"" + parent + "\" does not exist");
            }
        }
        try (Reply reply = session.daemon()
                .open("GET", Query.container(container, "/archive").with("path", source), null)) {
            if (target.equals("-")) {
                print(reply.body(), session.out());
                return;
            }
            Path local = Path.of(place.path());
            Placement placement = Placement.of(
                    name, new Found(stat(reply)).is(DIRECTORY), place, Files.exists(local), Files.isDirectory(local));
            Counted counted = new Counted(reply.body());
            LocalFiles.unpack(
                    counted,
                    Path.of(placement.directory()),
                    Place.of(absolute(source)).base(),
                    placement.name());
            told(counted.bytes, target);
        }
    }

    private static String absolute(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }

    private static void print(InputStream in, PrintStream out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            out.write(buffer, 0, n);
        }
        out.flush();
    }

    // ---- into a container

    /** @param source a path of this machine, or a dash for standard input */
    public void in(String source, String container, String path) throws IOException {
        Found target = stat(container, path);
        String wanted = path;
        if (target.there() && target.is(LINK)) {
            wanted = target.stat().at("linkTarget").text();
            target = stat(container, wanted);
        }
        if (source.equals("-")) {
            if (!target.is(DIRECTORY)) {
                throw new CliException("destination \"" + container + ":" + path + "\" must be a directory");
            }
            put(container, wanted, session.in());
            return;
        }
        Path local = source(source);
        Place named = Place.of(source);
        String name = named.dot()
                ? "."
                : String.valueOf(Path.of(source).toAbsolutePath().normalize().getFileName());
        boolean directory = Files.isDirectory(local, LinkOption.NOFOLLOW_LINKS);
        Placement placement =
                Placement.of(name, directory, Place.of(absolute(wanted)), target.there(), target.is(DIRECTORY));
        PipedInputStream archive = new PipedInputStream(BUFFER);
        PipedOutputStream out = new PipedOutputStream(archive);
        List<IOException> failures = new CopyOnWriteArrayList<>();
        Thread writer = Thread.ofPlatform().name("tar").daemon().start(() -> {
            try {
                LocalTar.write(local, placement.name(), out);
            } catch (IOException e) {
                failures.add(e);
                // The daemon sees an archive that breaks off.
                closeQuietly(out);
            }
        });
        Counted counted = new Counted(archive);
        try {
            put(container, placement.directory(), counted);
        } finally {
            closeQuietly(archive);
            writer.interrupt();
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
        told(counted.bytes, container + ":" + path);
    }

    private Path source(String source) throws IOException {
        Path path = Path.of(source);
        try {
            boolean behind = follow || Place.of(source).slash();
            return behind ? path.toRealPath() : path.toRealPath(LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            throw new CliException("lstat " + path.toAbsolutePath() + ": no such file or directory");
        }
    }

    private void put(String container, String directory, InputStream tar) throws IOException {
        Query query =
                Query.container(container, "/archive").with("path", directory).with("noOverwriteDirNonDir", "true");
        if (asUser) {
            query.with("copyUIDGID", "true");
        }
        try (Reply reply = session.daemon().upload("PUT", query, tar)) {
            byte[] _ = reply.bytes();
        }
    }

    private static void closeQuietly(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            // Nobody reads it any more.
        }
    }

    private void told(long bytes, String where) {
        if (!quiet) {
            session.err().println("Successfully copied " + Sizes.decimal(bytes) + " to " + where);
        }
    }

    private static final class Counted extends FilterInputStream {
        private long bytes;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            bytes += next < 0 ? 0 : 1;
            return next;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = super.read(buffer, offset, length);
            bytes += Math.max(0, n);
            return n;
        }
    }
}
