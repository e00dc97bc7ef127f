package cairn.cli.verb;

import cairn.cli.show.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ports as {@code ps} shows them: {@code 443/tcp, 0.0.0.0:8080->80/tcp}; neighbours that are published under their own numbers,
 * or not at all, as a range.
 */
final class PortList {
    private static final class Run {
        long first;
        long last;

        Run(long port) {
            first = port;
            last = port;
        }
    }

    /** A class rather than a chain of method references, each of which would cost a millisecond at every start. */
    private static final class ByPort implements Comparator<Tree> {
        @Override
        public int compare(Tree a, Tree b) {
            int order = Long.compare(
                    a.at("PrivatePort").number(), b.at("PrivatePort").number());
            order = order != 0 ? order : a.at("IP").text().compareTo(b.at("IP").text());
            order = order != 0
                    ? order
                    : Long.compare(
                            a.at("PublicPort").number(), b.at("PublicPort").number());
            return order != 0
                    ? order
                    : a.at("Type").text().compareTo(b.at("Type").text());
        }
    }

    private PortList() {}

    static String shown(List<Tree> ports) {
        List<Tree> sorted = new ArrayList<>(ports);
        sorted.sort(new ByPort());
        Map<String, Run> runs = new LinkedHashMap<>();
        List<String> ranges = new ArrayList<>();
        List<String> mappings = new ArrayList<>();
        for (Tree port : sorted) {
            long inside = port.at("PrivatePort").number();
            String ip = port.at("IP").text();
            String protocol = port.at("Type").text();
            String host = ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip;
            if (!ip.isEmpty() && port.at("PublicPort").number() != inside) {
                mappings.add(host + ":" + port.at("PublicPort").number() + "->" + inside + "/" + protocol);
                continue;
            }
            String key = ip.isEmpty() ? protocol : host + "/" + protocol;
            Run run = runs.get(key);
            if (run == null) {
                runs.put(key, new Run(inside));
            } else if (run.last + 1 == inside || run.last == inside) {
                run.last = inside;
            } else {
                ranges.add(range(key, run));
                run.first = inside;
                run.last = inside;
            }
        }
        for (Map.Entry<String, Run> run : runs.entrySet()) {
            ranges.add(range(run.getKey(), run.getValue()));
        }
        ranges.addAll(mappings);
        return String.join(", ", ranges);
    }

    private static String range(String key, Run run) {
        int slash = key.lastIndexOf('/');
        String ports = run.first == run.last ? Long.toString(run.first) : run.first + "-" + run.last;
        return slash < 0
                ? ports + "/" + key
                : key.substring(0, slash) + ":" + ports + "->" + ports + "/" + key.substring(slash + 1);
    }
}
