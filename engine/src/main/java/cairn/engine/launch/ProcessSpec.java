package cairn.engine.launch;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One process, for run and exec alike.
 *
 * @param seccomp filter as an array of struct sock_filter, null for unconfined
 * @param limits resource number of setrlimit(2) to soft and hard value
 */
public record ProcessSpec(
        User user,
        String workingDirectory,
        List<String> arguments,
        List<String> environment,
        Set<Capability> capabilities,
        boolean noNewPrivileges,
        byte @Nullable [] seccomp,
        Map<Integer, Limit> limits,
        int oomScoreAdj) {

    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public ProcessSpec {
        arguments = List.copyOf(arguments);
        environment = List.copyOf(environment);
        capabilities = Set.copyOf(capabilities);
        limits = Map.copyOf(limits);
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("no command");
        }
    }

    /** Unsigned 32-bit ids, kept in longs. */
    public record User(long uid, long gid, List<Long> groups) {
        public static final User ROOT = new User(0, 0, List.of(0L));

        public User {
            groups = List.copyOf(groups);
        }
    }

    public record Limit(long soft, long hard) {}

    /** What execve(2) shall try in turn: the name itself when it has a slash, else one candidate per directory of PATH. */
    List<String> candidates() {
        String program = arguments.getFirst();
        if (program.indexOf('/') >= 0) {
            return List.of(program);
        }
        String path = DEFAULT_PATH;
        for (String variable : environment) {
            if (variable.startsWith("PATH=")) {
                path = variable.substring(5);
            }
        }
        return java.util.Arrays.stream(path.split(":"))
                .map(directory -> (directory.isEmpty() ? "." : directory) + "/" + program)
                .toList();
    }
}
