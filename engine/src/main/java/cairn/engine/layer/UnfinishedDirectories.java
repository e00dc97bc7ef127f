package cairn.engine.layer;

import cairn.engine.error.Problem;
import cairn.oci.tar.TarEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Directories whose owner, mode, attributes and times are set once everything in them is in place. Kept as bytes and no more of them than
 * {@link #MAX_BYTES}: an archive of a few megabytes may have millions of directories with long paths and large attributes.
 */
final class UnfinishedDirectories {
    private static final int MAX_BYTES = 64 << 20;
    private static final int CHUNK = 64 << 10;

    private final List<byte[]> chunks = new ArrayList<>();
    private final ByteArrayOutputStream chunk = new ByteArrayOutputStream(CHUNK);
    private final DataOutputStream out = new DataOutputStream(chunk);
    private long total;

    /** @param path from the layer's root, see {@link EntryPath#text} */
    record Directory(
            String path, int uid, int gid, int mode, long mtime, int mtimeNanos, Map<String, byte[]> attributes) {}

    /** What the receiver throws ends the walk. */
    interface Finisher {
        void finish(Directory directory) throws IOException;
    }

    void add(EntryPath path, TarEntry entry) {
        try {
            out.writeUTF(path.text());
            out.writeInt((int) entry.uid());
            out.writeInt((int) entry.gid());
            out.writeShort(entry.mode());
            out.writeLong(entry.mtime());
            out.writeInt(entry.mtimeNanos());
            out.writeShort(entry.xattrs().size());
            for (Map.Entry<String, byte[]> attribute : entry.xattrs().entrySet()) {
                out.writeUTF(attribute.getKey());
                out.writeInt(attribute.getValue().length);
                out.write(attribute.getValue());
            }
        } catch (IOException e) {
            throw new IllegalStateException("a name that no archive can have: " + entry.name(), e);
        }
        if (total + chunk.size() > MAX_BYTES) {
            throw new Problem.BadArchive(
                            entry.name(),
                            "paths and attributes of the directories take more than " + MAX_BYTES + " bytes")
                    .exception();
        }
        if (chunk.size() >= CHUNK) {
            close();
        }
    }

    private void close() {
        total += chunk.size();
        chunks.add(chunk.toByteArray());
        chunk.reset();
    }

    /** In the order in which they were added. */
    void forEach(Finisher finisher) throws IOException {
        close();
        for (byte[] bytes : chunks) {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
                while (in.available() > 0) {
                    finisher.finish(read(in));
                }
            }
        }
    }

    private static Directory read(DataInputStream in) throws IOException {
        return new Directory(
                in.readUTF(),
                in.readInt(),
                in.readInt(),
                in.readUnsignedShort(),
                in.readLong(),
                in.readInt(),
                attributes(in));
    }

    private static Map<String, byte[]> attributes(DataInputStream in) throws IOException {
        int count = in.readUnsignedShort();
        Map<String, byte[]> attributes = count == 0 ? Collections.emptyMap() : new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            attributes.put(in.readUTF(), in.readNBytes(in.readInt()));
        }
        return attributes;
    }
}
