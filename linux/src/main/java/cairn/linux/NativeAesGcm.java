package cairn.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * {@code AES/GCM/NoPadding} (NIST SP 800-38D) with tags of 16 bytes and nonces of 12, as TLS uses it (RFC 5288, RFC 8446), by libcrypto's
 * {@code EVP_*}. A key may be used with a nonce once: after each message a new initialization is asked for. What does not verify is
 * not given out.
 */
final class NativeAesGcm extends CipherSpi {
    private static final int TAG = 16;
    private static final int NONCE = 12;
    private static final int BLOCK = 16;

    // EVP_CTRL_AEAD_GET_TAG and EVP_CTRL_AEAD_SET_TAG of openssl/evp.h
    private static final int GET_TAG = 0x10;
    private static final int SET_TAG = 0x11;

    private static final class Functions {
        static final MethodHandle NEW = LibCrypto.function("EVP_CIPHER_CTX_new", FunctionDescriptor.of(ADDRESS));
        static final MethodHandle FREE = LibCrypto.function("EVP_CIPHER_CTX_free", FunctionDescriptor.ofVoid(ADDRESS));
        static final MethodHandle INIT = LibCrypto.onHeap(
                "EVP_CipherInit_ex",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT));
        static final MethodHandle UPDATE = LibCrypto.onHeap(
                "EVP_CipherUpdate", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT));
        static final MethodHandle FINAL =
                LibCrypto.onHeap("EVP_CipherFinal_ex", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
        static final MethodHandle CONTROL = LibCrypto.onHeap(
                "EVP_CIPHER_CTX_ctrl", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
        static final MemorySegment AES_128 = cipher("EVP_aes_128_gcm");
        static final MemorySegment AES_192 = cipher("EVP_aes_192_gcm");
        static final MemorySegment AES_256 = cipher("EVP_aes_256_gcm");

        private static MemorySegment cipher(String name) {
            try {
                return (MemorySegment)
                        LibCrypto.function(name, FunctionDescriptor.of(ADDRESS)).invokeExact();
            } catch (Throwable fault) {
                throw Native.impossible(fault);
            }
        }
    }

    private final MemorySegment context = newContext();
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream(0);
    private boolean encrypting;
    private boolean ready;
    private byte[] keyInUse = {};
    private byte[] nonce = {};

    static boolean available() {
        return LibCrypto.has(
                "EVP_CIPHER_CTX_new",
                "EVP_CIPHER_CTX_free",
                "EVP_CipherInit_ex",
                "EVP_CipherUpdate",
                "EVP_CIPHER_CTX_ctrl",
                "EVP_aes_256_gcm");
    }

    private static MemorySegment newContext() {
        try {
            MemorySegment made = (MemorySegment) Functions.NEW.invokeExact();
            if (made.address() == 0) {
                throw new OutOfMemoryError("libcrypto");
            }
            return Native.owned(made, NativeAesGcm::free);
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
    }

    private static void free(MemorySegment context) {
        try {
            Functions.FREE.invokeExact(context);
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
    }

    // ---- beginning a message

    @Override
    protected void engineInit(int mode, Key key, SecureRandom random) throws InvalidKeyException {
        throw new InvalidKeyException("AES/GCM needs a nonce");
    }

    @Override
    protected void engineInit(int mode, Key key, AlgorithmParameters parameters, SecureRandom random)
            throws InvalidKeyException, InvalidAlgorithmParameterException {
        try {
            engineInit(mode, key, parameters.getParameterSpec(GCMParameterSpec.class), random);
        } catch (java.security.spec.InvalidParameterSpecException e) {
            throw new InvalidAlgorithmParameterException(e);
        }
    }

    @Override
    protected void engineInit(int mode, Key key, AlgorithmParameterSpec parameters, SecureRandom random)
            throws InvalidKeyException, InvalidAlgorithmParameterException {
        ready = false;
        pending.reset();
        byte[] bytes = key.getEncoded();
        if (bytes == null || !key.getAlgorithm().equals("AES")) {
            throw new InvalidKeyException("not an AES key with its bytes at hand");
        }
        if (!(parameters instanceof GCMParameterSpec gcm)
                || gcm.getTLen() != TAG * 8
                || gcm.getIV().length != NONCE
                || mode != Cipher.ENCRYPT_MODE && mode != Cipher.DECRYPT_MODE) {
            throw new InvalidAlgorithmParameterException("only nonces of 12 bytes and tags of 16");
        }
        MemorySegment cipher = switch (bytes.length) {
            case 16 -> Functions.AES_128;
            case 24 -> Functions.AES_192;
            case 32 -> Functions.AES_256;
            default -> throw new InvalidKeyException("AES has no keys of " + bytes.length + " bytes");
        };
        encrypting = mode == Cipher.ENCRYPT_MODE;
        byte[] iv = gcm.getIV();
        if (encrypting && Arrays.equals(iv, nonce) && Arrays.equals(bytes, keyInUse)) {
            throw new InvalidAlgorithmParameterException("Cannot reuse iv for GCM encryption");
        }
        nonce = iv;
        keyInUse = bytes;
        try {
            succeeded((int) Functions.INIT.invokeExact(
                    context,
                    cipher,
                    MemorySegment.NULL,
                    MemorySegment.ofArray(bytes),
                    MemorySegment.ofArray(nonce),
                    encrypting ? 1 : 0));
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
        ready = true;
    }

    // ---- the message

    @Override
    protected void engineUpdateAAD(byte[] source, int offset, int length) {
        requireReady();
        update(MemorySegment.ofArray(source).asSlice(offset, length), MemorySegment.NULL, length);
    }

    @Override
    protected byte[] engineUpdate(byte[] input, int offset, int length) {
        requireReady();
        pending.write(input, offset, length);
        return new byte[0];
    }

    @Override
    protected int engineUpdate(byte[] input, int offset, int length, byte[] output, int outputOffset) {
        engineUpdate(input, offset, length);
        return 0;
    }

    @Override
    protected byte[] engineDoFinal(byte @Nullable [] input, int offset, int length) throws AEADBadTagException {
        byte[] output = new byte[engineGetOutputSize(length)];
        try {
            int n = engineDoFinal(input, offset, length, output, 0);
            return n == output.length ? output : Arrays.copyOf(output, n);
        } catch (ShortBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** In place as well: TLS decrypts a record where it lies. */
    @Override
    protected int engineDoFinal(byte @Nullable [] input, int offset, int length, byte[] output, int outputOffset)
            throws AEADBadTagException, ShortBufferException {
        requireReady();
        byte[] whole = input == null ? new byte[0] : input;
        int from = offset;
        int count = length;
        if (pending.size() > 0) {
            pending.write(whole, offset, length);
            whole = pending.toByteArray();
            from = 0;
            count = whole.length;
            pending.reset();
        }
        int result = encrypting ? count + TAG : count - TAG;
        if (result < 0) {
            throw new AEADBadTagException("Input data too short to contain an expected tag length of 16bytes");
        }
        if (output.length - outputOffset < result) {
            throw new ShortBufferException("Output buffer must be (at least) " + result + " bytes long");
        }
        ready = false;
        if (encrypting) {
            encrypt(whole, from, count, output, outputOffset);
        } else {
            decrypt(whole, from, result, output, outputOffset);
        }
        return result;
    }

    private void encrypt(byte[] input, int offset, int length, byte[] output, int outputOffset) {
        MemorySegment to = MemorySegment.ofArray(output);
        update(MemorySegment.ofArray(input).asSlice(offset, length), to.asSlice(outputOffset, length), length);
        if (!end()) {
            throw new IllegalStateException("libcrypto's AES-GCM failed");
        }
        control(GET_TAG, to.asSlice((long) outputOffset + length, TAG));
    }

    private void decrypt(byte[] input, int offset, int length, byte[] output, int outputOffset)
            throws AEADBadTagException {
        // Taken aside first: in place, nothing of the input is left of what has been decrypted.
        byte[] tag = Arrays.copyOfRange(input, offset + length, offset + length + TAG);
        control(SET_TAG, MemorySegment.ofArray(tag));
        update(
                MemorySegment.ofArray(input).asSlice(offset, length),
                MemorySegment.ofArray(output).asSlice(outputOffset, length),
                length);
        if (!end()) {
            Arrays.fill(output, outputOffset, outputOffset + length, (byte) 0);
            throw new AEADBadTagException("Tag mismatch");
        }
    }

    private void update(MemorySegment input, MemorySegment output, int length) {
        if (length == 0) {
            return; // A zero length with no output would be taken for the end of a message.
        }
        int[] written = new int[1];
        try {
            succeeded(
                    (int) Functions.UPDATE.invokeExact(context, output, MemorySegment.ofArray(written), input, length));
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
    }

    private boolean end() {
        try {
            return 1
                    == (int) Functions.FINAL.invokeExact(
                            context, MemorySegment.ofArray(new byte[BLOCK]), MemorySegment.ofArray(new int[1]));
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
    }

    private void control(int command, MemorySegment tag) {
        try {
            succeeded((int) Functions.CONTROL.invokeExact(context, command, TAG, tag));
        } catch (Throwable fault) {
            throw Native.impossible(fault);
        }
    }

    private void requireReady() {
        if (!ready) {
            throw new IllegalStateException("Must use either different key or iv for GCM encryption");
        }
    }

    private static void succeeded(int result) {
        if (result != 1) {
            throw new IllegalStateException("libcrypto's AES-GCM failed");
        }
    }

    // ---- what callers ask about it

    @Override
    protected int engineGetOutputSize(int length) {
        int whole = pending.size() + length;
        return encrypting ? whole + TAG : Math.max(0, whole - TAG);
    }

    @Override
    protected int engineGetBlockSize() {
        return BLOCK;
    }

    @Override
    protected byte[] engineGetIV() {
        return nonce.clone();
    }

    @Override
    protected @Nullable AlgorithmParameters engineGetParameters() {
        return null;
    }

    @Override
    protected int engineGetKeySize(Key key) {
        byte[] bytes = key.getEncoded();
        return bytes == null ? 0 : bytes.length * 8;
    }

    @Override
    protected void engineSetMode(String mode) throws NoSuchAlgorithmException {
        if (!mode.equalsIgnoreCase("GCM")) {
            throw new NoSuchAlgorithmException(mode);
        }
    }

    @Override
    protected void engineSetPadding(String padding) throws NoSuchPaddingException {
        if (!padding.equalsIgnoreCase("NoPadding")) {
            throw new NoSuchPaddingException(padding);
        }
    }
}
