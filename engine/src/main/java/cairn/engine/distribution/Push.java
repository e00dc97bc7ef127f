package cairn.engine.distribution;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.image.Image;
import cairn.engine.image.ImageEvents;
import cairn.engine.image.Images;
import cairn.engine.image.KeptManifests;
import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.oci.ChainId;
import cairn.oci.Descriptor;
import cairn.oci.Digest;
import cairn.oci.MediaTypes;
import cairn.oci.Platform;
import cairn.oci.Reference;
import cairn.oci.registry.Credentials;
import cairn.oci.registry.RegistryException;
import cairn.oci.registry.Repository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Images from the store to registries. An image whose manifest is kept goes with that manifest, byte for byte, if the registry has or gets
 * each layer in the form that it names; else with a new one. Safe for several threads.
 */
public final class Push {
    private static final int IDLE_SECONDS = 5;

    private final RegistryAccess access;
    private final Images images;
    private final Layers layers;
    private final DistributionRecords records;
    private final ImageEvents events;
    private final ThreadPoolExecutor sending;

    Push(
            RegistryAccess access,
            DistributionSettings settings,
            Images images,
            Layers layers,
            DistributionRecords records,
            ImageEvents events) {
        this.access = access;
        this.images = images;
        this.layers = layers;
        this.records = records;
        this.events = events;
        this.sending = new ThreadPoolExecutor(
                settings.uploads(),
                settings.uploads(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("cairn-push-", 0).daemon().factory());
        this.sending.allowCoreThreadTimeOut(true);
    }

    /**
     * Pushes one tag, or all tags of the repository where the name has none. To be called on a platform thread.
     *
     * @param sources credentials for other registries, by domain, should layers have to be copied from there
     * @throws EngineException Registry, Cancelled; tags pushed before stay pushed
     */
    public void push(
            Reference reference,
            Credentials credentials,
            Map<String, Credentials> sources,
            TransferProgress progress,
            Cancellation cancellation) {
        progress.line("", "The push refers to repository [" + reference.repository() + "]");
        Map<Reference, Image> tags = tags(reference);
        Repository repository = access.repository(reference, credentials);
        LayerPush.Setting setting = new LayerPush.Setting(
                access,
                repository,
                new Keyring(reference.domain(), credentials, sources),
                layers,
                records,
                images.manifests(),
                progress,
                cancellation,
                ConcurrentHashMap.newKeySet());
        try {
            for (Map.Entry<Reference, Image> tag : tags.entrySet()) {
                push(setting, tag.getKey(), tag.getValue());
            }
        } catch (RegistryException e) {
            throw RegistryAccess.transferFault(e);
        } catch (IOException e) {
            throw new Problem.Internal("push " + reference.familiar() + ": " + e).exception(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem.Cancelled("push").exception(e);
        }
        events.happened(ImageEvents.Action.PUSH, reference.familiar(), reference.familiarRepository(), Map.of());
    }

    /**
     * Looks whether what is to be pushed is for a platform.
     *
     * @throws EngineException WrongPlatform, Registry where there is nothing to push
     */
    public void requirePlatform(Reference reference, Platform platform) {
        tags(reference).keySet().forEach(tag -> images.get(tag.familiar(), platform));
    }

    private Map<Reference, Image> tags(Reference reference) {
        Map<Reference, Image> all = images.tagged(reference.withoutTagAndDigest());
        if (reference.digest() != null) {
            throw new Problem.InvalidParameter("cannot push a digest reference").exception();
        }
        if (all.isEmpty()) {
            throw RegistryAccess.missing(
                    "An image does not exist locally with the tag: " + reference.familiarRepository());
        }
        if (reference.tag() == null) {
            return all;
        }
        Image image = all.get(reference);
        if (image == null) {
            throw RegistryAccess.missing("tag does not exist: " + reference.familiar());
        }
        Map<Reference, Image> one = new LinkedHashMap<>();
        one.put(reference, image);
        return one;
    }

    private void push(LayerPush.Setting setting, Reference tag, Image image) throws IOException, InterruptedException {
        ChainId top = image.chainId();
        // Layers stay for as long as they are being sent, even if somebody removes the image meanwhile.
        if (top != null && !layers.retainIfKnown(top)) {
            throw RegistryAccess.missing("tag does not exist: " + tag.familiar());
        }
        try {
            List<KeptManifests.Kept> known = images.manifests().of(image.id());
            KeptManifests.Kept kept = known.isEmpty() ? null : known.getFirst();
            List<Descriptor> sent = send(
                    setting,
                    top == null ? List.of() : layers.chain(top),
                    kept == null ? null : kept.manifest().layers());
            Descriptor config = new Descriptor(
                    MediaTypes.DOCKER_CONFIG,
                    image.id().digest(),
                    image.config().size());
            sendConfig(setting, config, image.config().bytes());
            finish(setting, tag, image, kept, config, sent);
        } finally {
            if (top != null) {
                layers.release(top);
            }
        }
    }

    /** What the repository has in the end, lowest layer first. */
    private List<Descriptor> send(
            LayerPush.Setting setting, List<Layer> topmostFirst, @Nullable List<Descriptor> wanted)
            throws IOException, InterruptedException {
        List<LayerPush> pushes = LayerPush.of(setting, topmostFirst, wanted);
        pushes.forEach(push -> setting.progress().line(push.id(), "Preparing"));
        int free = Math.max(0, sending.getCorePoolSize() - sending.getActiveCount());
        // The same layer twice in one image is sent once.
        Map<String, Future<Descriptor>> started = new LinkedHashMap<>();
        for (LayerPush push : pushes) {
            if (!started.containsKey(push.id())) {
                if (started.size() >= free) {
                    setting.progress().line(push.id(), "Waiting");
                }
                started.put(push.id(), sending.submit(push::provide));
            }
        }
        Throwable failure = null;
        List<Descriptor> sent = new ArrayList<>();
        for (LayerPush push : pushes) {
            try {
                sent.addFirst(Objects.requireNonNull(started.get(push.id())).get());
            } catch (ExecutionException e) {
                if (failure == null) {
                    failure = e.getCause();
                    setting.cancellation().cancel();
                }
            }
        }
        switch (failure) {
            case null -> {}
            case IOException e -> throw e;
            case EngineException e -> throw e.problem().exception(e);
            default -> throw new Problem.Internal("push: " + failure).exception(failure);
        }
        return sent;
    }

    private static void sendConfig(LayerPush.Setting setting, Descriptor config, byte[] bytes) throws IOException {
        if (!setting.target().hasBlob(config.digest())) {
            setting.target()
                    .uploadBlob(config.digest(), bytes.length, () -> new ByteArrayInputStream(bytes), sent -> {});
        }
    }

    private void finish(
            LayerPush.Setting setting,
            Reference tag,
            Image image,
            KeptManifests.@Nullable Kept kept,
            Descriptor config,
            List<Descriptor> sent)
            throws RegistryException {
        Schema2.Document document =
                kept != null && digests(kept.manifest().layers()).equals(digests(sent))
                        ? new Schema2.Document(kept.manifest().mediaType(), kept.bytes())
                        : Schema2.document(config, sent);
        String name = Objects.requireNonNull(tag.tag());
        Digest digest = setting.target().putManifest(name, document.mediaType(), document.bytes());
        images.manifests().keep(image.id(), document.bytes());
        images.putDigest(image.id(), tag.withoutTagAndDigest().withDigest(digest));
        setting.progress().pushed(name, digest, document.bytes().length);
    }

    private static List<Digest> digests(List<Descriptor> blobs) {
        return blobs.stream().map(Descriptor::digest).toList();
    }
}
