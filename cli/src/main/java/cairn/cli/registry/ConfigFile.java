package cairn.cli.registry;

import cairn.cli.CliException;
import cairn.cli.show.Tree;
import cairn.cli.template.JsonText;
import cairn.wire.Json;
import cairn.wire.JsonException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Docker's config file, {@code config.json} in {@code $DOCKER_CONFIG} or {@code ~/.docker}. What this program does not know of it
 * stays as it is, in its order. A change is written aside and renamed, for its owner alone to read.
 */
public final class ConfigFile {
    /** Bytes; real ones are a few thousand long. */
    private static final int LIMIT = 4 << 20;

    private final Path path;
    private final Map<String, @Nullable Object> members;

    private ConfigFile(Path path, Map<String, @Nullable Object> members) {
        this.path = path;
        this.members = members;
    }

    /**
     * Reads it; one that is not there is empty.
     *
     * @throws CliException when it cannot be read or is malformed, so that nobody overwrites it
     */
    public static ConfigFile open(Map<String, String> environment) {
        String directory = environment.getOrDefault("DOCKER_CONFIG", "");
        Path path = directory.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", "/root"), ".docker", "config.json")
                : Path.of(directory, "config.json");
        return new ConfigFile(path, read(path));
    }

    private static Map<String, @Nullable Object> read(Path path) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(LIMIT + 1);
        } catch (NoSuchFileException e) {
            return new LinkedHashMap<>();
        } catch (IOException e) {
            throw new CliException("loading config file: open " + path + ": " + e.getMessage());
        }
        if (bytes.length > LIMIT) {
            throw new CliException("parsing config file (" + path + "): longer than " + LIMIT + " bytes");
        }
        if (new String(bytes, StandardCharsets.UTF_8).isBlank()) {
            return new LinkedHashMap<>();
        }
        try {
            Map<String, @Nullable Object> members = object(Json.tree(bytes));
            if (members != null) {
                return members;
            }
            throw new CliException("parsing config file (" + path + "): not a JSON object");
        } catch (JsonException e) {
            throw new CliException("parsing config file (" + path + "): " + e.getMessage());
        }
    }

    /** The map that {@link Json#tree} has made, open to changes; null for anything else. */
    @SuppressWarnings("unchecked") // objects of a JSON document have no other keys
    private static @Nullable Map<String, @Nullable Object> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : null;
    }

    public Path path() {
        return path;
    }

    private Tree tree() {
        return new Tree(members);
    }

    /** The helper that keeps the credentials of this server; "" when this file does. */
    public String helper(String server) {
        String own = tree().at("credHelpers", server).text();
        return own.isEmpty() ? tree().at("credsStore").text() : own;
    }

    /** {@code key=value} that every prune is to be filtered by. */
    public List<String> pruneFilters() {
        return tree().at("pruneFilters").texts();
    }

    /**
     * What the file itself holds for the server, or for an address of the same host, as old files have them.
     *
     * @throws CliException when the entry is malformed
     */
    @Nullable
    Account account(String server) {
        Map<String, Tree> entries = tree().at("auths").members();
        Tree entry = entries.get(server);
        if (entry != null) {
            return decoded(server, entry);
        }
        for (Map.Entry<String, Tree> other : entries.entrySet()) {
            if (Registry.host(other.getKey()).equals(server)) {
                return decoded(other.getKey(), other.getValue());
            }
        }
        return null;
    }

    private Account decoded(String server, Tree entry) {
        String token = entry.at("identitytoken").text();
        String encoded = entry.at("auth").text();
        if (encoded.isEmpty()) {
            return new Account(
                    server, entry.at("username").text(), entry.at("password").text(), token);
        }
        String text;
        try {
            text = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new CliException("parsing config file (" + path + "): credentials of " + server + " are not base64");
        }
        int colon = text.indexOf(':');
        if (colon <= 0) {
            throw new CliException("parsing config file (" + path + "): Invalid auth configuration file");
        }
        return new Account(server, text.substring(0, colon), text.substring(colon + 1), token);
    }

    /** Keeps credentials in the file; whether that has changed it. An entry without any says that a helper has them. */
    boolean put(Account account) throws IOException {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        if (!account.username().isEmpty() || !account.password().isEmpty()) {
            byte[] text = (account.username() + ":" + account.password()).getBytes(StandardCharsets.UTF_8);
            entry.put("auth", Base64.getEncoder().encodeToString(text));
        }
        if (!account.identityToken().isEmpty()) {
            entry.put("identitytoken", account.identityToken());
        }
        Map<String, @Nullable Object> entries = object(members.get("auths"));
        if (entries == null) {
            entries = new LinkedHashMap<>();
            members.put("auths", entries);
        }
        if (entry.equals(entries.put(account.server(), entry))) {
            return false;
        }
        save();
        return true;
    }

    /** Forgets the server's credentials; nothing is written when there are none. */
    void remove(String server) throws IOException {
        Map<String, @Nullable Object> entries = object(members.get("auths"));
        if (entries != null && entries.containsKey(server)) {
            entries.remove(server);
            save();
        }
    }

    private void save() throws IOException {
        // Behind a link the file itself is replaced, not the link.
        Path target = Files.exists(path) ? path.toRealPath() : path;
        Path directory = target.toAbsolutePath().getParent();
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        // Made for the owner alone: the JDK creates temporary files with mode 0600.
        Path aside = Files.createTempFile(directory, "config.json", "");
        try {
            byte[] json = JsonText.exact(members, "\t").getBytes(StandardCharsets.UTF_8);
            try (FileChannel file = FileChannel.open(aside, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(json);
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
                file.force(true);
            }
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(aside);
        }
    }
}
