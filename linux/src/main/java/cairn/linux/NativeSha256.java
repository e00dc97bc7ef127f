package cairn.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigestSpi;

/**
 * SHA-256 (FIPS 180-4) by libcrypto's {@code SHA256_*}. These are deprecated in OpenSSL 3 in favour of {@code EVP_*}, but their state is plain
 * memory of the caller's, so that a computation can be copied, and needs no release.
 */
final class NativeSha256 extends MessageDigestSpi implements Cloneable {
    private static final int DIGEST_BYTES = 32;

    // sizeof(SHA256_CTX) of openssl/sha.h: eight words of state, two of length, a block of 64 bytes, two words.
    private static final int STATE_BYTES = 112;

    /** Bytes a call, some 60 microseconds: see {@link LibCrypto#onHeap}. */
    private static final int STEP = 64 << 10;

    private static final class Functions {
        static final MethodHandle INIT = LibCrypto.onHeap("SHA256_Init", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        static final MethodHandle UPDATE =
                LibCrypto.onHeap("SHA256_Update", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
        static final MethodHandle FINAL =
                LibCrypto.onHeap("SHA256_Final", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    }

    private final byte[] state;

    NativeSha256() {
        state = new byte[STATE_BYTES];
        engineReset();
    }

    private NativeSha256(byte[] state) {
        this.state = state;
    }

    static boolean available() {
        return LibCrypto.has("SHA256_Init", "SHA256_Update", "SHA256_Final");
    }

    @Override
    protected int engineGetDigestLength() {
        return DIGEST_BYTES;
    }

    @Override
    protected void engineReset() {
        try {
            succeeded((int) Functions.INIT.invokeExact(MemorySegment.ofArray(state)));
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
    }

    @Override
    protected void engineUpdate(byte input) {
        engineUpdate(new byte[] {input}, 0, 1);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
        update(MemorySegment.ofArray(input).asSlice(offset, length));
    }

    @Override
    protected void engineUpdate(ByteBuffer input) {
        update(MemorySegment.ofBuffer(input));
        input.position(input.limit());
    }

    private void update(MemorySegment input) {
        MemorySegment to = MemorySegment.ofArray(state);
        for (long done = 0; done < input.byteSize(); done += STEP) {
            long step = Math.min(STEP, input.byteSize() - done);
            try {
                succeeded((int) Functions.UPDATE.invokeExact(to, input.asSlice(done, step), step));
            } catch (Throwable fault) {
                throw Native.impossible(fault);
            }
        }
    }

    @Override
    protected byte[] engineDigest() {
        byte[] digest = new byte[DIGEST_BYTES];
        try {
            succeeded((int) Functions.FINAL.invokeExact(MemorySegment.ofArray(digest), MemorySegment.ofArray(state)));
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
        engineReset();
        return digest;
    }

    @Override
    protected int engineDigest(byte[] target, int offset, int length) throws DigestException {
        if (length < DIGEST_BYTES || target.length - offset < DIGEST_BYTES) {
            throw new DigestException("no room for " + DIGEST_BYTES + " bytes");
        }
        System.arraycopy(engineDigest(), 0, target, offset, DIGEST_BYTES);
        return DIGEST_BYTES;
    }

    @Override
    public Object clone() {
        return new NativeSha256(state.clone());
    }

    private static void succeeded(int result) {
        if (result != 1) {
            throw new IllegalStateException("libcrypto's SHA-256 failed");
        }
    }
}
