package cairn.engine.container;

import cairn.engine.layer.Change;
import cairn.engine.layer.ReadWriteLayers;
import cairn.wire.container.FilesystemChange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** The files of containers, running or not, as their layers have them: nothing of what is mounted into them. */
public final class RootFiles {
    private final Containers containers;
    private final ReadWriteLayers layers;
    private final ContainerEvents events;

    RootFiles(Containers containers, ReadWriteLayers layers, ContainerEvents events) {
        this.containers = containers;
        this.layers = layers;
        this.events = events;
    }

    /** What the container has changed of its image's files. */
    public List<FilesystemChange> changes(String ref) {
        List<FilesystemChange> changes = new ArrayList<>();
        for (Change change : layers.tree(containers.get(ref).id()).changes()) {
            changes.add(new FilesystemChange(change.kind().ordinal(), change.path()));
        }
        return changes;
    }

    /** Writes all files as one flat archive; the stream stays open. */
    public void export(String ref, OutputStream out) throws IOException {
        Live live = containers.find(ref);
        try (InputStream tar = layers.tree(live.container.id()).openFlat()) {
            tar.transferTo(out);
        }
        events.tell(live, "export");
    }
}
