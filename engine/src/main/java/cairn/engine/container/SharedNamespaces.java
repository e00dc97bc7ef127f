package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.launch.LaunchSpec;
import cairn.engine.launch.Namespace;
import cairn.wire.container.HostConfig;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a container shares with another one or with the host, besides the namespaces of the host that it just stays in.
 *
 * @param joined namespaces of other containers' first processes
 * @param shm the host's path of its /dev/shm, null for an own one or none
 */
record SharedNamespaces(
        Map<Namespace, LaunchSpec.Peer> joined, @Nullable Path shm) {
    static final SharedNamespaces NONE = new SharedNamespaces(Map.of(), null);

    private static final String CONTAINER = "container:";
    private static final Path HOST_SHM = Path.of("/dev/shm");

    SharedNamespaces {
        joined = Map.copyOf(joined);
    }

    /** The other container's reference in a mode {@code container:REF}, else null. */
    static @Nullable String other(String mode) {
        return mode.startsWith(CONTAINER) ? mode.substring(CONTAINER.length()) : null;
    }

    /** The mode with the other container's id, which outlives its name. A reference that leads nowhere stays: the start will tell. */
    static String withId(String mode, Function<String, Container> containers) {
        String ref = other(mode);
        if (ref == null || ref.isEmpty()) {
            return mode;
        }
        try {
            return CONTAINER + containers.apply(ref).id();
        } catch (EngineException unknown) {
            return mode;
        }
    }

    /** As the other containers are at this moment. */
    static SharedNamespaces of(Live live, Function<String, Live> containers) {
        HostConfig host = live.container.hostConfig();
        Map<Namespace, LaunchSpec.Peer> joined = new EnumMap<>(Namespace.class);
        if (NetworkMode.of(host) instanceof NetworkMode.Shared shared) {
            Container other = containers.apply(shared.container()).container;
            if (!(other.state() instanceof LifeState.Running running)) {
                throw new Problem.Conflict("cannot join network namespace of a non running container: " + other.id())
                        .exception();
            }
            join(joined, Namespace.NETWORK, live.container, other, running);
        }
        String pid = other(host.pidMode());
        if (pid != null) {
            LifeState.Running running = running(pid, "PID", containers);
            join(joined, Namespace.PID, live.container, containers.apply(pid).container, running);
        }
        String ipc = other(host.ipcMode());
        if (ipc != null) {
            LifeState.Running running = running(ipc, "IPC", containers);
            join(joined, Namespace.IPC, live.container, containers.apply(ipc).container, running);
        }
        return joined.isEmpty() && ownShm(host) ? NONE : new SharedNamespaces(joined, shm(live, containers));
    }

    /** With a namespace of another container comes its user namespace, for one that is not in the host's. */
    private static void join(
            Map<Namespace, LaunchSpec.Peer> joined,
            Namespace namespace,
            Container own,
            Container other,
            LifeState.Running running) {
        joined.put(namespace, peer(running));
        if (own.ids() != null) {
            UserNamespaces.check(other, own.ids());
            joined.put(Namespace.USER, peer(running));
        }
    }

    private static boolean ownShm(HostConfig host) {
        return host.ipcMode().equals("private") || host.ipcMode().equals("none");
    }

    private static LaunchSpec.Peer peer(LifeState.Running running) {
        return new LaunchSpec.Peer(running.pid(), running.startTime());
    }

    private static LifeState.Running running(String ref, String kind, Function<String, Live> containers) {
        String failure = "failed to join " + kind + " namespace: ";
        Container other;
        try {
            other = containers.apply(ref).container;
        } catch (EngineException e) {
            throw new Problem.InvalidParameter(failure + "No such container: " + ref).exception(e);
        }
        if (other.state() instanceof LifeState.Running running) {
            return running;
        }
        throw new Problem.Conflict(failure + "container " + other.id() + " is not running").exception();
    }

    /** Containers in a chain of {@code container:} have that of the one at its end. */
    private static @Nullable Path shm(Live live, Function<String, Live> containers) {
        String mode = live.container.hostConfig().ipcMode();
        String ref = other(mode);
        if (ref != null) {
            Path theirs = shm(containers.apply(ref), containers);
            if (theirs == null) {
                throw new Problem.InvalidParameter("failed to join IPC namespace: container " + ref
                                + ": non-shareable IPC (hint: use IpcMode:shareable for the donor container)")
                        .exception();
            }
            return theirs;
        }
        return switch (mode) {
            case "host" -> HOST_SHM;
            case "shareable" -> live.files.shm();
            default -> null;
        };
    }
}
