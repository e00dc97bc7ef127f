package cairn.oci.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Contexts for TLS, each made once for as long as its files stay the same. */
final class Trust {
    /** Where Debian keeps what its administrator trusts; Go's programs, and so Docker, look there too. */
    private static final Path SYSTEM = Path.of("/etc/ssl/certs/ca-certificates.crt");

    private static final int MAX_CONTEXTS = 64;
    private static final char[] NO_PASSWORD = new char[0];

    private record State(TlsSettings settings, List<FileTime> times) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<State, SSLContext> contexts = new LinkedHashMap<>();

    SSLContext context(TlsSettings settings) throws HttpFailure {
        lock.lock();
        try {
            State state = new State(settings, times(settings));
            SSLContext context = contexts.get(state);
            if (context == null) {
                context = make(settings);
                if (contexts.size() == MAX_CONTEXTS) {
                    contexts.clear();
                }
                contexts.put(state, context);
            }
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new HttpFailure(HttpFailure.Kind.NO_TRUST, "tls: " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    private static List<FileTime> times(TlsSettings settings) throws IOException {
        List<FileTime> times = new ArrayList<>();
        for (Path file : settings.authorities()) {
            times.add(Files.getLastModifiedTime(file));
        }
        for (TlsSettings.ClientPair pair : settings.clients()) {
            times.add(Files.getLastModifiedTime(pair.certificate()));
            times.add(Files.getLastModifiedTime(pair.key()));
        }
        return times;
    }

    private static SSLContext make(TlsSettings settings) throws IOException, GeneralSecurityException {
        KeyManager @Nullable [] own = settings.clients().isEmpty() ? null : keyManagers(settings.clients());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                own,
                settings.verify() ? authorities(settings.authorities()) : new TrustManager[] {new Anybody()},
                null);
        return context;
    }

    private static TrustManager @Nullable [] authorities(List<Path> files)
            throws IOException, GeneralSecurityException {
        boolean system = Files.isReadable(SYSTEM);
        if (!system && files.isEmpty()) {
            return null; // the JDK's own
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        if (system) {
            for (X509Certificate certificate : Pem.certificates(SYSTEM)) {
                store.setCertificateEntry("system" + number++, certificate);
            }
        }
        for (Path file : files) {
            for (X509Certificate certificate : Pem.certificates(file)) {
                store.setCertificateEntry("named" + number++, certificate);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keyManagers(List<TlsSettings.ClientPair> pairs)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (TlsSettings.ClientPair pair : pairs) {
            X509Certificate[] chain = Pem.certificates(pair.certificate()).toArray(X509Certificate[]::new);
            store.setKeyEntry("client" + number++, Pem.privateKey(pair.key()), NO_PASSWORD, chain);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    /** For hosts that the user listed as insecure. The extended kind, since the JDK adds checks of its own to the plain one. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
