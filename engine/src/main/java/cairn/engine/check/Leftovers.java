package cairn.engine.check;

import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** What interrupted work has left, and nobody is working on any more. */
final class Leftovers implements Rule {
    /** A file aside that nobody has touched for so long is forgotten: even a slow download writes more often. */
    private static final Duration FORGOTTEN = Duration.ofHours(1);

    private final Clock clock;

    Leftovers(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void check(Picture store, Relations relations, Findings findings) {
        Path pending = store.root().resolve("cairn/pending");
        for (String name : names(pending)) {
            if (!store.engine().isUnderway(name)) {
                found(
                        Kind.PENDING_STALE,
                        pending.resolve(name),
                        "marks a directory of overlay2 that nobody is working on",
                        findings);
            }
        }
        Path aside = store.root().resolve("image/overlay2/layerdb/tmp");
        for (String name : names(aside)) {
            if (!store.engine().isUnderway(name)) {
                found(
                        Kind.ASIDE_STALE,
                        aside.resolve(name),
                        "is the record of a layer that never became one",
                        findings);
            }
        }
        Path temporary = store.root().resolve("cairn/tmp");
        try (DirectoryHandle directory = DirectoryHandle.open(temporary)) {
            long limit = clock.instant().minus(FORGOTTEN).getEpochSecond();
            for (String name : directory.list()) {
                FileStatus status = directory.stat(name);
                if (status != null && status.modifiedSeconds() < limit) {
                    found(
                            Kind.TEMPORARY_STALE,
                            temporary.resolve(name),
                            "is a temporary file that has not changed for an hour",
                            findings);
                }
            }
        } catch (LinuxException e) {
            // A missing directory is told by another rule.
        }
    }

    private static void found(Kind kind, Path path, String what, Findings findings) {
        findings.add(kind, path, Owner.NOBODY, what, "moves it to the trash", new Action.Discard(path));
    }

    private static List<String> names(Path path) {
        try (DirectoryHandle directory = DirectoryHandle.open(path)) {
            return directory.list();
        } catch (LinuxException e) {
            return List.of();
        }
    }
}
