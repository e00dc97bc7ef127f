package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.log.LogCompression;
import cairn.engine.log.LogFile;

/** What a container's monitor has rotated, and nobody has compressed yet, if that is wanted. */
final class OldLogs {
    private final LogCompression compression;

    OldLogs(LogCompression compression) {
        this.compression = compression;
    }

    /** Returns at once. */
    void compress(Live live) {
        LogOptions options;
        try {
            options = LogOptions.of(live.container.hostConfig().logConfig());
        } catch (EngineException e) {
            return; // Another engine's: a driver that this one does not have.
        }
        LogFile file = options.file(live.files);
        if (file != null && options.compressed()) {
            compression.compress(file);
        }
    }
}
