package cairn.engine.distribution;

import cairn.engine.distribution.DistributionRecords.Source;
import cairn.engine.image.KeptManifests;
import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.oci.Descriptor;
import cairn.oci.Digest;
import cairn.oci.InvalidReferenceException;
import cairn.oci.MediaTypes;
import cairn.oci.Reference;
import cairn.oci.registry.BlobStream;
import cairn.oci.registry.RegistryException;
import cairn.oci.registry.Repository;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a repository has one layer, by the cheapest way that works: it has it; another repository of the same registry has it; the
 * repository that it was pulled from has it, in the very form that its manifest names; and last, compressed anew.
 */
final class LayerPush {
    /** As dockerd for large layers: questions are cheap beside sending. */
    private static final int MAX_QUESTIONS = 4;

    private final Setting setting;
    private final Layer layer;
    private final @Nullable Descriptor wanted;
    private final List<Source> sources;

    /**
     * What all layers of one push have in common.
     *
     * @param refusals of sources that have been told of
     */
    record Setting(
            RegistryAccess access,
            Repository target,
            Keyring keys,
            Layers layers,
            DistributionRecords records,
            KeptManifests manifests,
            TransferProgress progress,
            Cancellation cancellation,
            Set<String> refusals) {}

    /** @param wanted the form in which the image's own manifest has the layer; null where none is kept */
    LayerPush(Setting setting, Layer layer, @Nullable Descriptor wanted) {
        this.setting = setting;
        this.layer = layer;
        this.wanted = wanted;
        this.sources = setting.records().sources(layer.diffId()).reversed();
    }

    String id() {
        return layer.diffId().digest().shortHex();
    }

    /** Blocks until the repository has the layer; in which form it has it. */
    Descriptor provide() throws IOException {
        setting.cancellation().check("push");
        Descriptor provided = wanted == null ? null : inTheFormWanted(wanted);
        if (provided == null) {
            provided = inAnyForm();
        }
        if (provided == null) {
            provided = compressed();
        }
        setting.records()
                .add(
                        layer.diffId(),
                        new SourceKey(setting.keys().own())
                                .source(
                                        provided.digest(),
                                        setting.target().name().repository()));
        return provided;
    }

    private @Nullable Descriptor inTheFormWanted(Descriptor blob) throws IOException {
        if (setting.target().hasBlob(blob.digest())) {
            return exists(blob);
        }
        List<Source> same = sources.stream()
                .filter(source -> source.digest().equals(blob.digest()))
                .toList();
        if (mounted(same) != null) {
            return blob;
        }
        if (blob.digest().equals(layer.diffId().digest())) {
            return plain(blob);
        }
        List<String> refusals = new ArrayList<>();
        for (Source source : same) {
            if (copied(blob, source, refusals)) {
                return done(blob);
            }
        }
        refusals.stream()
                .filter(setting.refusals()::add)
                .forEach(refusal -> setting.progress().line("", refusal));
        return null;
    }

    /** What dockerd knows of the layer, and what was pushed before. */
    private @Nullable Descriptor inAnyForm() throws RegistryException {
        List<Digest> known = sources.stream().map(Source::digest).distinct().toList();
        for (Digest digest : known.subList(0, Math.min(MAX_QUESTIONS, known.size()))) {
            OptionalLong size = setting.target().blobSize(digest);
            if (size.isPresent()) {
                return exists(described(digest, size.getAsLong()));
            }
        }
        Source mounted = mounted(sources);
        if (mounted == null) {
            return null;
        }
        OptionalLong size = setting.target().blobSize(mounted.digest());
        return size.isPresent() ? described(mounted.digest(), size.getAsLong()) : null;
    }

    /** Without a manifest that says otherwise a layer is taken for gzip, as dockerd does. */
    private Descriptor described(Digest digest, long size) {
        Descriptor kept = setting.manifests().describe(digest);
        return new Descriptor(kept == null ? MediaTypes.DOCKER_LAYER_GZIP : kept.mediaType(), digest, size);
    }

    private @Nullable Source mounted(List<Source> candidates) throws RegistryException {
        int questions = 0;
        for (Source source : candidates) {
            Reference from = reference(source);
            if (from == null
                    || !from.domain().equals(setting.target().name().domain())
                    || from.repository().equals(setting.target().name().repository())
                    || questions++ == MAX_QUESTIONS) {
                continue;
            }
            if (setting.target().mountBlob(source.digest(), from)) {
                setting.progress().line(id(), "Mounted from " + from.path());
                return source;
            }
        }
        return null;
    }

    private static @Nullable Reference reference(Source source) {
        try {
            return Reference.parseNormalized(source.repository()).withoutTagAndDigest();
        } catch (InvalidReferenceException e) {
            return null;
        }
    }

    /** From one registry to the other, so that the digest stays: compressing again would give other bytes. */
    private boolean copied(Descriptor blob, Source source, List<String> refusals) throws IOException {
        Reference from = reference(source);
        Reference to = setting.target().name();
        if (from == null || from.repository().equals(to.repository())) {
            return false;
        }
        Repository there = setting.access().repository(from, setting.keys().of(from.domain()));
        try {
            there.blob(blob.digest(), blob.size(), 0).close();
        } catch (RegistryException e) {
            refusals.add(refusal(from, e));
            return false;
        }
        setting.target()
                .uploadBlob(
                        blob.digest(),
                        blob.size(),
                        () -> {
                            BlobStream stream = there.blob(blob.digest(), blob.size(), 0);
                            return new Watched(stream.in(), blob.size());
                        },
                        bytes -> {});
        return true;
    }

    /** Docker's clients send one registry's credentials with a push, which nobody else is told. */
    private static String refusal(Reference from, RegistryException why) {
        String advice = switch (why.kind()) {
            case UNAUTHORIZED, DENIED ->
                " To keep it, use 'cairn push' after 'cairn login " + from.domain() + "', which logs in there too.";
            case NOT_FOUND, RATE_LIMITED, UNAVAILABLE, INVALID -> "";
        };
        return "WARNING: layers cannot be copied from " + from.repository() + " (" + why.getMessage()
                + "): they are compressed anew, and the image may get another digest." + advice;
    }

    private Descriptor plain(Descriptor blob) throws IOException {
        setting.target()
                .uploadBlob(
                        blob.digest(),
                        blob.size(),
                        () -> new Watched(setting.layers().openTar(layer.chainId()), layer.size()),
                        bytes -> {});
        return done(blob);
    }

    private Descriptor compressed() throws IOException {
        Repository.Uploaded uploaded = setting.target()
                .uploadBlob(
                        () -> new Ending(setting.layers().openGzip(layer.chainId(), this::compressedSoFar)),
                        bytes -> {});
        return done(new Descriptor(MediaTypes.DOCKER_LAYER_GZIP, uploaded.digest(), uploaded.size()));
    }

    private void compressedSoFar(long plainBytes) {
        setting.progress().bytes(id(), "Pushing", plainBytes, layer.size());
    }

    private Descriptor exists(Descriptor blob) {
        setting.progress().line(id(), "Layer already exists");
        return blob;
    }

    private Descriptor done(Descriptor blob) {
        setting.progress().line(id(), "Pushed");
        return blob;
    }

    /** Ends where nobody waits any more. */
    private class Ending extends FilterInputStream {
        Ending(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            setting.cancellation().check("push");
            return super.read(bytes, offset, length);
        }
    }

    /** Reports what is read of a layer that is sent as it is. */
    private final class Watched extends Ending {
        private final long total;
        private long position;

        Watched(InputStream in, long total) {
            super(in);
            this.total = total;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = super.read(bytes, offset, length);
            if (n > 0) {
                position += n;
                setting.progress().bytes(id(), "Pushing", position, total);
            }
            return n;
        }
    }

    /** The layers of an image, topmost first, as Docker pushes them. */
    static List<LayerPush> of(Setting setting, List<Layer> topmostFirst, @Nullable List<Descriptor> wanted) {
        List<LayerPush> pushes = new ArrayList<>();
        for (int i = 0; i < topmostFirst.size(); i++) {
            pushes.add(new LayerPush(
                    setting, topmostFirst.get(i), wanted == null ? null : wanted.get(wanted.size() - 1 - i)));
        }
        return pushes;
    }
}
