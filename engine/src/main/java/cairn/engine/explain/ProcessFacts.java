package cairn.engine.explain;

import cairn.engine.launch.Capability;
import cairn.linux.ProcessInfo;
import cairn.linux.Processes;
import cairn.wire.explain.NamespaceExplanation;
import cairn.wire.explain.ProcessExplanation;
import cairn.wire.explain.SecurityExplanation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What /proc tells about a container's processes, their namespaces and rights. */
final class ProcessFacts {
    private static final int MAX_ANCESTORS = 32;

    private ProcessFacts() {}

    /** Those that still exist, in the given order. */
    static List<ProcessExplanation> processes(List<Integer> pids) {
        List<ProcessExplanation> found = new ArrayList<>();
        for (int pid : pids) {
            ProcessInfo info = Processes.info(pid);
            if (info != null) {
                found.add(explain(info, info.command()));
            }
        }
        return found;
    }

    /** The process's parent, then its parent's, up to the host's first process. Without arguments: those of strangers may be secret. */
    static List<ProcessExplanation> ancestors(int pid) {
        List<ProcessExplanation> found = new ArrayList<>();
        ProcessInfo info = Processes.info(pid);
        while (info != null && info.parent() > 0 && found.size() < MAX_ANCESTORS) {
            info = Processes.info(info.parent());
            if (info != null) {
                found.add(explain(info, List.of()));
            }
        }
        return found;
    }

    private static ProcessExplanation explain(ProcessInfo info, List<String> command) {
        return new ProcessExplanation(
                info.pid(),
                info.parent(),
                info.namespacePids(),
                info.uid(),
                String.valueOf(info.state()),
                info.name(),
                command);
    }

    /** Compared with those of this very process, which is the host's as far as the engine is concerned. */
    static List<NamespaceExplanation> namespaces(int pid) {
        Map<String, Long> host =
                Processes.namespaces((int) ProcessHandle.current().pid());
        List<NamespaceExplanation> found = new ArrayList<>();
        Processes.namespaces(pid).forEach((kind, id) -> {
            // pid_for_children and its like say where children will go, not where the process is.
            if (!kind.endsWith("_for_children")) {
                long hostId = host.getOrDefault(kind, 0L);
                found.add(new NamespaceExplanation(kind, id, hostId, id != hostId));
            }
        });
        return found;
    }

    /** Null if the process is gone. */
    static @Nullable SecurityExplanation security(int pid) {
        Map<String, String> status = new HashMap<>();
        for (String line : ProcFile.lines("/proc/" + pid + "/status")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                status.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        return status.isEmpty() ? null : security(status);
    }

    static SecurityExplanation security(Map<String, String> status) {
        return new SecurityExplanation(
                second(status, "Uid"),
                second(status, "Gid"),
                numbers(status, "Groups"),
                capabilities(status, "CapEff"),
                capabilities(status, "CapPrm"),
                capabilities(status, "CapInh"),
                capabilities(status, "CapBnd"),
                capabilities(status, "CapAmb"),
                status.getOrDefault("NoNewPrivs", "0").equals("1"),
                switch (status.getOrDefault("Seccomp", "0")) {
                    case "0" -> "off";
                    case "1" -> "strict";
                    default -> "filter";
                },
                Integer.parseInt(status.getOrDefault("Seccomp_filters", "0")));
    }

    /** Real, effective, saved and file system: the second is what rights go by. */
    private static int second(Map<String, String> status, String key) {
        List<Integer> numbers = numbers(status, key);
        return numbers.size() < 2 ? 0 : numbers.get(1);
    }

    private static List<Integer> numbers(Map<String, String> status, String key) {
        List<Integer> numbers = new ArrayList<>();
        for (String word : status.getOrDefault(key, "").split("\\s+", -1)) {
            if (!word.isEmpty()) {
                numbers.add(Integer.parseUnsignedInt(word));
            }
        }
        return numbers;
    }

    private static List<String> capabilities(Map<String, String> status, String key) {
        long mask = Long.parseUnsignedLong(status.getOrDefault(key, "0"), 16);
        List<String> names = new ArrayList<>();
        for (Capability capability : Capability.values()) {
            long bit = Capability.mask(List.of(capability));
            if ((mask & bit) != 0) {
                names.add("CAP_" + capability);
                mask &= ~bit;
            }
        }
        // Of a kernel newer than the list.
        for (; mask != 0; mask &= mask - 1) {
            names.add("CAP_" + Long.numberOfTrailingZeros(mask));
        }
        return names;
    }
}
