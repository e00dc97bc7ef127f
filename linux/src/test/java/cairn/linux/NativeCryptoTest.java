package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The oracle is the JDK's own cryptography. */
class NativeCryptoTest {
    private static Provider ours;

    @BeforeAll
    static void install() {
        NativeCrypto.install();
        ours = Security.getProviders()[0];
    }

    @Test
    void bothAlgorithmsComeFromTheLibrary() throws GeneralSecurityException {
        assertThat(ours.getName()).isEqualTo("Cairn");
        assertThat(MessageDigest.getInstance("SHA-256").getProvider()).isSameAs(ours);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[16], "AES"), new GCMParameterSpec(128, new byte[12]));
        assertThat(cipher.getProvider()).isSameAs(ours);
    }

    @Test
    void digestsAreTheJdksHoweverTheBytesArrive() throws GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256", ours);
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(seed % 10 == 0 ? 300_000 : 300)];
            random.nextBytes(bytes);
            for (int done = 0; done < bytes.length; ) {
                int n = Math.min(bytes.length - done, 1 + random.nextInt(100_000));
                switch (random.nextInt(4)) {
                    case 0 -> {
                        n = 1;
                        digest.update(bytes[done]);
                    }
                    case 1 -> digest.update(ByteBuffer.wrap(bytes, done, n));
                    case 2 ->
                        digest.update(
                                ByteBuffer.allocateDirect(n).put(bytes, done, n).flip());
                    default -> digest.update(bytes, done, n);
                }
                done += n;
            }
            byte[] expected = MessageDigest.getInstance("SHA-256", "SUN").digest(bytes);
            assertThat(digest.digest()).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void aCopyOfAComputationGoesItsOwnWay() throws GeneralSecurityException, CloneNotSupportedException {
        MessageDigest one = MessageDigest.getInstance("SHA-256", ours);
        one.update(new byte[100]);
        MessageDigest two = (MessageDigest) one.clone();
        one.update((byte) 1);
        assertThat(two.digest())
                .isEqualTo(MessageDigest.getInstance("SHA-256", "SUN").digest(new byte[100]));
        one.reset();
        assertThat(one.digest())
                .isEqualTo(MessageDigest.getInstance("SHA-256", "SUN").digest());
    }

    @Test
    void messagesAreTheJdksAndComeBackInPlace() throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", ours);
        Cipher jdk = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        for (int seed = 0; seed < 200; seed++) {
            Message message = new Message(seed);
            byte[] sealed = message.run(cipher, Cipher.ENCRYPT_MODE, message.plain);
            assertThat(sealed).as("seed %d", seed).isEqualTo(message.run(jdk, Cipher.ENCRYPT_MODE, message.plain));
            assertThat(message.run(cipher, Cipher.DECRYPT_MODE, sealed)).isEqualTo(message.plain);

            // As TLS does it: one buffer, which is source and target.
            message.begin(cipher, Cipher.DECRYPT_MODE);
            ByteBuffer record = ByteBuffer.wrap(Arrays.copyOf(sealed, sealed.length + 7), 0, sealed.length);
            int n = cipher.doFinal(record.duplicate(), record);
            assertThat(n).isEqualTo(message.plain.length);
            assertThat(Arrays.copyOf(record.array(), n)).isEqualTo(message.plain);

            message.begin(cipher, Cipher.DECRYPT_MODE);
            int half = sealed.length / 2;
            assertThat(cipher.update(sealed, 0, half)).isNullOrEmpty();
            assertThat(cipher.doFinal(sealed, half, sealed.length - half)).isEqualTo(message.plain);
        }
    }

    @Test
    void aChangedMessageGivesNothingOut() throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", ours);
        for (int seed = 0; seed < 100; seed++) {
            Message message = new Message(seed);
            byte[] sealed = message.run(cipher, Cipher.ENCRYPT_MODE, message.plain);
            sealed[new Random(seed).nextInt(sealed.length)] ^= 1;
            message.begin(cipher, Cipher.DECRYPT_MODE);
            byte[] target = new byte[sealed.length];
            assertThatThrownBy(() -> cipher.doFinal(sealed, 0, sealed.length, target))
                    .isInstanceOf(AEADBadTagException.class);
            assertThat(target).containsOnly(0);
        }
        new Message(1).begin(cipher, Cipher.DECRYPT_MODE);
        assertThatThrownBy(() -> cipher.doFinal(new byte[15])).isInstanceOf(AEADBadTagException.class);
    }

    @Test
    void aNonceIsNotUsedTwice() throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", ours);
        Message message = new Message(5);
        message.run(cipher, Cipher.ENCRYPT_MODE, message.plain);
        assertThatThrownBy(() -> cipher.doFinal(message.plain)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> message.begin(cipher, Cipher.ENCRYPT_MODE))
                .isInstanceOf(InvalidAlgorithmParameterException.class);
    }

    @Test
    void whatTheLibraryIsNotAskedForTheJdkDoes() throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[16], "AES"), new GCMParameterSpec(96, new byte[12]));
        assertThat(cipher.getProvider().getName()).isEqualTo("SunJCE");
    }

    private static final class Message {
        private final SecretKeySpec key;
        private final byte[] nonce = new byte[12];
        private final byte[] more;
        private final byte[] plain;

        Message(int seed) {
            Random random = new Random(seed);
            byte[] bytes = new byte[new int[] {16, 24, 32}[random.nextInt(3)]];
            random.nextBytes(bytes);
            key = new SecretKeySpec(bytes, "AES");
            random.nextBytes(nonce);
            more = new byte[random.nextInt(40)];
            random.nextBytes(more);
            plain = new byte[random.nextInt(20_000)];
            random.nextBytes(plain);
        }

        void begin(Cipher cipher, int mode) throws GeneralSecurityException {
            cipher.init(mode, key, new GCMParameterSpec(128, nonce));
            cipher.updateAAD(more);
        }

        byte[] run(Cipher cipher, int mode, byte[] input) throws GeneralSecurityException {
            begin(cipher, mode);
            return cipher.doFinal(input);
        }
    }
}
