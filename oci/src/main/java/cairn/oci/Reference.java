package cairn.oci;

import org.jspecify.annotations.Nullable;

/**
 * The name of an image, complete: {@code busybox} is held as {@code docker.io/library/busybox}.
 *
 * @param domain the registry's host, with a port where one is given
 * @param path the repository within the registry
 */
public record Reference(String domain, String path, @Nullable String tag, @Nullable Digest digest) {

    /**
     * Reads a name as people type it. A missing tag stays missing.
     *
     * @throws InvalidReferenceException with Docker's text
     */
    public static Reference parseNormalized(String text) {
        return cairn.oci.Todo.todo();
    }

    /** {@code docker.io/library/busybox}: without tag and digest. */
    public String repository() {
        return domain + "/" + path;
    }

    /** {@code busybox}: without tag and digest, and without what {@link #parseNormalized} adds. */
    public String familiarRepository() {
        return cairn.oci.Todo.todo();
    }

    /** {@code docker.io/library/busybox:latest@sha256:…}. */
    public String canonical() {
        return repository() + suffix();
    }

    /** {@code busybox:latest@sha256:…}. */
    public String familiar() {
        return familiarRepository() + suffix();
    }

    public boolean isNameOnly() {
        return tag == null && digest == null;
    }

    /** With the tag {@code latest} where there is neither a tag nor a digest. */
    public Reference withDefaultTag() {
        return isNameOnly() ? withTag("latest") : this;
    }

    /**
     * The same repository and digest with another tag.
     *
     * @throws InvalidReferenceException where the tag is not well formed
     */
    public Reference withTag(String tag) {
        return new Reference(domain, path, tag, digest);
    }

    public Reference withDigest(Digest digest) {
        return new Reference(domain, path, tag, digest);
    }

    /** The repository alone. */
    public Reference withoutTagAndDigest() {
        return new Reference(domain, path, null, null);
    }

    @Override
    public String toString() {
        return familiar();
    }

    private String suffix() {
        return (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
    }
}
