package cairn.oci.registry;

import cairn.oci.InvalidDocumentException;
import cairn.oci.http.TlsSettings.ClientPair;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of the user's for one host, as Docker's {@code certs.d} and containerd's have them.
 *
 * @param authorities its {@code *.crt}
 * @param clients its {@code *.cert} with their {@code *.key}
 * @param hosts its {@code hosts.toml}
 */
record HostFolder(
        List<Path> authorities,
        List<ClientPair> clients,
        @Nullable HostsFile hosts) {
    private static final int MAX_FILES = 1_000;

    HostFolder {
        authorities = List.copyOf(authorities);
        clients = List.copyOf(clients);
    }

    /**
     * Reads a folder.
     *
     * @throws RegistryException INVALID, with Docker's words where half of a pair is missing
     */
    static HostFolder read(Path folder) throws RegistryException {
        List<Path> authorities = new ArrayList<>();
        List<ClientPair> clients = new ArrayList<>();
        try {
            List<Path> files;
            try (Stream<Path> list = Files.list(folder)) {
                files = list.limit(MAX_FILES).sorted().toList();
            }
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(".crt")) {
                    authorities.add(file);
                } else if (name.endsWith(".cert")) {
                    Path key = other(file, ".cert", ".key");
                    if (!Files.exists(key)) {
                        throw invalid("missing key " + key.getFileName() + " for client certificate " + name
                                + ". CA certificates must use the extension .crt");
                    }
                    clients.add(new ClientPair(file, key));
                } else if (name.endsWith(".key") && !Files.exists(other(file, ".key", ".cert"))) {
                    throw invalid("missing client certificate "
                            + other(file, ".key", ".cert").getFileName() + " for key " + name);
                }
            }
            Path toml = folder.resolve("hosts.toml");
            return new HostFolder(authorities, clients, Files.exists(toml) ? hosts(folder, toml) : null);
        } catch (InvalidDocumentException e) {
            throw new RegistryException(RegistryException.Kind.INVALID, String.valueOf(e.getMessage()), e);
        } catch (RegistryException e) {
            throw e;
        } catch (IOException e) {
            throw new RegistryException(RegistryException.Kind.INVALID, "cannot read " + e.getMessage(), e);
        }
    }

    private static HostsFile hosts(Path folder, Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(Toml.MAX_CHARACTERS + 1);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return HostsFile.parse(file.toString(), folder, text);
        } catch (CharacterCodingException e) {
            throw new InvalidDocumentException(file + " is not UTF-8", e);
        }
    }

    private static Path other(Path file, String suffix, String otherSuffix) {
        String name = String.valueOf(file.getFileName());
        return file.resolveSibling(name.substring(0, name.length() - suffix.length()) + otherSuffix);
    }

    private static RegistryException invalid(String message) {
        return new RegistryException(RegistryException.Kind.INVALID, message);
    }
}
