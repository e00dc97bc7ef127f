package cairn.oci.http;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whom to trust, and how to prove oneself.
 *
 * @param authorities files with certificates (PEM) that are trusted beside the system's
 * @param clients certificates of one's own
 * @param verify whether the server's certificate is looked at
 */
public record TlsSettings(List<Path> authorities, List<ClientPair> clients, boolean verify) {
    public static final TlsSettings SYSTEM = new TlsSettings(List.of(), List.of(), true);

    /** A certificate (PEM) and its private key; both may be in one file. */
    public record ClientPair(Path certificate, Path key) {}

    public TlsSettings {
        authorities = List.copyOf(authorities);
        clients = List.copyOf(clients);
    }

    /** Authorities of both; own certificates of this. */
    public TlsSettings trustingAlso(List<Path> more) {
        Set<Path> all = new LinkedHashSet<>(authorities);
        all.addAll(more);
        return new TlsSettings(new ArrayList<>(all), clients, verify);
    }

    public TlsSettings withClients(List<ClientPair> others) {
        return new TlsSettings(authorities, others, verify);
    }

    public TlsSettings withVerify(boolean value) {
        return new TlsSettings(authorities, clients, value);
    }
}
