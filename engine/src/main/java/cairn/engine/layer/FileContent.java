package cairn.engine.layer;

import cairn.linux.FileHandle;
import cairn.oci.tar.TarReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.LongConsumer;

/** Content of an archive's entry, on its way into a new file: holes stay holes. */
final class FileContent {
    private static final int MAX_WRITE = 1 << 20;

    private FileContent() {}

    static void write(TarReader tar, FileHandle file, long size, LongConsumer written) throws IOException {
        long position = 0;
        boolean holes = false;
        while (position < size) {
            long hole = tar.skipHole();
            if (hole > 0) {
                holes = true;
                position += hole;
                file.seek(position);
                continue;
            }
            ByteBuffer piece = Objects.requireNonNull(tar.piece(MAX_WRITE));
            int length = piece.remaining();
            position += length;
            file.write(piece);
            written.accept(length);
        }
        if (holes) {
            file.truncate(size);
        }
    }

    /**
     * The same in writes as large as the gathering buffer: the kernel then takes large pieces of memory for them at once.
     *
     * @param gathered direct
     */
    static void writeGathered(TarReader tar, FileHandle file, long size, byte[] buffer, ByteBuffer gathered)
            throws IOException {
        gathered.clear();
        long position = 0;
        boolean holes = false;
        while (position < size) {
            long hole = tar.skipHole();
            if (hole > 0) {
                flush(file, gathered);
                holes = true;
                position += hole;
                file.seek(position);
                continue;
            }
            int n = tar.read(buffer, 0, Math.min(buffer.length, gathered.remaining()));
            gathered.put(buffer, 0, n);
            position += n;
            if (!gathered.hasRemaining()) {
                flush(file, gathered);
            }
        }
        flush(file, gathered);
        if (holes) {
            file.truncate(size);
        }
    }

    private static void flush(FileHandle file, ByteBuffer gathered) {
        gathered.flip();
        if (gathered.hasRemaining()) {
            file.write(gathered);
        }
        gathered.clear();
    }
}
