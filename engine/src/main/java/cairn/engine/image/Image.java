package cairn.engine.image;

import cairn.oci.ChainId;
import cairn.oci.ImageConfig;
import cairn.oci.ImageId;
import cairn.oci.Reference;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One image as it was at the moment of asking.
 *
 * @param references tags first, then digests, each sorted
 * @param size bytes of all its layers
 * @param parent the image that it was made from, where that is known on this machine
 * @param chainId its topmost layer; null for an image without layers
 * @param lastTagTime when a tag was last put on it
 */
public record Image(
        ImageId id,
        ImageConfig config,
        List<Reference> references,
        long size,
        @Nullable ImageId parent,
        @Nullable ChainId chainId,
        @Nullable Instant lastTagTime) {
    public Image {
        references = List.copyOf(references);
    }

    /** Such as {@code busybox:latest}. */
    public List<String> repoTags() {
        return references.stream()
                .filter(reference -> reference.digest() == null)
                .map(Reference::familiar)
                .toList();
    }

    /** Such as {@code busybox@sha256:…}. */
    public List<String> repoDigests() {
        return references.stream()
                .filter(reference -> reference.digest() != null)
                .map(Reference::familiar)
                .toList();
    }

    /** Neither tagged nor named by a digest. */
    public boolean isDangling() {
        return references.isEmpty();
    }

    /** The epoch where the config does not say. */
    public Instant created() {
        Instant created = config.content().created();
        return created == null ? Instant.EPOCH : created;
    }
}
