package cairn.engine.launch;

import cairn.engine.error.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Stops all processes of a container where they are, and lets them go on: the freezer controller with cgroup v1 (freezer-subsystem.rst),
 * {@code cgroup.freeze} with v2 (cgroup-v2.rst). A frozen process holds what it holds and takes signals only when it goes on.
 */
public final class Freezer {
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final CgroupTree cgroups;

    public Freezer(CgroupTree cgroups) {
        this.cgroups = cgroups;
    }

    /**
     * Returns when all processes stand still.
     *
     * @throws cairn.engine.error.EngineException Internal when they do not within ten seconds; they go on then
     */
    public void freeze(String id) {
        try {
            write(id, true);
            await(id);
        } catch (IOException e) {
            thawQuietly(id);
            throw new Problem.Internal("cannot pause container " + id + ": " + e.getMessage()).exception(e);
        }
    }

    private void await(String id) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!frozen(id)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("its processes do not stop");
            }
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            if (!cgroups.unified()) {
                // While a process is being forked the kernel stays at FREEZING until it is told again.
                write(id, true);
            }
        }
    }

    /** Whether all processes stand still. */
    public boolean frozen(String id) throws IOException {
        Path directory = directory(id);
        if (!cgroups.unified()) {
            return Files.readString(directory.resolve("freezer.state")).strip().equals("FROZEN");
        }
        return Files.readAllLines(directory.resolve("cgroup.events")).contains("frozen 1");
    }

    /** Lets the processes go on; not frozen is fine, and so is a container that has ended. */
    public void thaw(String id) {
        try {
            write(id, false);
        } catch (NoSuchFileException e) {
            // The cgroup goes with its last process.
        } catch (IOException e) {
            throw new Problem.Internal("cannot unpause container " + id + ": " + e.getMessage()).exception(e);
        }
    }

    private void thawQuietly(String id) {
        try {
            write(id, false);
        } catch (IOException e) {
            // The cgroup is gone with its last process.
        }
    }

    private void write(String id, boolean freeze) throws IOException {
        Path directory = directory(id);
        if (cgroups.unified()) {
            Files.writeString(directory.resolve("cgroup.freeze"), freeze ? "1" : "0");
        } else {
            Files.writeString(directory.resolve("freezer.state"), freeze ? "FROZEN" : "THAWED");
        }
    }

    private Path directory(String id) throws IOException {
        Path directory = cgroups.directory(id, "freezer");
        if (directory == null) {
            throw new IOException("this machine has no freezer cgroup");
        }
        return directory;
    }
}
