package cairn.engine.distribution;

import cairn.engine.error.Problem;
import cairn.oci.Digest;

/**
 * Is told how far a pull or push is, in the words that Docker's clients know. Calls come from several threads and must not block: what waits
 * in them is the transfer itself.
 */
public interface TransferProgress {
    /** @param id a layer's first twelve digits or a tag; empty for the operation as a whole */
    void line(String id, String status);

    /**
     * @param action {@code Downloading}, {@code Extracting} or {@code Pushing}
     * @param current bytes; may be more than the total
     */
    void bytes(String id, String action, long current, long total);

    /** Something that the caller is to know and that stops nothing. */
    void warning(Problem problem);

    /** One tag is at the registry. */
    void pushed(String tag, Digest digest, int size);
}
