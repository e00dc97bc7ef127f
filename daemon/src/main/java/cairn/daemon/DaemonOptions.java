package cairn.daemon;

import cairn.engine.container.Containers;
import cairn.engine.error.EngineException;
import cairn.engine.network.BridgeSettings;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.InterfaceAddress;
import cairn.engine.network.Subnet;
import cairn.wire.Json;
import cairn.wire.JsonException;
import cairn.wire.container.LogConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code cairn daemon} takes: dockerd's flags, and the same keys from a JSON file. A flag and a key for the same thing are refused, as
 * dockerd does, so that nobody has to guess which of them counts.
 */
final class DaemonOptions {
    /** A wrong command line; the message is for the user. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message);
        }
    }

    /** @param key in the JSON file; @param repeatable whether it may be given several times (a list in the file) */
    private record Flag(String name, String key, boolean repeatable, boolean isSwitch, String help) {}

    private static final List<Flag> FLAGS = List.of(
            new Flag("add-runtime", "runtimes", true, false, "accepted and ignored: Cairn is its own runtime"),
            new Flag("bip", "bip", false, false, "address and subnet of the default bridge, such as 172.30.0.1/16"),
            new Flag("bridge", "bridge", false, false, "use this bridge; none switches the default network off"),
            new Flag(
                    "cgroup-parent",
                    "cgroup-parent",
                    false,
                    false,
                    "cgroup that holds all containers (default /cairn, with another data root /cairn-ID)"),
            new Flag("config-file", "", false, false, "JSON file with the same keys (default /etc/cairn/daemon.json)"),
            new Flag(
                    "data-root",
                    "data-root",
                    false,
                    false,
                    "where images and containers are kept (default /var/lib/cairn)"),
            new Flag("debug", "debug", false, true, "same as --log-level debug"),
            new Flag(
                    "default-address-pool",
                    "default-address-pools",
                    true,
                    false,
                    "base=CIDR,size=N: where subnets are taken from"),
            new Flag(
                    "exec-root",
                    "exec-root",
                    false,
                    false,
                    "where sockets of running containers are (default /run/cairn)"),
            new Flag("group", "group", false, false, "group that may use the socket (default docker)"),
            new Flag(
                    "host",
                    "hosts",
                    true,
                    false,
                    "socket to listen on: unix://PATH (default unix:///run/cairn/cairn.sock)"),
            new Flag(
                    "http-proxy", "http-proxy", false, false, "proxy for registries without TLS (default $HTTP_PROXY)"),
            new Flag(
                    "https-proxy", "https-proxy", false, false, "proxy for registries with TLS (default $HTTPS_PROXY)"),
            new Flag(
                    "insecure-registry",
                    "insecure-registries",
                    true,
                    false,
                    "registry that may be reached without TLS"),
            new Flag("ip-forward", "ip-forward", false, true, "switch on IPv4 forwarding (default true)"),
            new Flag("ip-masq", "ip-masq", false, true, "masquerade what leaves the bridge (default true)"),
            new Flag("iptables", "iptables", false, true, "have an nftables table of Cairn's own (default true)"),
            new Flag("label", "labels", true, false, "KEY=VALUE shown by info"),
            new Flag("live-restore", "live-restore", false, true, "accepted: containers always outlive the daemon"),
            new Flag(
                    "log-driver",
                    "log-driver",
                    false,
                    false,
                    "json-file, local or none, for containers that name none (default json-file)"),
            new Flag("log-opt", "log-opts", true, false, "KEY=VALUE, options of that driver"),
            new Flag("log-level", "log-level", false, false, "debug, info, warn or error (default info)"),
            new Flag(
                    "max-concurrent-downloads",
                    "max-concurrent-downloads",
                    false,
                    false,
                    "layers that are fetched at once (default 3)"),
            new Flag(
                    "max-concurrent-uploads",
                    "max-concurrent-uploads",
                    false,
                    false,
                    "layers that are pushed at once (default 5)"),
            new Flag(
                    "max-download-attempts",
                    "max-download-attempts",
                    false,
                    false,
                    "times that a download may break off before its pull fails (default 5)"),
            new Flag("mtu", "mtu", false, false, "of the default bridge (default 1500)"),
            new Flag(
                    "no-proxy",
                    "no-proxy",
                    false,
                    false,
                    "hosts, domains and networks that are reached without a proxy (default $NO_PROXY)"),
            new Flag("pidfile", "pidfile", false, false, "file for the process id (default EXEC-ROOT/cairn.pid)"),
            new Flag("registry-mirror", "registry-mirrors", true, false, "mirror to ask first"),
            new Flag("storage-driver", "storage-driver", false, false, "overlay2, the only one"),
            new Flag("userland-proxy", "userland-proxy", false, true, "accepted and ignored: there is no proxy"),
            new Flag(
                    "userns-default",
                    "userns-default",
                    false,
                    false,
                    "host or private: the user namespace of containers that name none (default host)"));

    private final Map<String, List<String>> values;

    private DaemonOptions(Map<String, List<String>> values) {
        this.values = values;
    }

    static DaemonOptions parse(List<String> arguments) throws UsageException {
        Map<String, List<String>> given = flags(arguments);
        String file =
                given.containsKey("config-file") ? given.get("config-file").getLast() : "/etc/cairn/daemon.json";
        if (given.containsKey("config-file") || Files.isReadable(Path.of(file))) {
            merge(given, file);
        }
        return new DaemonOptions(given);
    }

    private static Map<String, List<String>> flags(List<String> arguments) throws UsageException {
        Map<String, List<String>> given = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            String name = word.startsWith("--")
                    ? word.substring(2)
                    : switch (word.length() < 2 ? word : word.substring(0, 2)) {
                        case "-H" -> "host" + (word.length() > 2 ? "=" + word.substring(2) : "");
                        case "-b" -> "bridge" + (word.length() > 2 ? "=" + word.substring(2) : "");
                        case "-D" -> "debug";
                        case "-G" -> "group" + (word.length() > 2 ? "=" + word.substring(2) : "");
                        case "-l" -> "log-level" + (word.length() > 2 ? "=" + word.substring(2) : "");
                        case "-s" -> "storage-driver" + (word.length() > 2 ? "=" + word.substring(2) : "");
                        default ->
                            throw new UsageException("unknown argument: " + word + "\nSee 'cairn daemon --help'.");
                    };
            int equals = name.indexOf('=');
            String value = equals < 0 ? null : name.substring(equals + 1);
            Flag flag = flag(equals < 0 ? name : name.substring(0, equals), word);
            if (value == null) {
                if (flag.isSwitch()) {
                    value = "true";
                } else if (++i < arguments.size()) {
                    value = arguments.get(i);
                } else {
                    throw new UsageException("flag needs an argument: " + word + "\nSee 'cairn daemon --help'.");
                }
            }
            List<String> list = given.computeIfAbsent(flag.name(), key -> new ArrayList<>());
            if (!flag.repeatable()) {
                list.clear();
            }
            list.add(value);
        }
        return given;
    }

    private static Flag flag(String name, String word) throws UsageException {
        for (Flag flag : FLAGS) {
            if (flag.name().equals(name)) {
                return flag;
            }
        }
        throw new UsageException("unknown flag: " + word + "\nSee 'cairn daemon --help'.");
    }

    private static void merge(Map<String, List<String>> given, String file) throws UsageException {
        Object tree;
        try {
            tree = Json.tree(Files.readAllBytes(Path.of(file)));
        } catch (IOException | JsonException e) {
            throw new UsageException("unable to configure the daemon with file " + file + ": " + e.getMessage());
        }
        if (!(tree instanceof Map<?, ?> keys)) {
            throw new UsageException("unable to configure the daemon with file " + file + ": not a JSON object");
        }
        Map<Object, Object> flat = new LinkedHashMap<>(keys);
        if (flat.remove("proxies") instanceof Map<?, ?> proxies) {
            flat.putAll(proxies);
        }
        for (Map.Entry<?, ?> entry : flat.entrySet()) {
            Flag flag = byKey(String.valueOf(entry.getKey()));
            if (flag == null) {
                throw new UsageException("unable to configure the daemon with file " + file
                        + ": the following directives don't match any configuration option: " + entry.getKey());
            }
            if (given.containsKey(flag.name()) && !flag.repeatable()) {
                throw new UsageException("unable to configure the daemon with file " + file
                        + ": the following directives are specified both as a flag and in the configuration file: "
                        + flag.key());
            }
            given.computeIfAbsent(flag.name(), key -> new ArrayList<>()).addAll(texts(entry.getValue()));
        }
    }

    private static @Nullable Flag byKey(String key) {
        for (Flag flag : FLAGS) {
            if (flag.key().equals(key)) {
                return flag;
            }
        }
        return null;
    }

    private static List<String> texts(@Nullable Object value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object element : list) {
                texts.addAll(texts(element));
            }
        } else if (value instanceof Map<?, ?> pool) {
            List<String> pairs = new ArrayList<>();
            pool.forEach((key, part) -> pairs.add(key + "=" + part));
            texts.add(String.join(",", pairs));
        } else {
            texts.add(String.valueOf(value));
        }
        return texts;
    }

    static String help() {
        StringBuilder help =
                new StringBuilder("Usage:  cairn daemon [OPTIONS]\n\nRun the engine in the foreground\n\nOptions:\n");
        for (Flag flag : FLAGS) {
            String left = "      --" + flag.name() + (flag.isSwitch() ? "" : flag.repeatable() ? " list" : " string");
            help.append(left)
                    .append(" ".repeat(Math.max(2, 36 - left.length())))
                    .append(flag.help())
                    .append('\n');
        }
        return help.toString();
    }

    private String text(String name, String otherwise) {
        List<String> list = values.get(name);
        return list == null || list.isEmpty() ? otherwise : list.getLast();
    }

    private boolean flag(String name, boolean otherwise) {
        return Boolean.parseBoolean(text(name, Boolean.toString(otherwise)));
    }

    List<String> list(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** What is given, or the environment's, as Go's programs read it: also in lower case. */
    String proxy(String name) {
        String variable = name.toUpperCase(Locale.ROOT).replace('-', '_');
        String large = System.getenv(variable);
        String small = System.getenv(variable.toLowerCase(Locale.ROOT));
        return text(name, large != null && !large.isEmpty() ? large : small == null ? "" : small);
    }

    Path dataRoot() {
        return Path.of(text("data-root", "/var/lib/cairn")).toAbsolutePath().normalize();
    }

    Path execRoot() {
        return Path.of(text("exec-root", "/run/cairn")).toAbsolutePath().normalize();
    }

    Path pidFile() {
        return Path.of(text("pidfile", execRoot().resolve("cairn.pid").toString()))
                .toAbsolutePath();
    }

    String group() {
        return text("group", "docker");
    }

    boolean debug() {
        return flag("debug", false) || logLevel().equals("debug");
    }

    String logLevel() {
        return text("log-level", "info");
    }

    String cgroupParent() throws UsageException {
        String parent = text("cgroup-parent", "/" + ownName("cairn"));
        if (!parent.startsWith("/") || parent.length() < 2 || parent.contains("..")) {
            throw new UsageException("invalid --cgroup-parent " + parent + ": give an absolute path such as /cairn");
        }
        return parent;
    }

    /** Unix sockets only: a TCP socket without mutual TLS would give root to everybody who reaches it. */
    List<Path> sockets() throws UsageException {
        List<Path> sockets = new ArrayList<>();
        for (String host : list("host")) {
            if (!host.startsWith("unix://")) {
                throw new UsageException("cannot listen on " + host + ": only unix://PATH is supported");
            }
            sockets.add(Path.of(host.substring("unix://".length())).toAbsolutePath());
        }
        return sockets.isEmpty() ? List.of(Path.of("/run/cairn/cairn.sock")) : sockets;
    }

    void check() throws UsageException {
        if (!List.of("debug", "info", "warn", "error", "fatal").contains(logLevel())) {
            throw new UsageException("invalid logging level: " + logLevel());
        }
        String driver = text("storage-driver", "overlay2");
        if (!driver.equals("overlay2")) {
            throw new UsageException("storage driver " + driver + " is not supported: overlay2 is the only one");
        }
        // All of it now: once the engine is open, containers have been taken up.
        sockets();
        bridge();
        cgroupParent();
        log();
        userNamespaces();
        RegistryOptions.of(this);
    }

    /** Whether containers have user namespaces of their own that say nothing of it. */
    boolean userNamespaces() throws UsageException {
        String mode = text("userns-default", "host");
        if (!mode.equals("host") && !mode.equals("private")) {
            throw new UsageException("invalid --userns-default " + mode + ": give host or private");
        }
        return mode.equals("private");
    }

    /** What containers get that name no driver. */
    LogConfig log() throws UsageException {
        if (list("log-opt").isEmpty() && list("log-driver").isEmpty()) {
            return new LogConfig("json-file", Map.of());
        }
        Map<String, String> options = new LinkedHashMap<>();
        for (String list : list("log-opt")) {
            // The file has an object, which arrives as pairs in one text.
            for (String option : list.split(",(?=[a-z-]+=)", -1)) {
                int equals = option.indexOf('=');
                if (equals < 1) {
                    throw new UsageException("invalid --log-opt " + option + ": expected KEY=VALUE");
                }
                options.put(option.substring(0, equals), option.substring(equals + 1));
            }
        }
        LogConfig log = new LogConfig(text("log-driver", "json-file"), options);
        try {
            Containers.checkLog(log);
        } catch (EngineException e) {
            throw new UsageException(
                    "failed to set log opts: " + HttpErrors.of(e.problem()).message());
        }
        return log;
    }

    /** A positive number. */
    int count(String name, int otherwise) throws UsageException {
        String text = text(name, Integer.toString(otherwise));
        try {
            int count = Integer.parseInt(text);
            if (count > 0) {
                return count;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new UsageException("invalid --" + name + " " + text + ": give a positive number");
    }

    BridgeSettings bridge() throws UsageException {
        String name = text("bridge", "");
        String bip = text("bip", "");
        if (!name.isEmpty() && !bip.isEmpty()) {
            throw new UsageException(
                    "you specified --bridge and --bip, mutually exclusive options: a bridge of your own has its address already");
        }
        boolean own = name.isEmpty();
        try {
            return new BridgeSettings(
                    own ? ownName("cairn0") : name,
                    own,
                    bip.isEmpty() ? null : Subnet.parse("--bip", bip),
                    pools(),
                    Integer.parseInt(text("mtu", "1500")),
                    flag("iptables", true),
                    flag("ip-masq", true),
                    flag("ip-forward", true));
        } catch (NumberFormatException e) {
            throw new UsageException("invalid --mtu " + text("mtu", ""));
        } catch (EngineException e) {
            throw new UsageException(HttpErrors.of(e.problem()).message());
        }
    }

    /** Daemons side by side need bridges and cgroups of their own: only those of the default root are called plainly. */
    private String ownName(String plain) {
        String root = dataRoot().toString();
        return root.equals("/var/lib/cairn")
                ? plain
                : "cairn-"
                        + cairn.oci.Digest.sha256(root.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                                .hex()
                                .substring(0, 7);
    }

    private List<BridgeSettings.Pool> pools() throws UsageException {
        if (list("default-address-pool").isEmpty()) {
            return BridgeSettings.DEFAULT_POOLS;
        }
        List<BridgeSettings.Pool> pools = new ArrayList<>();
        for (String pool : list("default-address-pool")) {
            String base = "";
            String size = "";
            for (String part : pool.split(",")) {
                if (part.startsWith("base=")) {
                    base = part.substring(5);
                } else if (part.startsWith("size=")) {
                    size = part.substring(5);
                }
            }
            InterfaceAddress range = Subnet.cidr(base);
            int prefix = ContainerPort.number(size);
            if (range == null
                    || prefix < range.subnet().prefix()
                    || prefix > (range.subnet().v6() ? 126 : 30)
                    || !range.address().equals(range.subnet().base())) {
                throw new UsageException("invalid --default-address-pool " + pool
                        + ": expected base=CIDR,size=N, where N is the length of a network in it");
            }
            pools.add(new BridgeSettings.Pool(range.subnet(), prefix));
        }
        return pools;
    }
}
