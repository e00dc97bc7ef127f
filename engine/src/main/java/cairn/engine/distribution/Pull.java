package cairn.engine.distribution;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.image.Image;
import cairn.engine.image.ImageEvents;
import cairn.engine.image.Images;
import cairn.engine.layer.LayerPile;
import cairn.engine.layer.Layers;
import cairn.oci.Descriptor;
import cairn.oci.Digest;
import cairn.oci.ImageConfig;
import cairn.oci.ImageId;
import cairn.oci.InvalidDocumentException;
import cairn.oci.Manifest;
import cairn.oci.Platform;
import cairn.oci.Reference;
import cairn.oci.registry.Credentials;
import cairn.oci.registry.RawManifest;
import cairn.oci.registry.RegistryException;
import cairn.oci.registry.Repository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Images from registries into the store. Layers are fetched and unpacked at the same time, the biggest first, and nothing of an image is
 * visible before all of it is there and verified. Safe for several threads.
 */
public final class Pull {
    private final RegistryAccess access;
    private final Images images;
    private final Layers layers;
    private final ImageEvents events;
    private final DistributionRecords records;
    private final LayerTransfers transfers;
    private final Platform own;

    /** @param own what this machine runs */
    Pull(
            RegistryAccess access,
            DistributionSettings settings,
            Images images,
            Layers layers,
            PartialBlobs partials,
            DistributionRecords records,
            ImageEvents events,
            Platform own) {
        this.access = access;
        this.images = images;
        this.layers = layers;
        this.events = events;
        this.own = own;
        this.records = records;
        this.transfers = new LayerTransfers(layers, partials, settings.downloads(), settings.attempts());
    }

    /**
     * Pulls one tag, one digest (which goes before a tag), or all tags of a repository where the name has neither. Blocks in the kernel: to
     * be called on a platform thread.
     *
     * @param platform null for this machine's
     * @param progress nothing is told before the registry has answered that it has the image
     * @throws EngineException Registry, BadArchive, DiskFull, TooManyLayers, Cancelled; tags pulled before stay, of the one at fault only
     *     what has arrived of its layers, for the next attempt
     */
    public void pull(
            Reference reference,
            @Nullable Platform platform,
            Credentials credentials,
            TransferProgress progress,
            Cancellation cancellation) {
        boolean newer = false;
        Repository repository = access.repository(reference, credentials);
        try {
            if (reference.isNameOnly()) {
                for (String tag : repository.tags()) {
                    newer |= one(repository, reference.withTag(tag), platform, progress, cancellation);
                }
            } else {
                newer = one(repository, reference, platform, progress, cancellation);
            }
        } catch (RegistryException e) {
            throw RegistryAccess.transferFault(e);
        } catch (InvalidDocumentException e) {
            throw RegistryAccess.invalid(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new Problem.Internal("pull " + reference.familiar() + ": " + e).exception(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem.Cancelled("pull").exception(e);
        }
        progress.line(
                "",
                (newer ? "Status: Downloaded newer image for " : "Status: Image is up to date for ")
                        + reference.familiar());
        warnOfPlatform(reference, platform, progress);
        events.happened(
                ImageEvents.Action.PULL, reference.familiar(), reference.familiarRepository(), labels(reference));
    }

    private Map<String, String> labels(Reference reference) {
        Image image = images.find(reference.familiar());
        Map<String, String> labels =
                image == null ? null : image.config().config().labels();
        return labels == null ? Map.of() : labels;
    }

    /** Whether the name is new here or has moved. */
    private boolean one(
            Repository repository,
            Reference reference,
            @Nullable Platform platform,
            TransferProgress progress,
            Cancellation cancellation)
            throws IOException, InterruptedException {
        boolean byDigest = reference.digest() != null;
        String asked = byDigest
                ? Objects.requireNonNull(reference.digest()).toString()
                : Objects.requireNonNull(reference.tag());
        RawManifest top = repository.manifest(asked);
        cancellation.check("pull");
        progress.line(byDigest ? reference.repository() + "@" + asked : asked, "Pulling from " + reference.path());
        RemoteImages.Found found = new RemoteImages(repository, platform == null ? own : platform).image(top);
        Manifest manifest = found.manifest();
        Image known = images.find(new ImageId(manifest.config().digest()));
        ImageConfig config = known == null ? RemoteImages.config(repository, manifest) : known.config();
        cancellation.check("pull");
        Digest digest = top.descriptor().digest();
        try (LayerPile pile = new LayerPile(layers, config.diffIds())) {
            if (known == null || !pile.complete()) {
                fetch(repository, manifest, config, pile, progress, cancellation);
            }
            record(repository, manifest, config);
            // Before the image: one that somebody has been told of can be pushed with its own digest.
            images.manifests().keep(config.id(), found.bytes());
            progress.line("", "Digest: " + digest);
            pile.handOver();
            return images.adopt(config, named(reference, digest));
        }
    }

    private void record(Repository repository, Manifest manifest, ImageConfig config) {
        for (int i = 0; i < config.diffIds().size(); i++) {
            Digest blob = manifest.layers().get(i).digest();
            records.add(
                    config.diffIds().get(i),
                    new DistributionRecords.Source(blob, repository.name().repository(), ""));
        }
    }

    /** In the order in which they are written: a name by tag means that the digest is known too. */
    private static List<Reference> named(Reference reference, Digest digest) {
        Reference repository = reference.withoutTagAndDigest();
        Reference byDigest = repository.withDigest(digest);
        return reference.digest() != null
                ? List.of(byDigest)
                : List.of(byDigest, repository.withTag(Objects.requireNonNull(reference.tag())));
    }

    /** Brings the missing layers into the store. */
    private void fetch(
            Repository repository,
            Manifest manifest,
            ImageConfig config,
            LayerPile pile,
            TransferProgress progress,
            Cancellation cancellation)
            throws InterruptedException {
        List<Descriptor> blobs = manifest.layers();
        int known = pile.known();
        for (int i = 0; i < blobs.size(); i++) {
            progress.line(blobs.get(i).digest().shortHex(), i < known ? "Already exists" : "Pulling fs layer");
        }
        LayerTransfer[] missing = new LayerTransfer[blobs.size() - known];
        List<LayerTransfer> joined = new ArrayList<>();
        try {
            for (int i : biggestFirst(blobs, known)) {
                LayerTransfer transfer =
                        transfers.join(pile.chain(i), config.diffIds().get(i), blobs.get(i), repository, progress);
                missing[i - known] = transfer;
                joined.add(transfer);
            }
            transfers.reportWaiting(joined);
            transfers.await(joined, cancellation);
            cancellation.check("pull");
            joined.stream().filter(LayerTransfer::failed).forEach(LayerTransfer::result);
            transfers.publish(pile, List.of(missing));
        } finally {
            joined.forEach(transfer -> transfers.leave(transfer, progress));
        }
        for (Descriptor blob : blobs.subList(known, blobs.size())) {
            progress.line(blob.digest().shortHex(), "Pull complete");
        }
    }

    /** The longest way decides when all is done. */
    private static List<Integer> biggestFirst(List<Descriptor> blobs, int from) {
        return IntStream.range(from, blobs.size())
                .boxed()
                .sorted(Comparator.comparingLong(i -> -blobs.get(i).size()))
                .toList();
    }

    /** An index was chosen from; an image without one comes as it is, and its caller is told. */
    private void warnOfPlatform(Reference reference, @Nullable Platform wanted, TransferProgress progress) {
        if (wanted == null || reference.isNameOnly()) {
            return;
        }
        try {
            images.get(reference.familiar(), wanted);
        } catch (EngineException e) {
            progress.warning(e.problem());
        }
    }
}
