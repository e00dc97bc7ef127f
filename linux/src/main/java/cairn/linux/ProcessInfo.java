package cairn.linux;

import java.util.List;

/**
 * A process as /proc tells it.
 *
 * @param namespacePids its pid in each pid namespace, outermost (ours) first
 * @param name the first 15 bytes of the program's name
 * @param state one letter: R, S, D, T, Z ...
 * @param command the arguments; empty for a kernel thread or a zombie
 * @param startTime in clock ticks since boot
 */
public record ProcessInfo(
        int pid,
        int parent,
        List<Integer> namespacePids,
        String name,
        char state,
        List<String> command,
        int uid,
        long startTime) {
    public ProcessInfo {
        namespacePids = List.copyOf(namespacePids);
        command = List.copyOf(command);
    }
}
