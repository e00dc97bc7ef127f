package cairn.oci.registry;

import cairn.oci.Digest;
import cairn.oci.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * A repository at its registry, or at the first of its mirrors that has what is asked for; mirrors are never written to. Every call tries
 * again, with back-off, what may pass by itself (429, 5xx, broken connections), and asks for a token where the registry wants one. Safe for
 * several threads.
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"}) // Its methods are still to be filled in.
public final class Repository {
    /** Bytes of a blob to send, from a position on: an upload that broke goes on where the registry says. */
    public interface Source {
        InputStream open() throws IOException;
    }

    /** Bytes that are over so far; may be called from any thread, and may go back when a request is tried again. */
    public interface Progress {
        void at(long bytes);
    }

    private final Registries registries;
    private final Reference name;
    private final Credentials credentials;

    Repository(Registries registries, Reference name, Credentials credentials) {
        this.registries = registries;
        this.name = name;
        this.credentials = credentials;
    }

    public Reference name() {
        return name;
    }

    /**
     * A manifest or index by tag or digest.
     *
     * @param reference a tag, or a digest as text
     * @throws RegistryException NOT_FOUND, or INVALID where digest or length do not fit or the document is over 4 MiB
     */
    public RawManifest manifest(String reference) throws RegistryException {
        throw new UnsupportedOperationException();
    }

    /**
     * Opens a blob.
     *
     * @param size that the descriptor says; the registry's Content-Length must agree
     * @param offset bytes that the caller has already
     */
    public BlobStream blob(Digest digest, long size, long offset) throws RegistryException {
        throw new UnsupportedOperationException();
    }

    /** All tags, in the registry's order, over all pages. */
    public List<String> tags() throws RegistryException {
        throw new UnsupportedOperationException();
    }

    // ---- writing

    public boolean hasBlob(Digest digest) throws RegistryException {
        throw new UnsupportedOperationException();
    }

    /**
     * Has the registry take a blob over from another of its repositories, which the caller must be able to read.
     *
     * @return false where the registry did not, and the blob has to be sent
     */
    public boolean mountBlob(Digest digest, Reference from) throws RegistryException {
        throw new UnsupportedOperationException();
    }

    /**
     * Sends a blob whose digest is known.
     *
     * @param size in bytes
     */
    public void uploadBlob(Digest digest, long size, Source source, Progress progress) throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Sends a blob whose digest shows only at its end, as a compressed layer that is made on the way. In chunks where the registry takes
     * them; tried again from the start.
     *
     * @return what was sent
     */
    public Uploaded uploadBlob(Source source, Progress progress) throws IOException {
        throw new UnsupportedOperationException();
    }

    public record Uploaded(Digest digest, long size) {}

    /**
     * Puts a manifest; everything that it names must be there.
     *
     * @param reference the tag, or the manifest's own digest as text
     * @return its digest, which the registry's must equal
     */
    public Digest putManifest(String reference, String mediaType, byte[] bytes) throws RegistryException {
        throw new UnsupportedOperationException();
    }
}
