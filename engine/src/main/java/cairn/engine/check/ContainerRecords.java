package cairn.engine.check;

import cairn.oci.ChainId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code containers} and {@code layerdb/mounts}: each container has a record and two layers, and no layers are without a container. */
final class ContainerRecords implements Rule {
    private static final int MODE = 0710;

    /** What either engine keeps beside the two documents. */
    private static final Pattern KNOWN = Pattern.compile(
            "config\\.v2\\.json|hostconfig\\.json|[0-9a-f]{64}-json\\.log.*"
                    + "|hosts|hostname|resolv\\.conf|resolv\\.conf\\.hash|mounts|checkpoints|secrets|configs|shm|local-logs");

    @Override
    public void check(Picture store, Relations relations, Findings findings) {
        store.containers().forEach((id, container) -> container(store, id, container, findings));
        store.mounts().forEach((id, mount) -> {
            if (Ids.isHex64(id)) {
                mount(store, relations, id, mount, findings);
            }
        });
    }

    private static void container(Picture store, String id, Picture.ContainerFiles container, Findings findings) {
        Owner owner = Owner.container(container.name(id));
        if (!Ids.isHex64(id)) {
            findings.add(
                    Kind.UNKNOWN_FILE,
                    container.folder().path(),
                    Owner.NOBODY,
                    "its name is no container ID",
                    "nothing: neither engine has put it there",
                    List.of());
            return;
        }
        if (!container.fault().isEmpty()) {
            findings.add(
                    Kind.CONTAINER_DAMAGED,
                    container.folder().path(),
                    owner,
                    "the container's record cannot be read: " + container.fault(),
                    "nothing: what it has written may still be wanted; export it, then remove the container",
                    List.of());
        }
        if (!store.mounts().containsKey(id)) {
            findings.add(
                    Kind.CONTAINER_LAYER,
                    container.folder().path(),
                    owner,
                    "the container has no record of its writable layer",
                    "nothing: it cannot be told which directory was its layer; remove the container",
                    List.of());
        }
        if ((container.folder().mode() & ~MODE) != 0) {
            findings.add(
                    Kind.DIRECTORY_MODE,
                    container.folder().path(),
                    owner,
                    "the directory has mode %04o, wider than %04o"
                            .formatted(container.folder().mode(), MODE),
                    "sets the mode",
                    new Action.Mode(container.folder().path(), MODE));
        }
        for (String name : container.folder().names()) {
            if (!KNOWN.matcher(name).matches()) {
                findings.add(
                        Kind.UNKNOWN_FILE,
                        container.folder().file(name),
                        Owner.NOBODY,
                        "neither engine keeps a file of this name with a container",
                        "nothing: somebody has put it there",
                        List.of());
            }
        }
    }

    private static void mount(Picture store, Relations relations, String id, Picture.Folder mount, Findings findings) {
        String directory = mount.mountId();
        if (directory != null && store.engine().isUnderway(directory)) {
            return;
        }
        if (!store.containers().containsKey(id)) {
            unowned(store, id, mount, directory, findings);
            return;
        }
        Owner owner = relations.containerOwner(id);
        if (directory == null) {
            findings.add(
                    Kind.MOUNT_DAMAGED,
                    mount.file("mount-id"),
                    owner,
                    "the name of the container's layer is " + (mount.has("mount-id") ? "not readable" : "missing"),
                    "nothing: it cannot be told which directory was its layer; remove the container",
                    List.of());
            return;
        }
        if (!(directory + "-init").equals(mount.text("init-id"))) {
            findings.add(
                    Kind.MOUNT_DAMAGED,
                    mount.file("init-id"),
                    owner,
                    "the name of the container's init layer is not " + Ids.brief(directory) + "...-init",
                    "writes it",
                    new Action.Write(mount.file("init-id"), directory + "-init", 0644));
        }
        for (String name : List.of(directory, directory + "-init")) {
            if (!store.overlays().containsKey(name)) {
                findings.add(
                        Kind.MOUNT_DIRECTORY,
                        store.root().resolve("overlay2").resolve(name),
                        owner,
                        "the container's layer does not exist",
                        "nothing: what the container has written is lost; remove the container",
                        List.of());
            }
        }
        ChainId parent = mount.parent();
        if (mount.has("parent") && parent == null) {
            findings.add(
                    Kind.MOUNT_PARENT,
                    mount.file("parent"),
                    owner,
                    "the name of the image layer below the container is not readable",
                    "nothing: remove the container",
                    List.of());
        } else if (parent != null && !store.layers().containsKey(parent.digest().hex())) {
            findings.add(
                    Kind.MOUNT_PARENT,
                    mount.file("parent"),
                    owner,
                    "the image layer below the container, " + parent + ", does not exist",
                    "nothing: pull or load its image again, or remove the container",
                    List.of());
        }
    }

    private static void unowned(
            Picture store, String id, Picture.Folder mount, @Nullable String directory, Findings findings) {
        List<Action> actions = new ArrayList<>();
        for (String name : directory == null ? List.<String>of() : List.of(directory, directory + "-init")) {
            for (Map.Entry<String, String> link : store.links().entrySet()) {
                if (link.getValue().equals(Relations.target(name))) {
                    actions.add(new Action.Discard(store.linkPath(link.getKey())));
                }
            }
            if (store.overlays().containsKey(name)) {
                actions.add(new Action.Discard(store.overlay(name).path()));
            }
        }
        // Last, as always: as long as it is there, the rest can be found.
        actions.add(new Action.Discard(mount.path()));
        findings.add(
                Kind.MOUNT_UNOWNED,
                mount.path(),
                Owner.NOBODY,
                "container " + Ids.brief(id) + " does not exist, but its layers do",
                "moves them to the trash",
                actions);
    }
}
