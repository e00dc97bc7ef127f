package cairn.engine.check;

import cairn.engine.store.DataRoot;
import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import java.nio.file.Path;
import java.util.List;

/** The directories of the layout: each is there, root's, and no more open than it has to be. */
final class Places implements Rule {
    @Override
    public void check(Picture store, Relations relations, Findings findings) {
        for (DataRoot.Place place : DataRoot.places()) {
            Path path = place.path().isEmpty() ? store.root() : store.root().resolve(place.path());
            try (DirectoryHandle directory = DirectoryHandle.open(path)) {
                FileStatus status = directory.stat();
                if ((status.permissions() & ~place.mode()) != 0) {
                    findings.add(
                            Kind.PLACE_MODE,
                            path,
                            Owner.STORE,
                            "the directory has mode %04o, wider than %04o"
                                    .formatted(status.permissions(), place.mode()),
                            "sets the mode",
                            new Action.Mode(path, place.mode()));
                }
                if (status.uid() != 0) {
                    findings.add(
                            Kind.PLACE_MODE,
                            path,
                            Owner.STORE,
                            "the directory belongs to user " + Integer.toUnsignedString(status.uid()) + ", not to root",
                            "nothing: find out who has done that first, then chown it",
                            List.of());
                }
            } catch (LinuxException e) {
                findings.add(
                        Kind.PLACE_MISSING,
                        path,
                        Owner.STORE,
                        "the directory is missing: " + e.getMessage(),
                        "makes it",
                        new Action.MakeDirectory(path, place.mode()));
            }
        }
    }
}
