package cairn.engine.layer;

import cairn.linux.FileHandle;
import cairn.oci.tar.TarReader;
import java.io.IOException;

/** Content of an archive's entry, on its way into a new file: holes stay holes. */
final class FileContent {
    private FileContent() {}

    static void write(TarReader tar, FileHandle file, long size, byte[] buffer) throws IOException {
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
            int n = tar.read(buffer, 0, buffer.length);
            file.write(buffer, 0, n);
            position += n;
        }
        if (holes) {
            file.truncate(size);
        }
    }
}
