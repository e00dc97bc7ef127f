package cairn.engine.layer;

import cairn.linux.IsalCrc64;
import cairn.linux.IsalDeflater;
import cairn.linux.IsalInflater;
import cairn.oci.tar.DirectInput;
import cairn.oci.tar.GzipOutput;
import cairn.oci.tar.LayerCodec;
import cairn.oci.tar.LayerCompression;
import cairn.oci.tar.TarSplitReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.Checksum;
import java.util.zip.DataFormatException;

/** Layers out of their compression and into it, by the fastest means that this machine has: libisal where it is installed, else the JDK. */
public final class Compression {
    private Compression() {}

    private static final class Fastest {
        static final LayerCodec CODEC = choose();

        private static LayerCodec choose() {
            return IsalInflater.open() == null ? LayerCodec.JDK : new Isal();
        }
    }

    /**
     * The plain bytes of {@code in}, whatever it is compressed with, under the default limits. To be closed, which closes {@code in}.
     *
     * @throws IOException a {@link cairn.oci.tar.TarException} for broken data or beyond a limit, here and from the stream
     */
    public static DirectInput decompress(InputStream in) throws IOException {
        return LayerCompression.decompress(in, LayerCompression.Limits.DEFAULT, Fastest.CODEC);
    }

    static LayerCodec codec() {
        return Fastest.CODEC;
    }

    /** A layer's record, which is read once. */
    static TarSplitReader.Source tarSplit(InputStream gzipped) {
        return new TarSplitReader.Source(gzipped, Fastest.CODEC);
    }

    /** A stream whose bytes come out of {@code out} as gzip: the same content always gives the same bytes on the same machine. */
    public static OutputStream gzip(OutputStream out) throws IOException {
        return new GzipOutput(out, Fastest.CODEC);
    }

    private static final class Isal implements LayerCodec {
        @Override
        public Checksum crc64() {
            return new IsalCrc64();
        }

        @Override
        public Decoder decoder() {
            IsalInflater inflater = IsalInflater.open();
            return inflater == null ? JDK.decoder() : new IsalDecoder(inflater);
        }

        @Override
        public Encoder encoder(int maxBlock, int maxTarget) {
            IsalDeflater deflater = IsalDeflater.open(maxBlock, maxTarget);
            return deflater == null ? JDK.encoder(maxBlock, maxTarget) : new IsalEncoder(deflater);
        }
    }

    private record IsalDecoder(IsalInflater inflater) implements LayerCodec.Decoder {
        @Override
        public void reset() {
            inflater.reset();
        }

        @Override
        public void input(byte[] bytes, int offset, int length) {
            inflater.input(bytes, offset, length);
        }

        @Override
        public int inflate(ByteBuffer target) throws DataFormatException {
            return inflater.inflate(target);
        }

        @Override
        public boolean finished() {
            return inflater.finished();
        }

        @Override
        public int remaining() {
            return inflater.remaining();
        }

        @Override
        public void close() {
            // Its memory goes with it.
        }
    }

    private record IsalEncoder(IsalDeflater deflater) implements LayerCodec.Encoder {
        @Override
        public int deflate(byte[] block, int length, boolean last, byte[] target) {
            return deflater.deflate(block, length, last, target);
        }

        @Override
        public void close() {
            deflater.close();
        }
    }
}
