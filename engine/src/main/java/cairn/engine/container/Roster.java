package cairn.engine.container;

import cairn.engine.error.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All containers in memory, by id and by name. */
final class Roster {
    private static final int ID_DIGITS = 64;
    /** What Docker says that a rename failed at. */
    private static final String ALLOCATING = "Error when allocating new name";

    private final Path directory;
    private final Path runtime;
    private final RandomGenerator random;
    private final Map<String, Live> byId = new ConcurrentHashMap<>();
    /** Names to ids; a name is taken here before anything is made. */
    private final Map<String, String> names = new ConcurrentHashMap<>();

    /** @param directory of all records, and @param runtime the exec root */
    Roster(Path directory, Path runtime, RandomGenerator random) {
        this.directory = directory;
        this.runtime = runtime;
        this.random = random;
    }

    ContainerFiles files(String id) {
        return new ContainerFiles(directory, runtime, id);
    }

    /** The runtime directories of all execs. */
    Path execs() {
        return runtime.resolve("e");
    }

    /** One whose name is taken already. */
    void add(Live live) {
        byId.put(live.container.id(), live);
    }

    /** One that was there before this daemon. */
    Live load(Container container) {
        Live live = new Live(container, files(container.id()));
        add(live);
        names.put(container.name(), container.id());
        return live;
    }

    void remove(String id, String name) {
        byId.remove(id);
        names.remove(name, id);
    }

    Collection<Live> lives() {
        return byId.values();
    }

    /** Null if there is no such container. @param id in full */
    @Nullable
    String nameOf(String id) {
        Live live = byId.get(id);
        return live == null ? null : live.container.name();
    }

    /** By full id; null if there is none, any more. */
    @Nullable
    Live get(String id) {
        return byId.get(id);
    }

    /**
     * By name, full id or unique prefix of one.
     *
     * @throws cairn.engine.error.EngineException NoSuchContainer, AmbiguousId
     */
    Live find(String ref) {
        String text = ref.startsWith("/") ? ref.substring(1) : ref;
        Live live = byId.get(text);
        if (live == null) {
            String id = names.get(text);
            live = id == null ? byPrefix(text) : byId.get(id);
        }
        if (live == null) {
            throw new Problem.NoSuchContainer(ref).exception();
        }
        return live;
    }

    private @Nullable Live byPrefix(String prefix) {
        if (prefix.isEmpty() || prefix.length() >= ID_DIGITS) {
            return null;
        }
        Live found = null;
        for (Map.Entry<String, Live> entry : byId.entrySet()) {
            if (entry.getKey().startsWith(prefix)) {
                if (found != null) {
                    throw new Problem.AmbiguousId(prefix).exception();
                }
                found = entry.getValue();
            }
        }
        return found;
    }

    /** All records, newest first. */
    List<Container> all() {
        List<Container> all = new ArrayList<>();
        for (Live live : byId.values()) {
            all.add(live.container);
        }
        all.sort(Comparator.comparing(Container::created).reversed());
        return all;
    }

    /** A free name for the container, from now on its own. @param wanted null or empty for a made-up one */
    String takeName(@Nullable String wanted, String id) {
        if (wanted == null || wanted.isEmpty()) {
            for (int attempt = 0; ; attempt++) {
                String name = RandomNames.next(random, attempt);
                if (names.putIfAbsent(name, id) == null) {
                    return name;
                }
            }
        }
        String name = wanted.startsWith("/") ? wanted.substring(1) : wanted;
        if (!good(name)) {
            throw new Problem.InvalidName(name).exception();
        }
        String holder = names.putIfAbsent(name, id);
        if (holder != null) {
            throw new Problem.NameInUse(name, holder).exception();
        }
        return name;
    }

    /** Takes the new name; the old one stays taken until {@link #freeName}. @param newName not empty */
    String takeNewName(String newName, Live live) {
        String name = newName.startsWith("/") ? newName.substring(1) : newName;
        if (live.container.name().equals(name)) {
            throw new Problem.InvalidParameter("Renaming a container with the same name as its current name")
                    .exception();
        }
        if (!good(name)) {
            throw new Problem.While(ALLOCATING, new Problem.InvalidName("/" + name)).exception();
        }
        String holder = names.putIfAbsent(name, live.container.id());
        if (holder != null) {
            throw new Problem.While(ALLOCATING, new Problem.NameInUse(name, holder)).exception();
        }
        return name;
    }

    void freeName(String name, String id) {
        names.remove(name, id);
    }

    private static boolean good(String name) {
        boolean good = name.length() >= 2 && Character.isLetterOrDigit(name.charAt(0));
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            good &= c < 128 && (Character.isLetterOrDigit(c) || i > 0 && (c == '_' || c == '.' || c == '-'));
        }
        return good;
    }
}
