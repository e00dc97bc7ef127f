package cairn.oci;

/** The digest of one layer's uncompressed tar. */
public record DiffId(Digest digest) {

    /**
     * Reads {@code sha256:…}.
     *
     * @throws IllegalArgumentException where it is no digest
     */
    public static DiffId parse(String text) {
        return new DiffId(Digest.parse(text));
    }

    @Override
    public String toString() {
        return digest.toString();
    }
}
