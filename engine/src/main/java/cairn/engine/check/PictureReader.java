package cairn.engine.check;

import cairn.engine.store.DataRoot;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileInput;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import cairn.oci.ImageConfig;
import cairn.oci.InvalidDocumentException;
import cairn.wire.Json;
import cairn.wire.JsonException;
import cairn.wire.container.HostConfig;
import cairn.wire.container.StoredContainer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads a picture of the store without following a link or believing a byte. What vanishes while it is read is not in the picture. */
final class PictureReader {
    private static final int SMALL = 64 << 10;
    private static final int DOCUMENT = 8 << 20;
    private static final int NAMES = 64 << 20;

    private final DataRoot root;

    PictureReader(DataRoot root) {
        this.root = root;
    }

    Picture read(Knowledge engine) {
        // Users before what they use: what is published meanwhile is then rather unused than missing, and a second look
        // tells.
        Picture.Names names = names(root.repositories());
        SortedMap<String, Picture.ContainerFiles> containers = containers();
        SortedMap<String, Picture.ImageFile> images = images();
        return new Picture(
                root.path(),
                folders(root.layers(), List.of("diff", "cache-id", "size", "parent")),
                folders(root.layerMounts(), List.of("mount-id", "init-id", "parent")),
                overlays(),
                links(),
                images,
                folders(root.imageMetadata(), List.of("parent", "lastUpdated")),
                containers,
                names,
                engine);
    }

    private static SortedMap<String, Picture.Folder> folders(Path parent, List<String> files) {
        SortedMap<String, Picture.Folder> folders = new TreeMap<>();
        try (DirectoryHandle directory = DirectoryHandle.open(parent)) {
            for (String name : directory.list()) {
                Picture.Folder folder = folder(directory, parent, name, files);
                if (folder != null) {
                    folders.put(name, folder);
                }
            }
        } catch (LinuxException e) {
            ignoreMissing(e);
        }
        return folders;
    }

    private static Picture.@Nullable Folder folder(DirectoryHandle parent, Path path, String name, List<String> files) {
        FileStatus status = parent.stat(name);
        if (status == null || !status.isDirectory()) {
            return null;
        }
        try (DirectoryHandle directory = parent.openIn(name)) {
            Map<String, String> texts = new HashMap<>();
            for (String file : files) {
                byte[] content = content(directory, file, SMALL);
                if (content != null) {
                    texts.put(file, new String(content, StandardCharsets.UTF_8).strip());
                }
            }
            return new Picture.Folder(path.resolve(name), status.permissions(), new TreeSet<>(directory.list()), texts);
        } catch (LinuxException e) {
            ignoreMissing(e);
            return null;
        }
    }

    private SortedMap<String, Picture.Folder> overlays() {
        SortedMap<String, Picture.Folder> overlays = folders(root.overlay2(), List.of("link", "lower"));
        overlays.remove("l");
        return overlays;
    }

    private SortedMap<String, String> links() {
        SortedMap<String, String> links = new TreeMap<>();
        try (DirectoryHandle directory = DirectoryHandle.open(root.links())) {
            for (String name : directory.list()) {
                FileStatus status = directory.stat(name);
                if (status != null) {
                    links.put(name, status.isLink() ? directory.readlink(name) : "");
                }
            }
        } catch (LinuxException e) {
            ignoreMissing(e);
        }
        return links;
    }

    private SortedMap<String, Picture.ImageFile> images() {
        SortedMap<String, Picture.ImageFile> images = new TreeMap<>();
        try (DirectoryHandle directory = DirectoryHandle.open(root.imageContents())) {
            for (String name : directory.list()) {
                FileStatus status = directory.stat(name);
                if (status != null && status.isRegular()) {
                    images.put(name, image(directory, name, status));
                }
            }
        } catch (LinuxException e) {
            ignoreMissing(e);
        }
        return images;
    }

    private Picture.ImageFile image(DirectoryHandle directory, String name, FileStatus status) {
        Path path = root.imageContents().resolve(name);
        ImageConfig config = null;
        String fault = "";
        try {
            byte[] bytes = content(directory, name, DOCUMENT);
            config = ImageConfig.parse(bytes == null ? new byte[0] : bytes);
            if (!config.id().digest().hex().equals(name)) {
                fault = "its content has digest " + config.id();
                config = null;
            }
        } catch (InvalidDocumentException | IllegalArgumentException e) {
            fault = String.valueOf(e.getMessage());
        }
        return new Picture.ImageFile(path, status.permissions(), config, fault);
    }

    private SortedMap<String, Picture.ContainerFiles> containers() {
        SortedMap<String, Picture.ContainerFiles> containers = new TreeMap<>();
        folders(root.containers(), List.of()).forEach((id, folder) -> {
            StoredContainer record = null;
            String fault = "";
            try (DirectoryHandle directory = DirectoryHandle.open(folder.path())) {
                byte[] config = content(directory, "config.v2.json", DOCUMENT);
                byte[] host = content(directory, "hostconfig.json", DOCUMENT);
                if (config == null || host == null) {
                    fault = (config == null ? "config.v2.json" : "hostconfig.json") + " is missing";
                } else {
                    StoredContainer read = Json.read(StoredContainer.class, config);
                    Json.read(HostConfig.class, host);
                    fault = read.id().equals(id) ? "" : "it says that it is container " + read.id();
                    record = fault.isEmpty() ? read : null;
                }
            } catch (JsonException | IllegalArgumentException e) {
                fault = String.valueOf(e.getMessage());
            } catch (LinuxException e) {
                ignoreMissing(e);
                return;
            }
            containers.put(id, new Picture.ContainerFiles(folder, record, fault));
        });
        return containers;
    }

    private static Picture.Names names(Path file) {
        Map<String, String> references = new TreeMap<>();
        int mode = 0;
        try (DirectoryHandle directory = DirectoryHandle.open(parent(file))) {
            String name = file.getFileName().toString();
            FileStatus status = directory.stat(name);
            byte[] bytes = content(directory, name, NAMES);
            if (status == null) {
                return new Picture.Names(file, 0, Map.of(), "");
            }
            mode = status.permissions();
            if (bytes == null) {
                return new Picture.Names(file, 0, Map.of(), "it is no regular file");
            }
            if (Json.tree(bytes) instanceof Map<?, ?> document
                    && document.get("Repositories") instanceof Map<?, ?> all) {
                all.values().forEach(repository -> {
                    if (repository instanceof Map<?, ?> entries) {
                        entries.forEach(
                                (reference, id) -> references.put(String.valueOf(reference), String.valueOf(id)));
                    }
                });
                return new Picture.Names(file, mode, references, "");
            }
            return new Picture.Names(file, mode, Map.of(), "it has no \"Repositories\"");
        } catch (JsonException | IllegalArgumentException e) {
            return new Picture.Names(file, mode, Map.of(), String.valueOf(e.getMessage()));
        }
    }

    /** Null where there is no such regular file. */
    static byte @Nullable [] content(DirectoryHandle directory, String name, int limit) {
        try (FileInput in = directory.openFile(name)) {
            byte[] content = in.readNBytes(limit + 1);
            if (content.length > limit) {
                throw new IllegalArgumentException(name + " is larger than " + limit + " bytes");
            }
            return content;
        } catch (LinuxException e) {
            return null;
        } catch (IOException e) {
            throw new IllegalArgumentException(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("no directory in " + file);
        }
        return parent;
    }

    private static void ignoreMissing(LinuxException e) {
        if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
            throw e;
        }
    }
}
