package cairn.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What one daemon owns on the machine at one moment: mounts, cgroups, interfaces, firewall rules, processes, network namespaces, open
 * descriptors, and files of its stores. Two ledgers are compared as multisets of lines without process ids, so a daemon that was killed
 * and started again in between compares equal to its former self.
 *
 * <p>Only what carries the daemon's directory, cgroup or bridge in its name is counted: other engines on the machine do not disturb.
 */
final class LeakLedger {
    /** Namespaces and virtual links disappear in the background, after a grace period of the kernel. */
    private static final Duration SETTLE = Duration.ofSeconds(15);

    private static final Pattern ADDRESS = Pattern.compile("\\b\\d+\\.\\d+\\.\\d+\\.\\d+\\b");

    private static final Pattern TABLE =
            Pattern.compile("^table (\\S+) (\\S+) \\{$(.*?)^}$", Pattern.MULTILINE | Pattern.DOTALL);

    /** In the daemon's journal of events. */
    private static final Pattern NETWORK_MADE =
            Pattern.compile("\"Type\":\"network\",\"Action\":\"create\",\"Actor\":\\{\"ID\":\"([0-9a-f]{12})");

    private final Map<String, Integer> lines;

    private LeakLedger(Map<String, Integer> lines) {
        this.lines = lines;
    }

    static LeakLedger of(TestDaemon daemon) {
        Map<String, Integer> lines = new TreeMap<>();
        LeakLedger ledger = new LeakLedger(lines);
        if (daemon.isRunning()) {
            // It makes bridge, table and launcher, and holds descriptors for a while.
            Wait.until(SETTLE, () -> "the daemon's warm-up", () -> !warmsUp(daemon));
            // What it deletes in the background is no possession.
            Wait.until(
                    SETTLE,
                    () -> "the trash to be emptied",
                    () -> isEmpty(daemon.dataRoot().resolve("cairn/trash")));
        }
        ledger.mounts(daemon);
        ledger.cgroups(daemon);
        Set<String> bridges = bridgesEver(daemon);
        ledger.links(daemon, bridges);
        ledger.firewall(daemon, bridges);
        ledger.processes(daemon);
        ledger.descriptors(daemon);
        ledger.files(daemon);
        return ledger;
    }

    /** Waits until the daemon owns again exactly what it owned when this ledger was taken; fails with the difference. */
    void awaitSame(TestDaemon daemon) {
        if (TestDaemon.isDocker()) {
            // It keeps namespace files and descriptors for later; its tidiness is not the question here.
            return;
        }
        long end = System.nanoTime() + SETTLE.toNanos();
        List<String> difference = difference(of(daemon));
        while (!difference.isEmpty() && System.nanoTime() < end) {
            Wait.pause(Duration.ofMillis(200));
            difference = difference(of(daemon));
        }
        if (!difference.isEmpty()) {
            throw new AssertionError("left behind (+) or lost (-):\n" + String.join("\n", difference)
                    + "\nthe daemon's log:\n" + daemon.logTail());
        }
    }

    List<String> difference(LeakLedger later) {
        List<String> difference = new ArrayList<>();
        Map<String, Integer> all = new TreeMap<>(lines);
        later.lines.forEach(all::putIfAbsent);
        for (String line : all.keySet()) {
            int change = later.lines.getOrDefault(line, 0) - lines.getOrDefault(line, 0);
            // A client's connection may still have been closing when the first ledger was taken, and the link of a
            // container that had ended may still have been there; a link that no bridge had got yet was another
            // daemon's.
            boolean closedMeanwhile =
                    change < 0 && (line.equals("descriptor  socket:") || line.matches("link  .*: veth.*"));
            if (change != 0 && !closedMeanwhile) {
                difference.add("%+d  %s".formatted(change, line));
            }
        }
        return difference;
    }

    private void add(String kind, String line) {
        lines.merge(kind + "  " + line, 1, Integer::sum);
    }

    private void mounts(TestDaemon daemon) {
        for (String line : mountsBelow(daemon.directory())) {
            add("mount", line.split(" ")[4]);
        }
    }

    /** Lines of mountinfo of the mounts on or below a directory. */
    static List<String> mountsBelow(Path directory) {
        return read(Path.of("/proc/self/mountinfo"))
                .lines()
                .filter(line -> (line.split(" ")[4] + "/").startsWith(directory + "/"))
                .toList()
                .reversed();
    }

    private void cgroups(TestDaemon daemon) {
        Path top = Path.of("/sys/fs/cgroup");
        List<Path> parents = new ArrayList<>(List.of(top));
        parents.addAll(children(top));
        for (Path hierarchy : parents) {
            Path parent = hierarchy.resolve(daemon.cgroupParent().substring(1));
            for (Path child : children(parent)) {
                if (Files.isDirectory(child)) {
                    add("cgroup", child.toString());
                }
            }
        }
    }

    /** The default network's, and those of all networks that the daemon has made, whether there is still a record of them or not. */
    private static Set<String> bridgesEver(TestDaemon daemon) {
        Set<String> bridges = new TreeSet<>();
        if (Files.exists(Path.of("/sys/class/net", daemon.bridge()))) {
            bridges.add(daemon.bridge());
        }
        for (Path journal : children(daemon.dataRoot().resolve("cairn/events"))) {
            NETWORK_MADE.matcher(read(journal)).results().forEach(made -> bridges.add("br-" + made.group(1)));
        }
        return bridges;
    }

    private void links(TestDaemon daemon, Set<String> bridges) {
        Set<String> found = new TreeSet<>();
        // Those of a single link come by themselves, after a while.
        for (String line :
                Command.run("ip", "-o", "addr", "show", "scope", "global").lines()) {
            String[] words = line.split("\\s+");
            if (bridges.contains(words[1]) || owns(daemon, words[3])) {
                add("link", words[1] + " with " + words[3]);
                found.add(words[1]);
            }
        }
        bridges.stream()
                .filter(bridge -> Files.exists(Path.of("/sys/class/net", bridge)))
                .forEach(found::add);
        for (String bridge : found) {
            add("link", bridge);
            for (Path link : children(Path.of("/sys/class/net", bridge, "brif"))) {
                add("link", "on " + bridge + ": " + link.getFileName());
            }
        }
        // A virtual link without a master belongs to nobody any more.
        for (Path link : children(Path.of("/sys/class/net"))) {
            if (link.getFileName().toString().startsWith("veth") && !Files.exists(link.resolve("master"))) {
                add("link", "without a bridge: " + link.getFileName());
            }
        }
    }

    /** Tables of all families: those that are named after its bridges as a whole, of others what names a bridge or an address of its. */
    private void firewall(TestDaemon daemon, Set<String> bridges) {
        Set<String> names = new TreeSet<>();
        bridges.forEach(bridge -> names.add("cairn_" + bridge.replace('-', '_')));
        Matcher tables = TABLE.matcher(Command.run("nft", "list", "ruleset").out());
        while (tables.find()) {
            String table = tables.group(1) + " " + tables.group(2);
            List<String> rules =
                    tables.group(3).lines().filter(line -> !line.isBlank()).toList();
            boolean whole = names.contains(tables.group(2))
                    || tables.group(2).startsWith("cairn_") && rules.stream().anyMatch(rule -> owns(daemon, rule));
            if (whole) {
                add("firewall", table);
            }
            for (String rule : rules) {
                if (whole || owns(daemon, rule) || bridges.stream().anyMatch(rule::contains)) {
                    // Counters move.
                    add("firewall", table + ": " + rule.strip().replaceAll("packets \\d+ bytes \\d+", "packets bytes"));
                }
            }
        }
    }

    private static boolean owns(TestDaemon daemon, String text) {
        return ADDRESS.matcher(text).results().map(MatchResult::group).anyMatch(daemon::owns);
    }

    private void processes(TestDaemon daemon) {
        for (Path process : children(Path.of("/proc"))) {
            String pid = process.getFileName().toString();
            if (!Character.isDigit(pid.charAt(0))
                    || pid.equals(Long.toString(ProcessHandle.current().pid()))) {
                continue;
            }
            String cgroup = read(process.resolve("cgroup"));
            String command = read(process.resolve("cmdline")).replace('\0', ' ').strip();
            boolean inside = cgroup.contains(daemon.cgroupParent() + "/");
            boolean ours = command.contains(daemon.directory().toString());
            if (inside || ours) {
                add("process", (inside ? "in a container: " : "") + command);
            }
            if (inside) {
                add("namespace", "of network, held by: " + command);
            }
        }
    }

    /** Only kinds that mean something: a JVM opens jars and modules whenever it likes. */
    private void descriptors(TestDaemon daemon) {
        if (!daemon.isRunning()) {
            return;
        }
        for (Path descriptor : children(Path.of("/proc/" + daemon.pid() + "/fd"))) {
            String target = link(descriptor);
            if (target.startsWith("socket:") || target.startsWith("pipe:") || target.startsWith("anon_inode:[pidfd]")) {
                add("descriptor", target.replaceAll("\\[\\d+]", ""));
            } else if (target.startsWith("/dev/pt") || target.contains("net:[") || target.contains("memfd:")) {
                add("descriptor", target);
            } else if (target.startsWith(daemon.directory() + "/")
                    && !target.endsWith("daemon.log")
                    // Open from the first event on.
                    && !target.contains("/data/cairn/events/")) {
                add("descriptor", target);
            }
        }
    }

    /** Whether it still rehearses what the first container needs, which it does behind its first answer. */
    private static boolean isEmpty(Path directory) {
        String[] names = directory.toFile().list();
        return names == null || names.length == 0;
    }

    private static boolean warmsUp(TestDaemon daemon) {
        return children(Path.of("/proc/" + daemon.pid() + "/task")).stream()
                .anyMatch(thread -> read(thread.resolve("comm")).strip().equals("warm-up"));
    }

    private void files(TestDaemon daemon) {
        Path data = daemon.dataRoot();
        for (String folder : List.of(
                "containers",
                "overlay2",
                "overlay2/l",
                "image/overlay2/layerdb/sha256",
                "image/overlay2/layerdb/mounts",
                "image/overlay2/layerdb/tmp",
                "image/overlay2/imagedb/content/sha256",
                "volumes",
                "tmp",
                "trash",
                "cairn",
                "cairn/manifests",
                "cairn/pending",
                "cairn/trash",
                "cairn/tmp")) {
            for (Path child : children(data.resolve(folder))) {
                add("file", child.toString());
            }
        }
        try (Stream<Path> walk = Files.exists(daemon.execRoot()) ? Files.walk(daemon.execRoot(), 4) : Stream.empty()) {
            walk.forEach(path -> add("file", path.toString()));
        } catch (IOException | UncheckedIOException e) {
            // It changes while it is read; the next look will tell.
            add("file", "unreadable: " + e.getMessage());
        }
    }

    private static List<Path> children(Path directory) {
        try (Stream<Path> children = Files.list(directory)) {
            return children.sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            // A process that has just ended.
            return "";
        }
    }

    private static String link(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
