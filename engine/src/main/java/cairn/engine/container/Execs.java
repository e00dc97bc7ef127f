package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.launch.LaunchPlanner;
import cairn.engine.launch.Launcher;
import cairn.engine.launch.Report;
import cairn.engine.launch.ShimConnection;
import cairn.engine.plan.LaunchPlan;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.linux.Processes;
import cairn.wire.container.ExecConfig;
import cairn.wire.container.ExecInspect;
import cairn.wire.container.ExecProcessConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Further processes in running containers. An instance lives as long as its container's memory of it: until the daemon or the container ends. */
public final class Execs {
    private static final int UNKNOWN_EXIT = 255;
    private static final String NOT_STARTED = "exec process is not started";
    /** So long a process may be in its end and not show it. */
    private static final long ENDING_NANOS = 300_000_000;

    private static final long STEP_NANOS = 10_000_000;

    private final Roster roster;
    private final ContainerEvents events;
    private final Ids ids;
    private final Launcher launcher;
    private final LaunchSpecs specs;
    private final LaunchPlanner planner = new LaunchPlanner();
    private final Map<String, ExecProcess> byId = new ConcurrentHashMap<>();

    Execs(Roster roster, ContainerEvents events, Ids ids, Launcher launcher, LaunchSpecs specs) {
        this.roster = roster;
        this.events = events;
        this.ids = ids;
        this.launcher = launcher;
        this.specs = specs;
    }

    /** @return the new instance's id */
    public String create(String containerRef, ExecConfig config) {
        if (config.cmd() == null || config.cmd().isEmpty()) {
            throw new Problem.InvalidParameter("No exec command specified").exception();
        }
        Live live = roster.find(containerRef);
        live.lock.lock();
        try {
            if (live.container.state() instanceof LifeState.Restarting) {
                throw new Problem.ContainerRestarting(live.container.id()).exception();
            }
            if (!live.container.running()) {
                throw new Problem.NotRunning(containerRef, live.container.id(), "exec").exception();
            }
            Pauses.refuse(live, containerRef, "exec");
            checkUser(live.container, config.user());
            DetachKeys _ = DetachKeys.of(config.detachKeys(), "escape");
            ExecProcess exec = new ExecProcess(ids.next(), live, config);
            live.execs.put(exec.id, exec);
            byId.put(exec.id, exec);
            tell(exec, "exec_create");
            return exec.id;
        } finally {
            live.lock.unlock();
        }
    }

    /** So early that the request for it fails, and not only its start. */
    private static void checkUser(Container container, String user) {
        if (!user.isEmpty() && container.state() instanceof LifeState.Running running) {
            try (InRoot root = InRoot.ofProcess(running.pid())) {
                Users.resolve(root, user, List.of());
            }
        }
    }

    private ExecProcess find(String id) {
        ExecProcess exec = byId.get(id);
        if (exec == null) {
            throw new Problem.NoSuchExec(id).exception();
        }
        return exec;
    }

    /** What the request that made it asked for. */
    public ExecConfig config(String id) {
        return find(id).config;
    }

    /** Fails as a start of it would now, and does nothing else. */
    public void checkStartable(String id) {
        ExecProcess exec = find(id);
        exec.owner.lock.lock();
        try {
            LifeState.Running _ = startable(exec);
        } finally {
            exec.owner.lock.unlock();
        }
    }

    /** As its container runs, with the lock held. */
    private static LifeState.Running startable(ExecProcess exec) {
        Live live = exec.owner;
        String container = live.container.id();
        if (exec.started) {
            throw new Problem.ExecAlreadyRun(exec.id, exec.running).exception();
        }
        if (live.container.state() instanceof LifeState.Restarting) {
            throw new Problem.ContainerRestarting(container).exception();
        }
        if (!(live.container.state() instanceof LifeState.Running running)) {
            throw new Problem.NotRunning(container, container, "exec").exception();
        }
        Pauses.refuse(live, container, "exec");
        return running;
    }

    /** Docker's event has the command behind it; between the program and its arguments there is a space even when there are none. */
    private void tell(ExecProcess exec, String action) {
        List<String> command = exec.command();
        String words = command.getFirst() + " " + String.join(" ", command.subList(1, command.size()));
        events.tell(exec.owner, action + ": " + words, Map.of("execID", exec.id));
    }

    /** Called when a client has typed the detach keys. */
    public void detached(String id) {
        ExecProcess exec = find(id);
        events.tell(exec.owner, "exec_detach", Map.of("execID", id));
    }

    /**
     * Runs it.
     *
     * @param size rows and columns of the client's terminal, null when unknown
     * @return its streams; null for a detached start
     */
    public @Nullable Attachment start(String id, boolean detach, @Nullable List<Integer> size) {
        ExecProcess exec = find(id);
        Live live = exec.owner;
        live.lock.lock();
        try {
            LifeState.Running running = startable(exec);
            exec.started = true;
            tell(exec, "exec_start");
            return launch(exec, live, running, detach, size);
        } catch (IOException | LinuxException e) {
            exec.exitCode = Problem.LaunchFault.OTHER.exitCode();
            refuseEnded(live, e);
            throw new Problem.Internal("exec failed: " + e.getMessage()).exception(e);
        } catch (EngineException e) {
            if (!exec.started) {
                throw e;
            }
            if (!(e.problem() instanceof Problem.LaunchFailed failed)) {
                exec.exitCode = Problem.LaunchFault.NOT_EXECUTABLE.exitCode();
                throw e;
            }
            exec.exitCode = failed.fault().exitCode();
            if (failed.fault() == Problem.LaunchFault.OTHER) {
                refuseEnded(live, e);
            }
            throw new Problem.ExecFailed(failed).exception(e);
        } finally {
            live.lock.unlock();
        }
    }

    /** The container's process may have ended a moment ago, and its monitor's word of that not be here yet: no fault of the engine's. */
    private static void refuseEnded(Live live, Exception cause) {
        try {
            long left = ENDING_NANOS;
            while (left > 0
                    && live.container.state() instanceof LifeState.Running running
                    && Processes.isAlive(running.pid(), running.startTime())) {
                long _ = live.changed.awaitNanos(STEP_NANOS);
                left -= STEP_NANOS;
            }
            if (left > 0) {
                throw new Problem.NotRunning(live.container.id(), live.container.id(), "exec").exception(cause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Attachment launch(
            ExecProcess exec, Live live, LifeState.Running running, boolean detach, @Nullable List<Integer> size)
            throws IOException {
        ExecConfig config = exec.config;
        Path directory = live.files.exec(exec.id);
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Attachment attachment = detach
                ? null
                : new Attachment(config.attachStdin(), config.attachStdout(), config.attachStderr(), config.tty());
        int[] rowsAndColumns = terminalSize(size != null ? size : config.consoleSize());
        try {
            LaunchPlan plan = planner.join(specs.exec(
                    live.container,
                    running,
                    directory,
                    config,
                    !detach && config.attachStdin(),
                    attachment == null ? 0 : 1,
                    rowsAndColumns));
            ShimConnection shim = launcher.launch(plan);
            exec.shim = shim;
            awaitStart(exec, shim, plan, directory, attachment);
        } catch (IOException | RuntimeException e) {
            exec.shim = null;
            if (attachment != null) {
                attachment.close();
            }
            Leftovers.deleteRuntime(directory);
            throw e;
        }
        exec.running = true;
        watch(exec, directory);
        return attachment;
    }

    private static int[] terminalSize(@Nullable List<Integer> size) {
        return size != null && size.size() == 2 ? new int[] {size.get(0), size.get(1)} : new int[] {0, 0};
    }

    private static void awaitStart(
            ExecProcess exec, ShimConnection shim, LaunchPlan plan, Path directory, @Nullable Attachment attachment)
            throws IOException {
        while (true) {
            switch (shim.next()) {
                case Report.Pid pid -> {
                    exec.pid = pid.pid();
                    if (attachment != null) {
                        attachment.connectOrAbandon(directory);
                    }
                }
                case Report.Started ignored -> {
                    return;
                }
                case Report.Failed failed -> {
                    shim.close();
                    throw LaunchFailures.of(plan, failed, exec.command().getFirst())
                            .exception();
                }
                case null, default -> {
                    shim.close();
                    throw new IOException("the shim ended before the process ran");
                }
            }
        }
    }

    private void watch(ExecProcess exec, Path directory) {
        ShimConnection shim = java.util.Objects.requireNonNull(exec.shim);
        Thread.ofVirtual().name("watch-exec-" + exec.id.substring(0, 12)).start(() -> {
            int code = UNKNOWN_EXIT;
            try {
                Report report = shim.next();
                while (report != null) {
                    if (report instanceof Report.Exited exited) {
                        code = exited.code();
                        break;
                    }
                    report = shim.next();
                }
            } catch (IOException e) {
                // The shim was killed; the code stays unknown.
            }
            shim.close();
            Leftovers.deleteRuntime(directory);
            ended(exec, code);
        });
    }

    private void ended(ExecProcess exec, int code) {
        Live live = exec.owner;
        live.lock.lock();
        try {
            exec.running = false;
            exec.exitCode = code;
            exec.shim = null;
            events.tell(live, "exec_die", Map.of("execID", exec.id, "exitCode", Integer.toString(code)));
            live.changed.signalAll();
        } finally {
            live.lock.unlock();
        }
        forgetOld(live);
    }

    /** The last instances stay for inspect; without a bound a health check would fill the memory. */
    private void forgetOld(Live live) {
        live.lock.lock();
        try {
            int ended = 0;
            for (ExecProcess exec : List.copyOf(live.execs.values()).reversed()) {
                if (exec.started && !exec.running && ++ended > KEPT) {
                    live.execs.remove(exec.id);
                    byId.remove(exec.id);
                }
            }
        } finally {
            live.lock.unlock();
        }
    }

    private static final int KEPT = 64;

    /** Waits until the exit code is known; the streams end a moment before. */
    public void awaitEnd(String id, long millis) throws InterruptedException {
        ExecProcess exec = find(id);
        Live live = exec.owner;
        long left = java.util.concurrent.TimeUnit.MILLISECONDS.toNanos(millis);
        live.lock.lock();
        try {
            while (exec.running && left > 0) {
                left = live.changed.awaitNanos(left);
            }
        } finally {
            live.lock.unlock();
        }
    }

    /** Ends the process of an exec, if it still runs. */
    void kill(String id) {
        ExecProcess exec = find(id);
        Live live = exec.owner;
        live.lock.lock();
        try {
            if (exec.shim != null) {
                exec.shim.signal(Signals.KILL);
            }
        } catch (IOException e) {
            // It has just ended.
        } finally {
            live.lock.unlock();
        }
    }

    public void resize(String id, int rows, int columns) {
        ExecProcess exec = find(id);
        Live live = exec.owner;
        live.lock.lock();
        try {
            ShimConnection shim = exec.shim;
            if (shim == null) {
                throw new Problem.InvalidParameter(NOT_STARTED).exception();
            }
            shim.resize(rows, columns);
        } catch (IOException e) {
            throw new Problem.InvalidParameter(NOT_STARTED).exception(e);
        } finally {
            live.lock.unlock();
        }
    }

    public ExecInspect inspect(String id) {
        ExecProcess exec = find(id);
        Live live = exec.owner;
        live.lock.lock();
        try {
            List<String> command = exec.command();
            return new ExecInspect(
                    exec.id,
                    exec.running,
                    exec.exitCode,
                    new ExecProcessConfig(
                            exec.config.tty(),
                            command.getFirst(),
                            command.subList(1, command.size()),
                            exec.config.privileged(),
                            exec.config.user().isEmpty()
                                    ? live.container.config().user()
                                    : exec.config.user()),
                    exec.config.attachStdin(),
                    exec.config.attachStderr(),
                    exec.config.attachStdout(),
                    false, // What dockerd says until it comes by to remove the instance.
                    live.container.id(),
                    DetachKeys.of(exec.config.detachKeys(), "escape").encoded(),
                    exec.pid);
        } finally {
            live.lock.unlock();
        }
    }
}
