package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.launch.CgroupTree;
import cairn.engine.launch.ShimConnection;
import cairn.engine.log.ContainerLog;
import cairn.engine.log.LogSelection;
import cairn.oci.ImageId;
import cairn.oci.Platform;
import cairn.wire.container.ContainerInspect;
import cairn.wire.container.ContainerSummary;
import cairn.wire.container.CreateContainerRequest;
import cairn.wire.container.CreateContainerResponse;
import cairn.wire.container.LogConfig;
import cairn.wire.container.TopResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All containers, and every verb on one. A reference is a name, a full id or a unique prefix of one. The verbs that change something live
 * in rooms of their own.
 */
public final class Containers {
    private static final System.Logger LOG = System.getLogger(Containers.class.getName());
    private final Roster roster;
    private final ContainerRecords records;
    private final Listing listing;
    private final Creation creation;
    private final Removal removal;
    private final Lifecycle lifecycle;
    private final Adoption adoption;
    private final BackOff backOff;
    private final Leftovers leftovers;
    private final ContainerVolumes volumes;
    private final Pauses pauses;
    private final ContainerNetworks networks;
    private final CgroupTree cgroups;
    private final ContainerEvents events;

    Containers(
            Roster roster,
            ContainerRecords records,
            Listing listing,
            Creation creation,
            Removal removal,
            Lifecycle lifecycle,
            Adoption adoption,
            BackOff backOff,
            Leftovers leftovers,
            ContainerVolumes volumes,
            Pauses pauses,
            ContainerNetworks networks,
            CgroupTree cgroups,
            ContainerEvents events) {
        this.roster = roster;
        this.records = records;
        this.listing = listing;
        this.creation = creation;
        this.removal = removal;
        this.lifecycle = lifecycle;
        this.adoption = adoption;
        this.backOff = backOff;
        this.leftovers = leftovers;
        this.volumes = volumes;
        this.pauses = pauses;
        this.networks = networks;
        this.cgroups = cgroups;
        this.events = events;
    }

    /** Loads the records and takes up what still runs; called once, before the first request. */
    void open() {
        sideBySide(records.directories(), directory -> {
            Container container = records.load(directory);
            if (container != null) {
                roster.load(container);
                volumes.note(container);
            }
        });
        // All of them are known by now: what becomes of one may be a matter of another.
        sideBySide(roster.lives(), adoption::adopt);
        adoption.followExecs(roster.execs());
    }

    /** Some hundred containers are some hundred conversations with other processes. Returns when all are over; none keeps the daemon from starting. */
    private static <T> void sideBySide(Collection<T> all, Consumer<T> action) {
        if (all.isEmpty()) {
            return;
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (T one : all) {
                threads.execute(() -> {
                    try {
                        action.accept(one);
                    } catch (RuntimeException e) {
                        LOG.log(System.Logger.Level.ERROR, "taking up " + one, e);
                    }
                });
            }
        }
    }

    /** What policies want at the daemon's start, and everything later on; called once all of it is ready for containers. */
    public void beginRestarts() {
        backOff.open();
    }

    Live find(String ref) {
        return roster.find(ref);
    }

    /** The record as it is at this moment. */
    public Container get(String ref) {
        return roster.find(ref).container;
    }

    /** All records, newest first. */
    public List<Container> all() {
        return roster.all();
    }

    /** What {@link #list} gives without sizes, each row as JSON. */
    public List<byte[]> rows(ContainerFilter filter) {
        return listing.rows(filter);
    }

    /** @param size whether to count each container's bytes, which reads its whole writable layer */
    public List<ContainerSummary> list(ContainerFilter filter, boolean size) {
        return listing.list(filter, size);
    }

    /** @param size as for {@link #list} */
    public ContainerInspect inspect(String ref, boolean size) {
        return listing.inspect(ref, size);
    }

    /** Containers made from an image, running ones first. */
    public List<Container> using(ImageId image) {
        return listing.using(image);
    }

    /** @param name null for a made-up one */
    public CreateContainerResponse create(@Nullable String name, CreateContainerRequest request) {
        return create(name, null, request);
    }

    /** @param platform that the image must be for; null for any */
    public CreateContainerResponse create(
            @Nullable String name, @Nullable Platform platform, CreateContainerRequest request) {
        return creation.create(name, platform, request);
    }

    public void rename(String ref, String newName) {
        if (newName.isEmpty()) {
            throw new Problem.InvalidParameter("Neither old nor new names may be empty").exception();
        }
        Live live = roster.find(ref);
        live.lock.lock();
        try {
            String old = live.container.name();
            live.container = live.container.withName(roster.takeNewName(newName, live));
            records.save(live.container, live.files);
            roster.freeName(old, live.container.id());
            networks.rename(live.container);
            events.tell(live, "rename", Map.of("oldName", "/" + old));
        } finally {
            live.lock.unlock();
        }
    }

    /** @param withVolumes whether its volumes without a name go with it */
    public void remove(String ref, boolean force, boolean withVolumes) {
        removal.remove(ref, force, withVolumes);
    }

    public void start(String ref) {
        lifecycle.start(ref);
    }

    /** @param seconds until SIGKILL; null for the container's own or the default, negative for never */
    public void stop(String ref, @Nullable Integer seconds, @Nullable String signal) {
        lifecycle.stop(ref, seconds, signal);
    }

    public void restart(String ref, @Nullable Integer seconds, @Nullable String signal) {
        lifecycle.restart(ref, seconds, signal);
    }

    public void kill(String ref, @Nullable String signal) {
        lifecycle.kill(ref, signal);
    }

    /** Stops all its processes where they are. */
    public void pause(String ref) {
        pauses.pause(ref);
    }

    /** Lets them go on. */
    public void unpause(String ref) {
        pauses.unpause(ref);
    }

    public void resize(String ref, int rows, int columns) {
        Live live = roster.find(ref);
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

    /** @param condition not-running (or empty), next-exit or removed */
    public Waiter waiter(String ref, String condition) {
        Waiter.Condition parsed = switch (condition) {
            case "", "not-running" -> Waiter.Condition.NOT_RUNNING;
            case "next-exit" -> Waiter.Condition.NEXT_EXIT;
            case "removed" -> Waiter.Condition.REMOVED;
            default -> throw new Problem.InvalidParameter("invalid condition: \"" + condition + "\"").exception();
        };
        return new Waiter(roster.find(ref), parsed);
    }

    /** An attachment to a running container, or to one whose start is still to come. */
    public Attachment attach(String ref, boolean stdin, boolean stdout, boolean stderr) {
        Live live = roster.find(ref);
        Container container = live.container;
        Attachment attachment =
                new Attachment(stdin && container.config().openStdin(), stdout, stderr, container.terminal());
        live.lock.lock();
        try {
            if (live.removing || live.removed) {
                throw new Problem.NoSuchContainer(ref).exception();
            }
            Pauses.refuse(live, ref, "attach");
            if (live.container.state() instanceof LifeState.Restarting) {
                throw new Problem.Conflict("container " + ref + " is restarting, wait until the container is running")
                        .exception();
            }
            if (live.shim != null) {
                attachment.connect(live.files.shim());
            } else {
                live.waiting.add(attachment);
            }
            events.tell(live, "attach");
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
        events.tell(roster.find(ref), "detach");
    }

    /** A client that went away before the start. */
    public void giveUp(String ref, Attachment attachment) {
        attachment.close();
        try {
            Live live = roster.find(ref);
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

    /** @throws EngineException NotSupported if its output is not kept */
    public void checkLogged(String ref) {
        ContainerLog _ = log(roster.find(ref));
    }

    private static ContainerLog log(Live live) {
        ContainerLog log =
                LogOptions.of(live.container.hostConfig().logConfig()).log(live.files);
        if (log == null) {
            throw new Problem.NotSupported("configured logging driver does not support reading").exception();
        }
        return log;
    }

    /** Sends the log to the sink; returns at its end, or when following, at the container's. */
    public void logs(String ref, LogSelection selection, ContainerLog.Sink sink, BooleanSupplier readerGone)
            throws IOException {
        Live live = roster.find(ref);
        log(live).read(selection, sink, () -> !live.container.running(), readerGone);
    }

    /** @throws EngineException InvalidParameter, NotSupported for a driver or options that no container could have */
    public static void checkLog(LogConfig log) {
        LogOptions.check(log);
    }

    public TopResponse top(String ref, String psArguments) {
        Live live = roster.find(ref);
        if (live.container.state() instanceof LifeState.Restarting) {
            throw new Problem.ContainerRestarting(live.container.id()).exception();
        }
        if (!live.container.running()) {
            throw new Problem.NotRunning(ref, live.container.id(), "top").exception();
        }
        TopResponse response = ProcessTable.of(cgroups.processes(live.container.id()), psArguments);
        events.tell(live, "top");
        return response;
    }

    /** Host pids of a container's processes. */
    public List<Integer> processes(String id) {
        return cgroups.processes(id);
    }

    /** A cgroup without a record: its container was removed while the daemon was killed. What runs in it is ended. */
    public void endStray(String id) {
        leftovers.endStray(id, roster.files(id).shim());
    }
}
