package cairn.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether what a daemon says of its networks and what the machine has are the same, in both directions: bridges with their addresses and
 * ports, addresses inside running containers, tables of the firewall with an element for each published port, sockets of cairn-ports,
 * members of networks, and what containers are told when they ask for each other's names.
 *
 * <p>A bridge or a table is the daemon's if the daemon says so, or if it has an address of the ranges that are the daemon's own.
 */
final class NetworkAgreement {
    /** Links disappear in the background; a daemon that has just started makes its links and tables behind its first answers. */
    private static final Duration SETTLE = Duration.ofSeconds(15);

    private static final Pattern ADDRESS = Pattern.compile("\\b\\d+\\.\\d+\\.\\d+\\.\\d+\\b");
    /** A bridge that is joined to a network's first one, with ten digits of the network's id; and the port of that which joins it. */
    private static final Pattern FURTHER = Pattern.compile("br(\\d+-([0-9a-f]{10}))");

    private static final Pattern JOINT = Pattern.compile("dn(\\d+-[0-9a-f]{10})");
    private static final Pattern TABLE =
            Pattern.compile("^table (\\S+) (\\S+) \\{$(.*?)^}$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern ELEMENT =
            Pattern.compile("(?:([0-9a-f.:]+) \\. )?(tcp|udp|sctp) \\. (\\d+) : ([0-9a-f.:]+) \\. (\\d+)");
    /** What is open at a container's own address. */
    private static final Pattern OPEN = Pattern.compile("([0-9a-f.:]+) \\. (tcp|udp|sctp) \\. (\\d+)(?! :|\\d)");

    private record Place(String network, String endpoint, String address, String address6, List<String> names) {
        /** With their prefixes; a family that is not there has nothing before the slash. */
        List<String> addresses() {
            return Stream.of(address, address6)
                    .filter(text -> !text.startsWith("/"))
                    .toList();
        }
    }

    private record Port(String port, String protocol, String hostAddress, String hostPort) {}

    private record Running(String id, String pid, String name, List<Place> places, List<Port> ports) {
        List<String> inNamespace(String... words) {
            List<String> command = new ArrayList<>(List.of("nsenter", "-t", pid, "-n"));
            command.addAll(List.of(words));
            return Command.run(Map.of(), command, "").lines();
        }
    }

    private final TestDaemon daemon;
    private final DockerCli docker;
    private final Set<String> recorded = new TreeSet<>();
    private final Set<String> found = new TreeSet<>();
    /** Bridges by network. */
    private final Map<String, String> bridges = new HashMap<>();

    private NetworkAgreement(TestDaemon daemon) {
        this.daemon = daemon;
        docker = daemon.docker();
    }

    /** Waits until they are the same; fails with the difference. */
    static void await(TestDaemon daemon) {
        long end = System.nanoTime() + SETTLE.toNanos();
        List<String> difference = new NetworkAgreement(daemon).difference();
        while (!difference.isEmpty() && System.nanoTime() < end) {
            Wait.pause(Duration.ofMillis(100));
            difference = new NetworkAgreement(daemon).difference();
        }
        if (!difference.isEmpty()) {
            throw new AssertionError("there and not on record (+), on record and not there (-):\n"
                    + String.join("\n", difference) + "\nthe daemon's log:\n" + daemon.logTail());
        }
    }

    private List<String> difference() {
        networks();
        List<Running> containers = running();
        containers.forEach(this::container);
        links();
        firewall();
        held();
        names(containers);
        List<String> difference = new ArrayList<>();
        found.stream().filter(line -> !recorded.contains(line)).forEach(line -> difference.add("+  " + line));
        recorded.stream().filter(line -> !found.contains(line)).forEach(line -> difference.add("-  " + line));
        return difference;
    }

    // ---- what is on record

    private void networks() {
        String[] ids = docker.ok("network", "ls", "-q", "--no-trunc", "--filter", "driver=bridge")
                .split("\\s+");
        String format =
                "{{.Id}}|{{with index .Options \"com.docker.network.bridge.name\"}}{{.}}{{end}}|{{range .IPAM.Config}}{{with index . \"Gateway\"}}{{.}} {{end}}{{end}}"
                        + "|{{range .IPAM.Config}}{{.Subnet}} {{end}}"
                        + "|{{range $id, $c := .Containers}}{{$id}} {{$c.IPv4Address}};{{$id}} {{$c.IPv6Address}};{{end}}";
        for (String line : inspect(format, "network", ids)) {
            String[] parts = line.split("\\|", -1);
            String bridge = parts[1].isEmpty() ? "br-" + parts[0].substring(0, 12) : parts[1];
            bridges.put(parts[0], bridge);
            recorded.add("bridge " + bridge);
            for (String gateway : words(parts[2], " ")) {
                recorded.add("address " + gateway + " of " + bridge);
            }
            for (String subnet : words(parts[3], " ")) {
                recorded.add("table " + family(subnet) + table(bridge));
            }
            for (String member : words(parts[4], ";")) {
                if (!member.endsWith(" ")) {
                    found.add("member of " + bridge + ": " + member);
                }
            }
        }
    }

    private static String family(String address) {
        return address.contains(":") ? "ip6 " : "ip ";
    }

    private static String table(String bridge) {
        return "cairn_" + bridge.replaceAll("[^A-Za-z0-9_]", "_");
    }

    private List<String> inspect(String format, String type, String... ids) {
        List<String> command = new ArrayList<>(List.of("inspect", "--type", type, "--format", format));
        command.addAll(List.of(ids));
        // What has gone meanwhile is told on the other stream.
        return docker.run(command.toArray(String[]::new)).lines();
    }

    private static List<String> words(String text, String separator) {
        List<String> words = new ArrayList<>();
        for (String word : text.split(separator)) {
            if (!word.isBlank()) {
                words.add(word);
            }
        }
        return words;
    }

    private List<Running> running() {
        List<String> ids = words(docker.ok("ps", "-q", "--no-trunc"), "\\s+");
        List<Running> running = new ArrayList<>();
        if (ids.isEmpty()) {
            return running;
        }
        String format = "{{.Id}}|{{.State.Pid}}|{{slice .Name 1}}"
                + "|{{range .NetworkSettings.Networks}}{{.NetworkID}},{{.EndpointID}},{{.IPAddress}}/{{.IPPrefixLen}}"
                + ",{{.GlobalIPv6Address}}/{{.GlobalIPv6PrefixLen}},{{range .DNSNames}}{{.}} {{end}};{{end}}"
                + "|{{range $p, $all := .NetworkSettings.Ports}}{{range $all}}{{$p}},{{.HostIp}},{{.HostPort}};{{end}}{{end}}";
        for (String line : inspect(format, "container", ids.toArray(String[]::new))) {
            String[] parts = line.split("\\|", -1);
            List<Place> places = new ArrayList<>();
            for (String text : words(parts[3], ";")) {
                String[] place = text.split(",", -1);
                if (bridges.containsKey(place[0])) {
                    places.add(new Place(place[0], place[1], place[2], place[3], words(place[4], " ")));
                }
            }
            List<Port> ports = new ArrayList<>();
            for (String text : words(parts[4], ";")) {
                String[] port = text.split("[,/]", -1);
                ports.add(new Port(port[0], port[1], port[2], port[3]));
            }
            // One that waits for its next start has no process.
            if (!parts[1].equals("0")) {
                running.add(new Running(parts[0], parts[1], parts[2], places, ports));
            }
        }
        return running;
    }

    private void container(Running container) {
        if (container.places().isEmpty()) {
            return;
        }
        String inside = " in " + container.name();
        for (Place place : container.places()) {
            String bridge = bridges.get(place.network());
            recorded.add("port veth" + place.endpoint().substring(0, 11) + " of " + bridge);
            for (String address : place.addresses()) {
                recorded.add("member of " + bridge + ": " + container.id() + " " + address);
                recorded.add("address " + address + inside);
            }
        }
        for (String line : container.inNamespace("ip", "-o", "addr", "show", "scope", "global")) {
            found.add("address " + line.split("\\s+")[3] + inside);
        }
        if (!container.ports().isEmpty()) {
            Place outward = outward(container, false);
            Place outward6 = outward(container, true);
            container.ports().forEach(port -> published(port, port.hostAddress().contains(":") ? outward6 : outward));
        }
    }

    /** The place behind the container's way out in a family, which published ports of that lead to; null if there is none. */
    private static @Nullable Place outward(Running container, boolean v6) {
        String route = String.join(" ", container.inNamespace("ip", "route", "get", v6 ? "2001:db8::1" : "192.0.2.1"));
        return container.places().stream()
                .filter(place -> route.contains(" src " + address(place, v6) + " "))
                .findFirst()
                .orElse(null);
    }

    private static String address(Place place, boolean v6) {
        return (v6 ? place.address6() : place.address()).split("/")[0];
    }

    private void published(Port port, @Nullable Place outward) {
        boolean v6 = port.hostAddress().contains(":");
        String to = outward == null ? "" : family(port.hostAddress()) + table(bridges.get(outward.network()));
        if (port.hostPort().isEmpty()) {
            recorded.add("open in " + to + ": " + port.protocol() + " " + address(Objects.requireNonNull(outward), v6)
                    + ":" + port.port());
            return;
        }
        String host = v6 ? "[" + port.hostAddress() + "]" : port.hostAddress();
        recorded.add("socket " + port.protocol() + " " + host + ":" + port.hostPort());
        boolean all = List.of("0.0.0.0", "::").contains(port.hostAddress());
        if (outward != null
                && !port.hostAddress().startsWith("127.")
                && !port.hostAddress().equals("::1")) {
            recorded.add("element of " + to + ": " + port.protocol() + " "
                    + (all ? "any" : port.hostAddress()) + ":" + port.hostPort()
                    + " to " + address(outward, v6) + ":" + port.port());
        }
    }

    // ---- what is there

    private boolean owns(String text) {
        return ADDRESS.matcher(text).results().map(MatchResult::group).anyMatch(daemon::owns);
    }

    private void links() {
        Map<String, List<String>> addresses = new HashMap<>();
        for (String line :
                Command.run("ip", "-o", "addr", "show", "scope", "global").lines()) {
            String[] words = line.split("\\s+");
            addresses.computeIfAbsent(words[1], _ -> new ArrayList<>()).add(words[3]);
        }
        for (String link :
                Command.run("sh", "-c", "cd /sys/class/net && ls -d */bridge").lines()) {
            String bridge = link.substring(0, link.indexOf('/'));
            Matcher further = FURTHER.matcher(bridge);
            if (further.matches() && bridges.keySet().stream().anyMatch(id -> id.startsWith(further.group(2)))) {
                recorded.add("bridge " + bridge);
                found.add((Files.exists(Path.of("/sys/class/net/dn" + further.group(1))) ? "bridge " : "lone bridge ")
                        + bridge);
            }
            List<String> its = addresses.getOrDefault(bridge, List.of());
            if (bridges.containsValue(bridge) || its.stream().anyMatch(this::owns)) {
                found.add("bridge " + bridge);
                its.forEach(address -> found.add("address " + address.split("/")[0] + " of " + bridge));
                ports(bridge);
            }
        }
    }

    /** Those of a network's bridge, and of the bridges that are joined to it as if they were its own. */
    private void ports(String bridge) {
        for (String port :
                Command.run("ls", "/sys/class/net/" + bridge + "/brif").lines()) {
            Matcher joint = JOINT.matcher(port);
            if (!joint.matches()) {
                found.add("port " + port + " of " + bridge);
                continue;
            }
            String further = "br" + joint.group(1);
            recorded.add("port up" + joint.group(1) + " of " + further);
            for (String beyond :
                    Command.run("ls", "/sys/class/net/" + further + "/brif").lines()) {
                found.add("port " + beyond + " of " + (beyond.startsWith("up") ? further : bridge));
            }
        }
    }

    private void firewall() {
        Matcher tables = TABLE.matcher(Command.run("nft", "list", "ruleset").out());
        Set<String> ours = new TreeSet<>();
        bridges.values().forEach(bridge -> ours.add(table(bridge)));
        while (tables.find()) {
            String name = tables.group(2);
            if (ours.contains(name) || owns(tables.group(3))) {
                String table = tables.group(1) + " " + name;
                found.add("table " + table);
                OPEN.matcher(tables.group(3))
                        .results()
                        .forEach(open -> found.add(
                                "open in " + table + ": " + open.group(2) + " " + open.group(1) + ":" + open.group(3)));
                ELEMENT.matcher(tables.group(3))
                        .results()
                        .forEach(element -> found.add("element of " + table + ": "
                                + element.group(2) + " " + (element.group(1) == null ? "any" : element.group(1)) + ":"
                                + element.group(3) + " to " + element.group(4) + ":" + element.group(5)));
            }
        }
    }

    /** What cairn-ports listens on. */
    private void held() {
        String socket = daemon.execRoot().resolve("ports.sock").toString();
        List<String> holders = ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").endsWith(socket))
                .map(process -> "pid=" + process.pid() + ",")
                .toList();
        if (holders.isEmpty()) {
            return;
        }
        for (String line : Command.run("ss", "-Hltunp").ok().lines()) {
            if (holders.stream().anyMatch(line::contains)) {
                String[] words = line.split("\\s+");
                found.add("socket " + words[0] + " " + words[4]);
            }
        }
    }

    /** Each asks for all who share a network of their own with it; the answer is of one network, if a name is known on several. */
    private void names(List<Running> containers) {
        for (Running asker : containers) {
            Map<String, Map<String, Set<String>>> known = new TreeMap<>();
            for (Place mine : asker.places()) {
                containers.stream()
                        .flatMap(other -> other.places().stream())
                        .filter(other -> other.network().equals(mine.network()))
                        .forEach(other -> other.names().forEach(name -> {
                            Set<String> addresses = known.computeIfAbsent(name, _ -> new TreeMap<>())
                                    .computeIfAbsent(other.network(), _ -> new TreeSet<>());
                            if (!other.address().startsWith("/")) {
                                addresses.add(address(other, false));
                            }
                        }));
            }
            known.forEach((name, byNetwork) -> {
                Set<String> answer = new TreeSet<>();
                for (String line : asker.inNamespace("busybox", "nslookup", "-type=a", name, "127.0.0.11")) {
                    if (line.startsWith("Address: ")) {
                        answer.add(line.substring("Address: ".length()).strip());
                    }
                }
                if (!byNetwork.containsValue(answer)) {
                    recorded.add(name + ", asked for by " + asker.name() + ": one of " + byNetwork.values());
                    found.add(name + ", asked for by " + asker.name() + ": " + answer);
                }
            });
        }
    }
}
