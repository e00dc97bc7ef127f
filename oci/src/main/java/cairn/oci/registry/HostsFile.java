package cairn.oci.registry;

import cairn.oci.InvalidDocumentException;
import cairn.oci.http.TlsSettings.ClientPair;
import cairn.oci.registry.Endpoint.Capability;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@code hosts.toml} of containerd's format (its docs/hosts.md): the mirrors of one registry, and how the registry itself is reached.
 *
 * @param server what is said outside of all {@code [host]} tables; its address is empty where the file names none
 */
record HostsFile(Host server, List<Host> mirrors) {
    private static final int MAX_HOSTS = 64;
    private static final Set<String> KNOWN =
            Set.of("capabilities", "ca", "client", "skip_verify", "override_path", "header");

    /**
     * One host.
     *
     * @param address a URL, or {@code host:port}
     * @param skipVerify null where nothing is said
     * @param overridePath whether the address has the whole path, {@code /v2} or what stands for it included
     */
    record Host(
            String address,
            Set<Capability> capabilities,
            List<Path> authorities,
            List<ClientPair> clients,
            @Nullable Boolean skipVerify,
            boolean overridePath,
            Map<String, String> headers) {
        Host {
            capabilities = Set.copyOf(capabilities);
            authorities = List.copyOf(authorities);
            clients = List.copyOf(clients);
            headers = new LinkedHashMap<>(headers);
        }
    }

    HostsFile {
        mirrors = List.copyOf(mirrors);
    }

    /**
     * Reads the text of a file; what it does not know is refused, since a setting that is passed over might have been one of safety.
     *
     * @param directory that relative paths start from
     */
    static HostsFile parse(String what, Path directory, String text) throws InvalidDocumentException {
        Map<String, Object> document = new LinkedHashMap<>(Toml.parse(what, text));
        Object address = document.remove("server");
        Object hosts = document.remove("host");
        Reader reader = new Reader(what, directory);
        List<Host> mirrors = new ArrayList<>();
        if (hosts != null) {
            Map<?, ?> tables = reader.table("host", hosts);
            if (tables.size() > MAX_HOSTS) {
                throw new InvalidDocumentException(what + " has more than " + MAX_HOSTS + " hosts");
            }
            for (Map.Entry<?, ?> table : tables.entrySet()) {
                String name = (String) table.getKey();
                // A mirror is written to only where somebody said so.
                Set<Capability> usual = EnumSet.of(Capability.PULL, Capability.RESOLVE);
                mirrors.add(reader.host(name, reader.table(name, table.getValue()), usual));
            }
        }
        String server = address == null ? "" : reader.string("server", address);
        return new HostsFile(reader.host(server, document, EnumSet.allOf(Capability.class)), mirrors);
    }

    private record Reader(String what, Path directory) {
        Host host(String address, Map<?, ?> table, Set<Capability> usual) throws InvalidDocumentException {
            for (Object key : table.keySet()) {
                if (!KNOWN.contains((String) key)) {
                    throw new InvalidDocumentException(what + ": " + key + " is not supported");
                }
            }
            Object capabilities = table.get("capabilities");
            Object skip = table.get("skip_verify");
            Object override = table.get("override_path");
            return new Host(
                    address,
                    capabilities == null ? usual : capabilities(strings("capabilities", capabilities)),
                    paths("ca", table.get("ca")),
                    clients(table.get("client")),
                    skip == null ? null : bool("skip_verify", skip),
                    override != null && bool("override_path", override),
                    headers(table.get("header")));
        }

        private Set<Capability> capabilities(List<String> names) throws InvalidDocumentException {
            Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
            for (String name : names) {
                capabilities.add(
                        switch (name) {
                            case "pull" -> Capability.PULL;
                            case "resolve" -> Capability.RESOLVE;
                            case "push" -> Capability.PUSH;
                            default -> throw new InvalidDocumentException(what + ": unknown capability " + name);
                        });
            }
            return capabilities;
        }

        private List<Path> paths(String key, @Nullable Object value) throws InvalidDocumentException {
            List<Path> paths = new ArrayList<>();
            for (String path : value == null ? List.<String>of() : strings(key, value)) {
                paths.add(directory.resolve(path));
            }
            return paths;
        }

        /** A file with both, a list of them, or a list of pairs. */
        private List<ClientPair> clients(@Nullable Object value) throws InvalidDocumentException {
            List<ClientPair> clients = new ArrayList<>();
            List<?> elements = value == null ? List.of() : value instanceof List<?> list ? list : List.of(value);
            for (Object element : elements) {
                List<String> files = strings("client", element);
                if (files.isEmpty() || files.size() > 2) {
                    throw new InvalidDocumentException(what + ": client is a certificate and its key");
                }
                clients.add(new ClientPair(directory.resolve(files.getFirst()), directory.resolve(files.getLast())));
            }
            return clients;
        }

        private Map<String, String> headers(@Nullable Object value) throws InvalidDocumentException {
            Map<String, String> headers = new LinkedHashMap<>();
            if (value != null) {
                for (Map.Entry<?, ?> header : table("header", value).entrySet()) {
                    String name = (String) header.getKey();
                    String text = String.join(", ", strings(name, header.getValue()));
                    if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")
                            || !text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
                        throw new InvalidDocumentException(what + ": header " + name + " cannot be sent");
                    }
                    headers.put(name, text);
                }
            }
            return headers;
        }

        private String string(String key, Object value) throws InvalidDocumentException {
            if (value instanceof String string) {
                return string;
            }
            throw new InvalidDocumentException(what + ": " + key + " is no string");
        }

        private boolean bool(String key, Object value) throws InvalidDocumentException {
            if (value instanceof Boolean bool) {
                return bool;
            }
            throw new InvalidDocumentException(what + ": " + key + " is neither true nor false");
        }

        /** One string, or an array of them. */
        private List<String> strings(String key, Object value) throws InvalidDocumentException {
            List<String> strings = new ArrayList<>();
            for (Object element : value instanceof List<?> list ? list : List.of(value)) {
                strings.add(string(key, element));
            }
            return strings;
        }

        private Map<?, ?> table(String key, Object value) throws InvalidDocumentException {
            if (value instanceof Map<?, ?> map) {
                return map;
            }
            throw new InvalidDocumentException(what + ": " + key + " is no table");
        }
    }
}
