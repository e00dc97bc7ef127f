package cairn.engine.store;

import cairn.linux.FileHandle;

/** What a finished write withstands. */
public enum Durability {
    /** The end of this process; a power cut may lose it or leave the file empty. */
    PROCESS,
    /** A power cut leaves the old content or the new, never an empty file; which of them is not known yet. Costs a write to the disk. */
    ORDERED,
    /** A power cut too: content, then name are on disk when the call returns. Costs two syncs. */
    POWER;

    /** Has the content of a new file survive so much, before the file gets its name or is named by another. */
    public void settle(FileHandle file) {
        switch (this) {
            case PROCESS -> {}
            case ORDERED -> file.writeOut();
            case POWER -> file.sync();
        }
    }
}
