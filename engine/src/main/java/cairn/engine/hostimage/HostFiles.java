package cairn.engine.hostimage;

import cairn.engine.error.Problem;
import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A selection of the host's files. Each keeps the path under which it was asked for: links on the way come along as links, together
 * with what they lead to.
 */
final class HostFiles {
    private static final int MAX_LINKS = 40; // as the kernel, path_resolution(7)
    private static final String CAPABILITIES = "security.capability";

    /** By absolute path without links on the way. Parents come before what is in them. */
    private final Map<String, Member> members = new TreeMap<>();

    private sealed interface Member {
        /** @param time for what has none of its own, so that the archive depends on the files alone */
        TarEntry entry(String name, long time);
    }

    private record Directory(int mode, int uid, int gid) implements Member {
        @Override
        public TarEntry entry(String name, long time) {
            return TarEntry.directory(name, mode, time).withOwner(uid, gid);
        }
    }

    private record Link(String target) implements Member {
        @Override
        public TarEntry entry(String name, long time) {
            return TarEntry.symlink(name, target, time);
        }
    }

    private record Copy(FileStatus status, Map<String, byte[]> attributes) implements Member {
        @Override
        public TarEntry entry(String name, long time) {
            return TarEntry.file(name, status.permissions(), status.size(), status.modifiedSeconds())
                    .withOwner(status.uid(), status.gid())
                    .withXattrs(attributes);
        }
    }

    private record Text(String content) implements Member {
        @Override
        public TarEntry entry(String name, long time) {
            return TarEntry.file(name, 0644, content.length(), time);
        }
    }

    /**
     * Takes a file or directory of the host, without what is in it.
     *
     * @return its path without links
     * @throws cairn.engine.error.EngineException InvalidParameter for what is missing or no file
     */
    Path add(Path path) {
        Deque<String> rest = new ArrayDeque<>();
        path.forEach(name -> rest.add(name.toString()));
        Path at = Path.of("/");
        int links = 0;
        while (!rest.isEmpty()) {
            String name = rest.removeFirst();
            if (name.equals("..")) {
                at = at.getParent() == null ? at : at.getParent();
            } else if (!name.isEmpty() && !name.equals(".")) {
                Path next = at.resolve(name);
                Member member = look(at, name, path);
                members.put(next.toString(), member);
                if (member instanceof Link link) {
                    if (++links > MAX_LINKS) {
                        throw invalid(path + ": too many links");
                    }
                    Path target = Path.of(link.target);
                    push(rest, target);
                    at = target.isAbsolute() ? Path.of("/") : at;
                } else {
                    at = next;
                }
            }
        }
        return at;
    }

    private static void push(Deque<String> rest, Path target) {
        for (int i = target.getNameCount() - 1; i >= 0; i--) {
            rest.addFirst(target.getName(i).toString());
        }
    }

    private static Member look(Path directory, String name, Path asked) {
        try (DirectoryHandle handle = DirectoryHandle.open(directory)) {
            FileStatus status = handle.stat(name);
            if (status == null) {
                throw invalid(asked + ": " + directory.resolve(name) + " does not exist");
            }
            return switch (status.type()) {
                case FileStatus.S_IFDIR -> new Directory(status.permissions(), status.uid(), status.gid());
                case FileStatus.S_IFLNK -> new Link(handle.readlink(name));
                case FileStatus.S_IFREG -> new Copy(status, capabilities(handle, name));
                default -> throw invalid(asked + ": neither a file nor a directory");
            };
        } catch (LinuxException e) {
            throw new Problem.InvalidParameter(asked + ": " + e.getMessage()).exception(e);
        }
    }

    /** Of all attributes only those that programs do not work without, such as ping. */
    private static Map<String, byte[]> capabilities(DirectoryHandle directory, String name) {
        byte[] value = directory.getxattrs(name).get(CAPABILITIES);
        return value == null ? Map.of() : Map.of(CAPABILITIES, value);
    }

    /** A directory of root's that the selection has not got from the host yet. */
    void directory(String path, int mode) {
        members.putIfAbsent(path, new Directory(mode, 0, 0));
    }

    /** A small file in ASCII that takes the place of the host's. */
    void text(String path, String content) {
        members.put(path, new Text(content));
    }

    boolean has(Path path) {
        return members.containsKey(path.toString());
    }

    /** Number of files with content. */
    int count() {
        return (int) members.values().stream()
                .filter(member -> member instanceof Copy || member instanceof Text)
                .count();
    }

    /** Bytes of all files. */
    long size() {
        return members.values().stream()
                .mapToLong(member -> member.entry("x", 0).size())
                .sum();
    }

    /** Writes everything, sorted, so that equal files give equal bytes. */
    void write(TarWriter tar) throws IOException {
        long time = newest(members.values());
        for (Map.Entry<String, Member> member : members.entrySet()) {
            TarEntry entry = member.getValue().entry(member.getKey().substring(1), time);
            try (InputStream content = content(member.getKey(), member.getValue())) {
                tar.write(entry, content);
            } catch (LinuxException e) {
                throw new Problem.InvalidParameter(String.valueOf(e.getMessage())).exception(e);
            }
        }
    }

    private static InputStream content(String path, Member member) {
        return switch (member) {
            case Copy copy -> open(Path.of(path));
            case Text text -> new ByteArrayInputStream(text.content.getBytes(StandardCharsets.US_ASCII));
            case Directory directory -> InputStream.nullInputStream();
            case Link link -> InputStream.nullInputStream();
        };
    }

    private static InputStream open(Path path) {
        Path parent = path.getParent();
        try (DirectoryHandle directory = DirectoryHandle.open(parent == null ? Path.of("/") : parent)) {
            return directory.openFile(String.valueOf(path.getFileName()));
        }
    }

    private static long newest(Collection<Member> members) {
        long newest = 0;
        for (Member member : members) {
            if (member instanceof Copy copy) {
                newest = Math.max(newest, copy.status.modifiedSeconds());
            }
        }
        return newest;
    }

    /** Paths of all members, sorted. */
    List<String> paths() {
        return List.copyOf(members.keySet());
    }

    private static RuntimeException invalid(String text) {
        return new Problem.InvalidParameter(text).exception();
    }
}
