package cairn.engine.volume;

import cairn.engine.error.Problem;
import cairn.linux.DirectoryHandle;
import cairn.linux.ProjectQuota;
import cairn.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Sizes of volumes: a volume's directory gets a project of the file system for itself, and the project a limit. The directory is the record
 * of its project. Numbers are taken from a range of 65,536 above 2^30 that follows from the path of the volumes, so that two engines do not
 * choose the same at the same moment, and only such as no file has and nobody has set a limit for.
 */
final class SizeLimits {
    private static final long FIRST = 1L << 30;
    private static final int RANGE = 1 << 16;

    private final Path volumes;
    private final long first;

    SizeLimits(Path volumes) {
        this.volumes = volumes;
        String digest = Digest.sha256(volumes.toString().getBytes(StandardCharsets.UTF_8))
                .hex();
        this.first = FIRST + (Long.parseLong(digest.substring(0, 4), 16) >> 2) * RANGE;
    }

    /** Why there can be no limits here, with what to do about it; empty if there can. */
    String lacking() {
        try (DirectoryHandle directory = DirectoryHandle.open(volumes)) {
            return ProjectQuota.isEnforced(directory)
                    ? ""
                    : "quota size requested but no quota support: the file system of " + volumes
                            + " does not limit projects. Mount it with the option prjquota (xfs at its first mount; ext4"
                            + " after tune2fs -O quota,project), or leave out the size";
        }
    }

    /**
     * Limits what is made in a volume's directory from now on; again is fine.
     *
     * @param volume the directory around it, which has the project that it would have inherited
     * @throws cairn.engine.error.EngineException VolumeNotMounted if the file system has no limits any more
     */
    synchronized void keep(DirectoryHandle volume, DirectoryHandle data, long size) {
        if (!ProjectQuota.isEnforced(data)) {
            throw new Problem.VolumeNotMounted(
                            volumes.toString(), "size quota requested for volume but no quota support")
                    .exception();
        }
        if (!hasProject(volume, data)) {
            ProjectQuota.assign(data, unused(data));
        }
        ProjectQuota.limit(data, ProjectQuota.of(data), size);
    }

    /** Counts what is made in a directory aside as if it were made in the volume's. */
    static void countIn(DirectoryHandle data, DirectoryHandle aside) {
        ProjectQuota.assign(aside, ProjectQuota.of(data));
    }

    /** The project's number is free as soon as the last of the files is. */
    static void release(DirectoryHandle volume, DirectoryHandle data) {
        if (ProjectQuota.isEnforced(data) && hasProject(volume, data)) {
            ProjectQuota.limit(data, ProjectQuota.of(data), 0);
        }
    }

    private static boolean hasProject(DirectoryHandle volume, DirectoryHandle data) {
        long project = ProjectQuota.of(data);
        return project != 0 && project != ProjectQuota.of(volume);
    }

    private long unused(DirectoryHandle data) {
        for (long project = first; project < first + RANGE; project++) {
            if (ProjectQuota.isFree(data, project)) {
                return project;
            }
        }
        throw new Problem.VolumeNotMounted(
                        volumes.toString(), "all " + RANGE + " projects from " + first + " on are in use")
                .exception();
    }
}
