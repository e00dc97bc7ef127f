package cairn.linux;

import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A provider of the JDK's cryptography architecture for the two algorithms that carry the bytes of images, SHA-256 and AES-GCM. The JDK's own
 * are fast only once its thorough compiler has been at them, which the daemon does without.
 */
public final class NativeCrypto extends Provider {
    private static final long serialVersionUID = 1;

    private NativeCrypto() {
        super("Cairn", "1", "SHA-256 and AES-GCM by OpenSSL's libcrypto");
        if (NativeSha256.available()) {
            putService(new Made(this, "MessageDigest", "SHA-256", NativeSha256::new));
        }
        if (NativeAesGcm.available()) {
            putService(new Made(this, "Cipher", "AES/GCM/NoPadding", NativeAesGcm::new));
        }
    }

    /** Prefers the library for everything in this process; where it is not installed, nothing changes. */
    public static void install() {
        Security.insertProviderAt(new NativeCrypto(), 1);
    }

    /** Says itself how it is made, so that no class has to be found by name. */
    private static final class Made extends Service {
        private final Supplier<Object> factory;

        Made(Provider provider, String type, String algorithm, Supplier<Object> factory) {
            super(provider, type, algorithm, factory.getClass().getName(), List.of(), Map.of());
            this.factory = factory;
        }

        @Override
        public Object newInstance(@Nullable Object parameter) {
            return factory.get();
        }

        @Override
        public boolean supportsParameter(@Nullable Object parameter) {
            return true;
        }
    }
}
