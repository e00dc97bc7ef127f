package cairn.oci;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The digest that names a layer together with all layers below it (OCI image spec, config, "Layer ChainID"). */
public record ChainId(Digest digest) {

    /**
     * The chain of layers, lowest first.
     *
     * @throws IllegalArgumentException where there is none
     */
    public static ChainId of(List<DiffId> layers) {
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("no layers, so no chain");
        }
        ChainId chain = new ChainId(layers.getFirst().digest());
        for (DiffId layer : layers.subList(1, layers.size())) {
            chain = chain.next(layer);
        }
        return chain;
    }

    /**
     * Reads {@code sha256:…}.
     *
     * @throws IllegalArgumentException where it is no digest
     */
    public static ChainId parse(String text) {
        return new ChainId(Digest.parse(text));
    }

    /** This chain with one more layer on top. */
    public ChainId next(DiffId layer) {
        return new ChainId(Digest.sha256((digest + " " + layer).getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    public String toString() {
        return digest.toString();
    }
}
