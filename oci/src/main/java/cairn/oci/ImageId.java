package cairn.oci;

/** The digest of an image's config document, which is the image's identity. */
public record ImageId(Digest digest) {

    /**
     * Reads {@code sha256:…}.
     *
     * @throws IllegalArgumentException where it is no digest
     */
    public static ImageId parse(String text) {
        return new ImageId(Digest.parse(text));
    }

    @Override
    public String toString() {
        return digest.toString();
    }
}
