package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.wire.container.HostConfig;
import cairn.wire.container.IdRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which containers have a user namespace of their own, and with which ids. A range belongs to one container as long as its record exists,
 * and to those that join its other namespaces: only who is in the same user namespace has any rights there.
 */
final class UserNamespaces {
    private static final long SIZE = 1 << 16;
    private static final IdRange ALL = new IdRange(1 << 20, (1L << 32) - (1 << 20) - SIZE);
    private static final Set<String> OWNERS = Set.of("cairn", "dockremap");

    private final Roster roster;
    private final boolean byDefault;
    /** Of containers that are being made, by their IDs. */
    private final Map<String, IdRange> promised = new HashMap<>();

    /** @param byDefault whether containers have one that say nothing of it */
    UserNamespaces(Roster roster, boolean byDefault) {
        this.roster = roster;
        this.byDefault = byDefault;
    }

    /**
     * Takes ids for a new container; {@link #settled} has to follow once it is on record or given up.
     *
     * @return null where it is to be in the host's user namespace
     * @throws EngineException InvalidParameter for what does not go together, in Docker's words
     */
    @Nullable
    IdRange take(String id, HostConfig host) {
        String mode = host.usernsMode();
        if (!Set.of("", "host", "private").contains(mode)) {
            throw refused("invalid user namespace mode: " + mode);
        }
        if (mode.equals("host")) {
            return null;
        }
        List<Container> joined = joined(host);
        IdRange ids = null;
        if (!joined.isEmpty()) {
            ids = joined.getFirst().ids();
            for (Container other : joined) {
                check(other, ids);
            }
            if (ids == null && mode.equals("private")) {
                throw refused("cannot share namespaces of container "
                        + joined.getFirst().name()
                        + ", which is in the host's user namespace, when user namespaces are enabled");
            }
        } else if (mode.equals("private") || byDefault) {
            check(host);
            return free(id);
        }
        if (ids != null) {
            check(host);
        }
        return ids;
    }

    private static void check(HostConfig host) {
        if (host.privileged()) {
            throw refused(
                    "privileged mode is incompatible with user namespaces.  You must run the container in the host"
                            + " namespace when running privileged mode");
        }
        if (host.networkMode().equals("host")) {
            throw refused("cannot share the host's network namespace when user namespaces are enabled");
        }
        if (host.pidMode().equals("host")) {
            throw refused("cannot share the host PID namespace when user namespaces are enabled");
        }
        if (SecurityOptions.of(host).writableCgroups()) {
            throw refused("writable cgroups are incompatible with user namespaces");
        }
    }

    /** At the start of one that joins: the other one may have been made anew with the same name, or read from dockerd's record. */
    static void check(Container other, @Nullable IdRange ids) {
        if (ids == null ? other.ids() != null : !ids.equals(other.ids())) {
            throw refused(
                    "cannot share namespaces of container " + other.name() + ", which is in another user namespace");
        }
    }

    private List<Container> joined(HostConfig host) {
        return Stream.of(host.networkMode(), host.ipcMode(), host.pidMode())
                .map(SharedNamespaces::other)
                .filter(ref -> ref != null && !ref.isEmpty())
                .flatMap(ref -> find(String.valueOf(ref)))
                .toList();
    }

    /** Nothing where there is none: it is the start that says so. */
    private Stream<Container> find(String ref) {
        try {
            return Stream.of(roster.find(ref).container);
        } catch (EngineException unknown) {
            return Stream.of();
        }
    }

    private static EngineException refused(String text) {
        return new Problem.InvalidParameter(text).exception();
    }

    // ---- ranges

    private synchronized IdRange free(String id) {
        Set<IdRange> taken = new HashSet<>(promised.values());
        for (Live live : roster.lives()) {
            IdRange ids = live.container.ids();
            if (ids != null) {
                taken.add(ids);
            }
        }
        IdRange pool = pool();
        for (long offset = 0; offset + SIZE <= pool.count(); offset += SIZE) {
            IdRange range = new IdRange(pool.first() + offset, SIZE);
            if (!taken.contains(range)) {
                promised.put(id, range);
                return range;
            }
        }
        throw new Problem.Conflict("containers have all of the ids " + pool
                        + ": remove some of them, or give more in /etc/subuid and /etc/subgid")
                .exception();
    }

    /** The container is on record with its ids, or will not be made. */
    synchronized void settled(String id) {
        promised.remove(id);
    }

    /** What the machine's owner has set aside, subuid(5); else all that no user of a machine has. */
    private static IdRange pool() {
        IdRange users = setAside(Path.of("/etc/subuid"));
        IdRange groups = setAside(Path.of("/etc/subgid"));
        if (users == null && groups == null) {
            return ALL;
        }
        if (users == null || !users.equals(groups) || users.count() < SIZE) {
            throw new Problem.Conflict(
                            "/etc/subuid and /etc/subgid must name the same ids for cairn or dockremap, and at least "
                                    + SIZE)
                    .exception();
        }
        return users;
    }

    private static @Nullable IdRange setAside(Path file) {
        try {
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                String[] fields = line.split(":", -1);
                if (fields.length == 3 && OWNERS.contains(fields[0])) {
                    return new IdRange(Long.parseLong(fields[1]), Long.parseLong(fields[2]));
                }
            }
            return null;
        } catch (IOException | NumberFormatException e) {
            throw new Problem.Conflict("cannot read " + file + ": " + e.getMessage()).exception(e);
        }
    }
}
