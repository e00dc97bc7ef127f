package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.launch.CgroupTree;
import cairn.engine.launch.Freezer;
import cairn.engine.layer.ReadWriteLayers;
import cairn.linux.LinuxException;
import cairn.linux.Processes;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a run leaves when it is over, and how it is given back: processes, cgroups, the mount of the root, runtime directories. */
final class Leftovers {
    private static final System.Logger LOG = System.getLogger(Leftovers.class.getName());

    private final ReadWriteLayers layers;
    private final CgroupTree cgroups;
    private final Freezer freezer;

    Leftovers(ReadWriteLayers layers, CgroupTree cgroups, Freezer freezer) {
        this.layers = layers;
        this.cgroups = cgroups;
        this.freezer = freezer;
    }

    /** Root, cgroups and runtime directory of a run that is over. */
    void release(Live live) {
        String id = live.container.id();
        if (!cgroups.remove(id)) {
            killRest(id);
        }
        try {
            layers.unmount(id);
        } catch (LinuxException | EngineException e) {
            LOG.log(System.Logger.Level.WARNING, "root of container {0} stays mounted: {1}", id, e.getMessage());
        }
        if (live.container.hostConfig().ipcMode().equals("shareable")) {
            ShareableShm.unmount(live.files.shm());
        }
        deleteRuntime(live.files.shim());
        for (String exec : List.copyOf(live.execs.keySet())) {
            deleteRuntime(live.files.exec(exec));
        }
    }

    /** Processes that outlive pid 1 exist only where the pid namespace is the host's; the cgroup finds them. */
    void killRest(String id) {
        freezer.thaw(id); // With cgroup v1 what stands still does not die.
        long deadline = System.nanoTime() + 2_000_000_000L;
        while (!cgroups.remove(id) && System.nanoTime() < deadline) {
            for (int pid : cgroups.processes(id)) {
                try {
                    Processes.kill(pid, Processes.SIGKILL);
                } catch (LinuxException gone) {
                    // Between the list and the signal it ended by itself.
                }
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Of a container without a record. */
    void endStray(String id, Path shim) {
        killRest(id);
        deleteRuntime(shim);
    }

    static void deleteRuntime(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "runtime directory {0} stays: {1}", directory, e.getMessage());
        }
    }
}
