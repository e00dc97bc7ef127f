package cairn.oci.tar;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** An archive taken apart into record and files, and put together again. */
final class TarSplits {
    private TarSplits() {}

    record Split(byte[] record, Map<String, byte[]> files) {
        byte[] assembled() throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            long total = TarSplitReader.assemble(
                    new TarSplitReader.Source(new ByteArrayInputStream(record), LayerCodec.JDK), this::open, out);
            if (total != out.size()) {
                throw new AssertionError("says " + total + " of " + out.size());
            }
            return out.toByteArray();
        }

        List<String> lines() throws IOException {
            byte[] plain = new GZIPInputStream(new ByteArrayInputStream(record)).readAllBytes();
            return new String(plain, StandardCharsets.UTF_8).lines().toList();
        }

        private ByteArrayInputStream open(String name) throws IOException {
            byte[] content = files.get(name);
            if (content == null) {
                throw new FileNotFoundException(name);
            }
            return new ByteArrayInputStream(content);
        }
    }

    static Split split(byte[] tar) throws IOException {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        Map<String, byte[]> files = new HashMap<>();
        try (TarSplitWriter writer = new TarSplitWriter(record)) {
            TarReader reader = new TarReader(new ByteArrayInputStream(tar), TarLimits.DEFAULT, writer).acceptAnyNames();
            for (Tars.Read read : Tars.read(reader)) {
                if (read.entry().type() == TarType.FILE) {
                    files.put(read.entry().name(), read.content());
                }
            }
        }
        return new Split(record.toByteArray(), files);
    }

    static byte[] reassembled(byte[] tar) throws IOException {
        return split(tar).assembled();
    }
}
