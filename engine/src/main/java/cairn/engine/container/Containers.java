package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.image.Image;
import cairn.engine.image.Images;
import cairn.engine.image.LastUsed;
import cairn.engine.launch.ShimConnection;
import cairn.engine.layer.ReadWriteLayers;
import cairn.engine.log.LogFile;
import cairn.engine.log.LogSelection;
import cairn.linux.LinuxException;
import cairn.oci.Platform;
import cairn.wire.GraphDriverData;
import cairn.wire.container.ContainerInspect;
import cairn.wire.container.ContainerInspectBuilder;
import cairn.wire.container.ContainerSummary;
import cairn.wire.container.ContainerSummaryBuilder;
import cairn.wire.container.CreateContainerRequest;
import cairn.wire.container.CreateContainerResponse;
import cairn.wire.container.TopResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All containers, and every verb on one. A reference is a name, a full id or a unique prefix of one. */
public final class Containers {
    private static final int DEFAULT_STOP_SECONDS = 10;
    private static final int ID_DIGITS = 64;

    private final Path directory;
    private final Path runtime;
    private final Images images;
    private final LastUsed lastUsed;
    private final ReadWriteLayers layers;
    private final ContainerRecords records;
    private final Runner runner;
    private final Clock clock;
    private final RandomGenerator random;
    private final Map<String, Live> byId = new ConcurrentHashMap<>();
    /** Names to ids; a name is taken here before anything is made. */
    private final Map<String, String> names = new ConcurrentHashMap<>();

    Containers(
            Path directory,
            Path runtime,
            Images images,
            LastUsed lastUsed,
            ReadWriteLayers layers,
            ContainerRecords records,
            Runner runner,
            Clock clock,
            RandomGenerator random) {
        this.directory = directory;
        this.runtime = runtime;
        this.images = images;
        this.lastUsed = lastUsed;
        this.layers = layers;
        this.records = records;
        this.runner = runner;
        this.clock = clock;
        this.random = random;
    }

    /** Loads the records and takes up what still runs; called once, before the first request. */
    void open() {
        for (Container container : records.load()) {
            Live live = new Live(container, files(container.id()));
            byId.put(container.id(), live);
            names.put(container.name(), container.id());
        }
        for (Live live : byId.values()) {
            runner.adopt(live, this::autoRemove);
        }
    }

    private ContainerFiles files(String id) {
        return new ContainerFiles(directory, runtime, id);
    }

    // ---- finding

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

    /** The record as it is at this moment. */
    public Container get(String ref) {
        return find(ref).container;
    }

    /** All records, newest first. */
    public List<Container> all() {
        List<Container> all = new ArrayList<>();
        for (Live live : byId.values()) {
            all.add(live.container);
        }
        all.sort(Comparator.comparing(Container::created).reversed());
        return all;
    }

    /** @param size whether to count each container's bytes, which reads its whole writable layer */
    public List<ContainerSummary> list(ContainerFilter filter, boolean size) {
        List<ContainerSummary> rows = new ArrayList<>();
        for (Container container : filter.select(all(), this::get)) {
            ContainerSummary row = ContainerViews.summary(container, imageName(container), clock.instant());
            if (size) {
                long written = layers.size(container.id());
                row = ContainerSummaryBuilder.builder(row)
                        .sizeRw(written)
                        .sizeRootFs(written + imageSize(container))
                        .build();
            }
            rows.add(row);
        }
        return rows;
    }

    /** What the container was made from, or the image's id when that name has moved on to another image. */
    private String imageName(Container container) {
        String asked = container.config().image();
        Image now = images.find(asked);
        return now != null && now.id().equals(container.image())
                ? asked
                : container.image().toString();
    }

    private long imageSize(Container container) {
        Image image = images.find(container.image());
        return image == null ? 0 : image.size();
    }

    /** @param size as for {@link #list} */
    public ContainerInspect inspect(String ref, boolean size) {
        Live live = find(ref);
        Container container = live.container;
        List<String> execs = null;
        live.lock.lock();
        try {
            if (!live.execs.isEmpty()) {
                execs = List.copyOf(live.execs.keySet());
            }
        } finally {
            live.lock.unlock();
        }
        GraphDriverData data =
                new GraphDriverData(layers.graphDriver(container.id()).toMap(), "overlay2");
        ContainerInspect view = ContainerViews.inspect(container, live.files, data, execs);
        if (!size) {
            return view;
        }
        long written = layers.size(container.id());
        return ContainerInspectBuilder.builder(view)
                .sizeRw(written)
                .sizeRootFs(written + imageSize(container))
                .build();
    }

    // ---- making and removing

    /** @param name null for a made-up one */
    public CreateContainerResponse create(@Nullable String name, CreateContainerRequest request) {
        return create(name, null, request);
    }

    /** @param platform that the image must be for; null for any */
    public CreateContainerResponse create(
            @Nullable String name, @Nullable Platform platform, CreateContainerRequest request) {
        if (request.image().isEmpty()) {
            throw new Problem.InvalidParameter("no image specified").exception();
        }
        Image image = images.get(request.image(), platform);
        String id = runner.newId();
        String taken = takeName(name, id);
        boolean layer = false;
        Phases phases = new Phases("create");
        try {
            Container container = NewContainer.of(
                    id,
                    taken,
                    clock.instant(),
                    request,
                    image.id(),
                    image.config().config());
            ContainerFiles files = files(id);
            phases.done("merge");
            layers.create(id, image.chainId(), !container.hostConfig().autoRemove());
            phases.done("layers");
            layer = true;
            records.create(container, files);
            layers.recorded(id);
            phases.done("record");
            phases.log();
            Live live = new Live(container, files);
            byId.put(id, live);
            runner.event(live, "create");
            lastUsed.note(image.id());
            return new CreateContainerResponse(id, List.of());
        } catch (IOException | LinuxException e) {
            undoCreate(id, taken, layer);
            throw new Problem.Internal("create container: " + e.getMessage()).exception(e);
        } catch (RuntimeException e) {
            undoCreate(id, taken, layer);
            throw e;
        }
    }

    private void undoCreate(String id, String name, boolean layer) {
        byId.remove(id);
        names.remove(name, id);
        records.delete(files(id));
        if (layer) {
            layers.remove(id);
        }
    }

    private String takeName(@Nullable String wanted, String id) {
        if (wanted == null || wanted.isEmpty()) {
            for (int attempt = 0; ; attempt++) {
                String name = RandomNames.next(random, attempt);
                if (names.putIfAbsent(name, id) == null) {
                    return name;
                }
            }
        }
        String name = wanted.startsWith("/") ? wanted.substring(1) : wanted;
        checkName(name);
        String holder = names.putIfAbsent(name, id);
        if (holder != null) {
            throw new Problem.NameInUse(name, holder).exception();
        }
        return name;
    }

    private static void checkName(String name) {
        boolean good = name.length() >= 2 && Character.isLetterOrDigit(name.charAt(0));
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            good &= c < 128 && (Character.isLetterOrDigit(c) || i > 0 && (c == '_' || c == '.' || c == '-'));
        }
        if (!good) {
            throw new Problem.InvalidName(name).exception();
        }
    }

    public void rename(String ref, String newName) {
        String name = newName.startsWith("/") ? newName.substring(1) : newName;
        if (name.isEmpty()) {
            throw new Problem.InvalidParameter("Neither old nor new names may be empty").exception();
        }
        checkName(name);
        Live live = find(ref);
        live.lock.lock();
        try {
            String old = live.container.name();
            if (old.equals(name)) {
                throw new Problem.InvalidParameter("Renaming a container with the same name as its current name")
                        .exception();
            }
            String holder = names.putIfAbsent(name, live.container.id());
            if (holder != null) {
                throw new Problem.NameInUse(name, holder).exception();
            }
            live.container = live.container.withName(name);
            records.save(live.container, live.files);
            names.remove(old, live.container.id());
            runner.event(live, "rename", Map.of("oldName", "/" + old));
        } finally {
            live.lock.unlock();
        }
    }

    public void remove(String ref, boolean force) {
        Live live = find(ref);
        live.lock.lock();
        try {
            if (live.removed) {
                throw new Problem.NoSuchContainer(ref).exception();
            }
            if (live.removing) {
                throw new Problem.RemovalInProgress(live.container.id()).exception();
            }
            if (live.container.running()) {
                if (!force) {
                    throw new Problem.ContainerRunning(
                                    live.container.id(),
                                    live.container.name(),
                                    live.container.state().status())
                            .exception();
                }
                live.removing = true;
                signalLocked(live, Signals.KILL);
            }
            live.removing = true;
            while (live.container.running() || live.tearingDown) {
                live.changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem.Internal("interrupted while container " + ref + " was removed").exception(e);
        } finally {
            live.lock.unlock();
        }
        delete(live);
    }

    private void autoRemove(Live live) {
        live.lock.lock();
        try {
            if (live.removing || live.removed) {
                return; // Somebody else is at it, and waits only for the teardown to be over.
            }
            live.removing = true;
        } finally {
            live.lock.unlock();
        }
        delete(live);
    }

    /** The record goes first: from then on the container is gone, and a start after a kill sweeps the rest. */
    private void delete(Live live) {
        Container container = live.container;
        try {
            records.delete(live.files);
            layers.remove(container.id());
        } catch (LinuxException | EngineException e) {
            live.lock.lock();
            try {
                live.removing = false;
            } finally {
                live.lock.unlock();
            }
            throw e;
        }
        byId.remove(container.id());
        names.remove(container.name(), container.id());
        runner.event(live, "destroy");
        live.lock.lock();
        try {
            live.removed = true;
            for (Attachment attachment : live.waiting) {
                attachment.abandon();
            }
            live.changed.signalAll();
        } finally {
            live.lock.unlock();
        }
    }

    // ---- running

    public void start(String ref) {
        Live live = find(ref);
        boolean failed = true;
        live.lock.lock();
        try {
            if (live.removing || live.removed) {
                throw new Problem.MarkedForRemoval(live.container.id()).exception();
            }
            while (live.tearingDown) {
                live.changed.await();
            }
            if (live.container.running()) {
                failed = false;
                throw new Problem.NotModified().exception();
            }
            runner.startLocked(live, sharedNetwork(live.container), this::autoRemove);
            lastUsed.note(live.container.image());
            failed = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem.Internal("interrupted while container " + ref + " was started").exception(e);
        } finally {
            live.lock.unlock();
            if (failed && live.container.hostConfig().autoRemove()) {
                autoRemove(live);
            }
        }
    }

    private @Nullable Path sharedNetwork(Container container) {
        if (NetworkMode.of(container.hostConfig()) instanceof NetworkMode.Shared shared) {
            Container other = get(shared.container());
            if (other.state() instanceof LifeState.Running running) {
                return Path.of("/proc/" + running.pid() + "/ns/net");
            }
            throw new Problem.Conflict("cannot join network namespace of a non running container: " + other.id())
                    .exception();
        }
        return null;
    }

    /** @param seconds until SIGKILL; null for the container's own or the default, negative for never */
    public void stop(String ref, @Nullable Integer seconds, @Nullable String signal) {
        Live live = find(ref);
        live.lock.lock();
        try {
            if (!live.container.running()) {
                throw new Problem.NotModified().exception();
            }
            stopLocked(live, seconds, signal);
            runner.event(live, "stop");
        } finally {
            live.lock.unlock();
        }
    }

    private void stopLocked(Live live, @Nullable Integer seconds, @Nullable String signal) {
        Container container = live.container;
        String wanted = signal != null && !signal.isEmpty()
                ? signal
                : container.config().stopSignal();
        Integer configured = seconds != null ? seconds : container.config().stopTimeout();
        int timeout = configured == null ? DEFAULT_STOP_SECONDS : configured;
        long exits = live.exits;
        try {
            signalLocked(live, wanted.isEmpty() ? Signals.TERM : Signals.parse(wanted));
            if (!awaitExit(live, exits, timeout < 0 ? Long.MAX_VALUE : TimeUnit.SECONDS.toNanos(timeout))) {
                signalLocked(live, Signals.KILL);
                awaitExit(live, exits, Long.MAX_VALUE);
            }
            while (live.tearingDown) {
                live.changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem.Internal("interrupted while container " + container.id() + " was stopped").exception(e);
        }
    }

    private static boolean awaitExit(Live live, long exits, long nanos) throws InterruptedException {
        long left = nanos;
        while (live.exits == exits && left > 0) {
            left = live.changed.awaitNanos(left);
        }
        return live.exits != exits;
    }

    /** Tells the shim, which has not reaped the process yet, so that nobody else can be hit. */
    private void signalLocked(Live live, int signal) {
        ShimConnection shim = live.shim;
        if (shim == null) {
            return;
        }
        try {
            shim.signal(signal);
        } catch (IOException e) {
            return; // It has just ended; the watcher reports it.
        }
        runner.event(live, "kill", Map.of("signal", Integer.toString(signal)));
    }

    public void restart(String ref, @Nullable Integer seconds, @Nullable String signal) {
        Live live = find(ref);
        live.lock.lock();
        try {
            if (live.container.running()) {
                if (live.container.hostConfig().autoRemove()) {
                    live.removing = true; // Keeps the record over the gap, as Docker does.
                }
                stopLocked(live, seconds, signal);
                runner.event(live, "stop");
                live.removing = false;
            }
            runner.startLocked(live, sharedNetwork(live.container), this::autoRemove);
            runner.event(live, "restart");
        } finally {
            live.lock.unlock();
        }
    }

    public void kill(String ref, @Nullable String signal) {
        int number = signal == null || signal.isEmpty() ? Signals.KILL : Signals.parse(signal);
        Live live = find(ref);
        live.lock.lock();
        try {
            if (!live.container.running()) {
                throw new Problem.NotRunning(ref, live.container.id(), "kill").exception();
            }
            long exits = live.exits;
            signalLocked(live, number);
            // SIGKILL cannot be missed: answer once it has taken effect, as Docker does.
            if (number == Signals.KILL) {
                awaitExit(live, exits, TimeUnit.SECONDS.toNanos(DEFAULT_STOP_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            live.lock.unlock();
        }
    }

    public void resize(String ref, int rows, int columns) {
        Live live = find(ref);
        live.lock.lock();
        try {
            ShimConnection shim = live.shim;
            if (shim == null) {
                throw new Problem.NotRunning(ref, live.container.id(), "resize").exception();
            }
            shim.resize(rows, columns);
        } catch (IOException e) {
            throw new Problem.NotRunning(ref, live.container.id(), "resize").exception(e);
        } finally {
            live.lock.unlock();
        }
    }

    // ---- watching

    /** @param condition not-running (or empty), next-exit or removed */
    public Waiter waiter(String ref, String condition) {
        Waiter.Condition parsed = switch (condition) {
            case "", "not-running" -> Waiter.Condition.NOT_RUNNING;
            case "next-exit" -> Waiter.Condition.NEXT_EXIT;
            case "removed" -> Waiter.Condition.REMOVED;
            default -> throw new Problem.InvalidParameter("invalid condition: \"" + condition + "\"").exception();
        };
        return new Waiter(find(ref), parsed);
    }

    /** An attachment to a running container, or to one whose start is still to come. */
    public Attachment attach(String ref, boolean stdin, boolean stdout, boolean stderr) {
        Live live = find(ref);
        Container container = live.container;
        Attachment attachment =
                new Attachment(stdin && container.config().openStdin(), stdout, stderr, container.terminal());
        live.lock.lock();
        try {
            if (live.removing || live.removed) {
                throw new Problem.NoSuchContainer(ref).exception();
            }
            if (live.shim != null) {
                attachment.connect(live.files.shim());
            } else {
                live.waiting.add(attachment);
            }
            runner.event(live, "attach");
            return attachment;
        } catch (IOException e) {
            // It ended this moment: the client sees the end of its output at once.
            attachment.abandon();
            return attachment;
        } finally {
            live.lock.unlock();
        }
    }

    /** Called when a client has typed the detach keys. */
    public void detached(String ref) {
        runner.event(find(ref), "detach");
    }

    /** A client that went away before the start. */
    public void giveUp(String ref, Attachment attachment) {
        attachment.close();
        try {
            Live live = find(ref);
            live.lock.lock();
            try {
                live.waiting.remove(attachment);
            } finally {
                live.lock.unlock();
            }
        } catch (EngineException gone) {
            // The container went first.
        }
    }

    /** Sends the log to the sink; returns at its end, or when following, at the container's. */
    public void logs(String ref, LogSelection selection, LogFile.Sink sink, BooleanSupplier readerGone)
            throws IOException {
        Live live = find(ref);
        if (!ContainerViews.logged(live.container)) {
            throw new Problem.NotSupported("configured logging driver does not support reading").exception();
        }
        new LogFile(live.files.log()).read(selection, sink, () -> !live.container.running(), readerGone);
    }

    public TopResponse top(String ref, String psArguments) {
        Live live = find(ref);
        if (!live.container.running()) {
            throw new Problem.NotRunning(ref, live.container.id(), "top").exception();
        }
        TopResponse response = ProcessTable.of(runner.processes(live.container.id()), psArguments);
        runner.event(live, "top");
        return response;
    }

    /** Host pids of a container's processes. */
    public List<Integer> processes(String id) {
        return runner.processes(id);
    }

    /** A cgroup without a record: its container was removed while the daemon was killed. What runs in it is ended. */
    public void endStray(String id) {
        runner.endStray(id, files(id).shim());
    }

    /** Containers made from an image, running ones first. */
    public List<Container> using(cairn.oci.ImageId image) {
        List<Container> using = new ArrayList<>();
        for (Container container : all()) {
            if (container.image().equals(image)) {
                if (container.running()) {
                    using.addFirst(container);
                } else {
                    using.add(container);
                }
            }
        }
        return using;
    }
}
