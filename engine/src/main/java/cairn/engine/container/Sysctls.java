package cairn.engine.container;

import cairn.engine.error.Problem;
import java.util.Set;

/** Which kernel settings a container may have: those of its own ipc and network namespaces, by a strict grammar. */
final class Sysctls {
    private static final Set<String> IPC = Set.of(
            "kernel.msgmax",
            "kernel.msgmnb",
            "kernel.msgmni",
            "kernel.sem",
            "kernel.shmall",
            "kernel.shmmax",
            "kernel.shmmni",
            "kernel.shm_rmid_forced");

    private Sysctls() {}

    static void check(String key, String value, boolean ownNetwork, boolean ownIpc) {
        boolean ipc = IPC.contains(key) || key.startsWith("fs.mqueue.");
        boolean network = key.startsWith("net.");
        if (!plain(key) || !plain(value.replace(' ', '.').replace('\t', '.').replace('-', '.')) || !ipc && !network) {
            throw new Problem.InvalidParameter(
                            "sysctl '" + key + "' is not allowed: only settings of the container's own"
                                    + " ipc and network namespaces are")
                    .exception();
        }
        if (network && !ownNetwork || ipc && !ownIpc) {
            throw new Problem.InvalidParameter("sysctl '" + key
                            + "' is not allowed as the container does not have that namespace of its own")
                    .exception();
        }
    }

    private static boolean plain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isLetterOrDigit(c) && c != '.' && c != '_' || c > 127) {
                return false;
            }
        }
        return !text.isEmpty() && !text.contains("..");
    }
}
