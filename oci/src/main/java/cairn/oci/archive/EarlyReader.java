package cairn.oci.archive;

import java.io.IOException;
import java.io.InputStream;

/** Is offered large files that look like layers while the archive streams by, so that they need not be spooled and read once more. */
public interface EarlyReader {
    /**
     * Reads a file, or leaves it to be spooled. Nothing is known yet of who names it, if anybody does; so whatever is wrong with it is to be
     * kept until somebody asks for it.
     *
     * @param name as {@link ImageArchive.Layer#name} will give it
     * @param content of which nothing has been read if the answer is false; need not be read to its end
     * @return whether it was taken
     * @throws IOException from the archive's stream
     */
    boolean take(String name, InputStream content) throws IOException;
}
