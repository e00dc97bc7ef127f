package cairn.engine.check;

import cairn.oci.ChainId;
import cairn.oci.DiffId;
import cairn.oci.ImageConfig;
import cairn.wire.container.StoredContainer;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What stands in a store at one moment, as it stands there: nothing in it is trusted yet. Keys are the names of files and directories.
 *
 * @param layers directories of {@code layerdb/sha256}
 * @param mounts directories of {@code layerdb/mounts}
 * @param overlays directories of the layers, short links left out
 * @param links short names with what they lead to; empty for what is no link
 * @param images files of {@code imagedb/content/sha256}
 * @param metadata directories of {@code imagedb/metadata/sha256}
 * @param containers directories of {@code containers}
 */
record Picture(
        Path root,
        SortedMap<String, Folder> layers,
        SortedMap<String, Folder> mounts,
        SortedMap<String, Folder> overlays,
        SortedMap<String, String> links,
        SortedMap<String, ImageFile> images,
        SortedMap<String, Folder> metadata,
        SortedMap<String, ContainerFiles> containers,
        Names names,
        Knowledge engine) {

    static final int LINK_LENGTH = 26;

    /**
     * A directory with small files.
     *
     * @param mode permission bits
     * @param names all that is in it
     * @param texts content of the small files that were asked for, without white space at the ends
     */
    record Folder(Path path, int mode, SortedSet<String> names, Map<String, String> texts) {
        @Nullable
        String text(String name) {
            return texts.get(name);
        }

        boolean has(String name) {
            return names.contains(name);
        }

        Path file(String name) {
            return path.resolve(name);
        }

        @Nullable
        DiffId diffId() {
            String text = text("diff");
            return text == null ? null : Ids.diffId(text);
        }

        @Nullable
        ChainId parent() {
            String text = text("parent");
            return text == null ? null : Ids.chainId(text);
        }

        /** A name that can be a directory of overlay2; null for anything else. */
        @Nullable
        String cacheId() {
            return Ids.directory(text("cache-id"));
        }

        @Nullable
        String mountId() {
            return Ids.directory(text("mount-id"));
        }
    }

    /**
     * An image's config.
     *
     * @param fault why it cannot be used; empty if it can
     */
    record ImageFile(Path path, int mode, @Nullable ImageConfig config, String fault) {}

    /**
     * A container.
     *
     * @param fault why its record cannot be used; empty if it can
     */
    record ContainerFiles(Folder folder, @Nullable StoredContainer record, String fault) {
        String name(String id) {
            String name = record == null ? "" : record.name();
            return name.isEmpty() ? id.substring(0, Math.min(12, id.length())) : name.substring(1);
        }
    }

    /**
     * {@code repositories.json}.
     *
     * @param references each with the image's ID as it is written
     * @param fault why it cannot be read; empty if it can
     */
    record Names(Path path, int mode, Map<String, String> references, String fault) {}

    Folder overlay(String id) {
        Folder folder = overlays.get(id);
        if (folder == null) {
            throw new IllegalArgumentException("no overlay2/" + id);
        }
        return folder;
    }

    Path layerPath(String chain) {
        return root.resolve("image/overlay2/layerdb/sha256").resolve(chain);
    }

    Path linkPath(String link) {
        return root.resolve("overlay2/l").resolve(link);
    }
}
