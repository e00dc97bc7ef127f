package cairn.engine.image;

import cairn.engine.error.Problem;
import cairn.engine.layer.Compression;
import cairn.engine.layer.LayerPile;
import cairn.engine.layer.Layers;
import cairn.engine.layer.StagedLayer;
import cairn.linux.Errno;
import cairn.linux.Kernel;
import cairn.oci.ChainId;
import cairn.oci.DiffId;
import cairn.oci.ImageConfig;
import cairn.oci.ImageId;
import cairn.oci.InvalidDocumentException;
import cairn.oci.Platform;
import cairn.oci.Reference;
import cairn.oci.archive.ArchiveException;
import cairn.oci.archive.ArchiveLimits;
import cairn.oci.archive.ImageArchive;
import cairn.oci.archive.ImageArchiveWriter;
import cairn.oci.tar.TarException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Images in and out of archives. */
final class ImageArchives {
    private final Images images;
    private final Layers layers;
    private final Path spools;
    private final Platform own = new Platform("linux", Kernel.machine().equals("x86_64") ? "amd64" : "arm64", null);

    /** @param spools where archives are spooled; emptied at every start */
    ImageArchives(Images images, Layers layers, Path spools) {
        this.images = images;
        this.layers = layers;
        this.spools = spools;
    }

    // ---- in

    List<Loaded> load(InputStream in, @Nullable Platform platform, LoadProgress progress) throws IOException {
        Path spool = Files.createTempDirectory(spools, "load-");
        try (EarlyLayers early = new EarlyLayers(layers);
                ImageArchive archive =
                        ImageArchive.open(in, spool, ArchiveLimits.DEFAULT, platform == null ? own : platform, early)) {
            for (ImageArchive.Image image : archive.images()) {
                Images.requirePlatform(name(image), image.config(), platform);
            }
            List<Loaded> loaded = new ArrayList<>();
            try {
                for (ImageArchive.Image image : archive.images()) {
                    load(image, early, progress, loaded);
                }
            } finally {
                // Once for all of them: an archive may have thousands.
                images.saveNames();
            }
            return loaded;
        } catch (ArchiveException | TarException | InvalidDocumentException e) {
            throw new Problem.BadArchive(null, String.valueOf(e.getMessage())).exception(e);
        } catch (IOException e) {
            // The JDK, which writes the spool, tells a full disk by its text alone.
            if (String.valueOf(e.getMessage()).contains(Errno.text(Errno.ENOSPC))) {
                throw new Problem.DiskFull("load").exception(e);
            }
            throw e;
        } finally {
            Files.deleteIfExists(spool);
        }
    }

    private static String name(ImageArchive.Image image) {
        return image.tags().isEmpty()
                ? image.config().id().toString()
                : image.tags().getFirst().familiar();
    }

    private void load(ImageArchive.Image image, EarlyLayers early, LoadProgress progress, List<Loaded> loaded)
            throws IOException {
        List<ImageArchive.Layer> archived = image.layers();
        try (LayerPile pile = new LayerPile(layers, image.config().diffIds())) {
            while (!pile.complete()) {
                int from = pile.known();
                unpack(pile, archived.subList(from, different(archived, from)), early, progress);
            }
            pile.handOver();
        }
        loaded.addAll(images.registerLoaded(image.config(), image.tags()));
    }

    /** Up to where no layer comes a second time: that one is then made from the first. */
    private static int different(List<ImageArchive.Layer> archived, int from) {
        Set<DiffId> seen = new HashSet<>();
        int end = from;
        while (end < archived.size() && seen.add(archived.get(end).diffId())) {
            end++;
        }
        return end;
    }

    /** All at once, as many as there are processors: what a layer's directory holds does not depend on the layers below. */
    private void unpack(LayerPile pile, List<ImageArchive.Layer> missing, EarlyLayers early, LoadProgress progress)
            throws IOException {
        List<Future<StagedLayer>> started = new ArrayList<>();
        List<StagedLayer> staged = new ArrayList<>();
        int threads = Math.min(missing.size(), Runtime.getRuntime().availableProcessors());
        // Platform threads: they read the spooled archive, and files block in the kernel.
        try (ExecutorService pool = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().name("cairn-load-", 0).factory())) {
            for (ImageArchive.Layer layer : missing) {
                started.add(pool.submit(() -> stage(layer, early, progress)));
            }
        }
        try {
            collect(started, staged);
            pile.publish(staged);
        } finally {
            staged.forEach(StagedLayer::close);
        }
    }

    private StagedLayer stage(ImageArchive.Layer archived, EarlyLayers early, LoadProgress progress)
            throws IOException {
        StagedLayer taken = early.use(archived);
        if (taken != null) {
            synchronized (progress) {
                progress.layer(archived.diffId(), archived.size(), archived.size());
            }
            return taken;
        }
        try (Watched in = new Watched(archived, progress);
                InputStream plain = Compression.decompress(in)) {
            StagedLayer staged = layers.stage(plain, archived.diffId());
            in.report(archived.size());
            return staged;
        }
    }

    /** Takes in all that were unpacked, so that they get closed, and throws the first failure. */
    private static void collect(List<Future<StagedLayer>> started, List<StagedLayer> staged) throws IOException {
        Throwable failure = null;
        for (Future<StagedLayer> future : started) {
            if (future.state() == Future.State.SUCCESS) {
                staged.add(future.resultNow());
            } else if (failure == null) {
                failure = future.exceptionNow();
            }
        }
        switch (failure) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            default -> throw new Problem.Internal("load layers: " + failure).exception(failure);
        }
    }

    private static final class Watched extends FilterInputStream {
        private final ImageArchive.Layer layer;
        private final LoadProgress progress;
        private long position;

        Watched(ImageArchive.Layer layer, LoadProgress progress) throws IOException {
            super(layer.open());
            this.layer = layer;
            this.progress = progress;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = super.read(bytes, offset, length);
            if (n > 0) {
                position += n;
                report(position);
            }
            return n;
        }

        void report(long current) {
            synchronized (progress) {
                progress.layer(layer.diffId(), current, layer.size());
            }
        }
    }

    // ---- out

    Collection<Image> save(List<String> names, OutputStream out) throws IOException {
        Map<ImageId, Image> found = new LinkedHashMap<>();
        Map<ImageId, List<Reference>> tags = new LinkedHashMap<>();
        for (String name : names) {
            images.toSave(name).forEach((image, references) -> {
                found.putIfAbsent(image.id(), image);
                List<Reference> known = tags.computeIfAbsent(image.id(), id -> new ArrayList<>());
                references.stream()
                        .filter(reference -> !known.contains(reference))
                        .forEach(known::add);
            });
        }
        // Layers stay for as long as they are being read, even if somebody removes the image meanwhile.
        List<ChainId> held = new ArrayList<>();
        try {
            List<ImageArchiveWriter.Image> toWrite = new ArrayList<>();
            for (Image image : found.values()) {
                if (image.chainId() != null) {
                    layers.retain(image.chainId());
                    held.add(image.chainId());
                }
                toWrite.add(new ImageArchiveWriter.Image(
                        image.config(), archived(image.config()), tags.getOrDefault(image.id(), List.of())));
            }
            ImageArchiveWriter.write(toWrite, out);
        } finally {
            held.forEach(layers::release);
        }
        return found.values();
    }

    private List<ImageArchiveWriter.Layer> archived(ImageConfig config) throws IOException {
        List<ImageArchiveWriter.Layer> list = new ArrayList<>();
        ChainId below = null;
        for (DiffId diffId : config.diffIds()) {
            ChainId chain = below == null ? new ChainId(diffId.digest()) : below.next(diffId);
            list.add(new ImageArchiveWriter.Layer(diffId, layers.tarLength(chain), () -> layers.openTar(chain)));
            below = chain;
        }
        return list;
    }
}
