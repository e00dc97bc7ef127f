package cairn.engine.store;

/** What a finished write withstands. */
public enum Durability {
    /** The end of this process; a power cut may lose it or leave the file empty. */
    PROCESS,
    /** A power cut leaves the old content or the new, never an empty file; which of them is not known yet. Costs a write to the disk. */
    ORDERED,
    /** A power cut too: content, then name are on disk when the call returns. Costs two syncs. */
    POWER
}
