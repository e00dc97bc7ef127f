package cairn.engine.check;

import static cairn.engine.check.PlantedStore.keepingTimes;
import static cairn.engine.check.PlantedStore.mode;
import static cairn.engine.check.PlantedStore.remove;
import static cairn.engine.check.PlantedStore.replace;
import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.check.PlantedStore.Damage;
import cairn.engine.layer.Tar;
import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each inconsistency that is planted is found and named, and repaired where that is promised. */
class StoreCheckTest {

    /** What a repair leaves. */
    private enum After {
        WHOLE,
        FOUND_AGAIN
    }

    /** One planted inconsistency; {@code open} if it happens while the engine runs. */
    private record Case(String name, boolean open, Kind kind, After after, Damage damage) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Case> CASES = new ArrayList<>();

    private static void closed(String name, Kind kind, After after, Damage damage) {
        CASES.add(new Case(name, false, kind, after, damage));
    }

    private static void open(String name, Kind kind, After after, Damage damage) {
        CASES.add(new Case(name, true, kind, after, damage));
    }

    static {
        places();
        layerRecords();
        layerContents();
        layerDirectories();
        images();
        names();
        containers();
        leftovers();
    }

    private static void places() {
        open("an open directory", Kind.PLACE_MODE, After.WHOLE, s -> mode(s.path.resolve("overlay2"), "rwxr-xr-x"));
        open("an open root", Kind.PLACE_MODE, After.WHOLE, s -> mode(s.path, "rwxr-xr-x"));
        open(
                "a missing directory",
                Kind.PLACE_MISSING,
                After.WHOLE,
                s -> Files.delete(s.path.resolve("image/overlay2/layerdb/tmp")));
        closed(
                "a file at the top",
                Kind.UNKNOWN_FILE,
                After.FOUND_AGAIN,
                s -> Files.writeString(s.path.resolve("notes.txt"), "x"));
        closed(
                "a file among image records",
                Kind.UNKNOWN_FILE,
                After.FOUND_AGAIN,
                s -> Files.writeString(s.path.resolve("image/overlay2/imagedb/core"), "x"));
        closed(
                "a file in Cairn's own directory",
                Kind.UNKNOWN_FILE,
                After.FOUND_AGAIN,
                s -> Files.writeString(s.path.resolve("cairn/core"), "x"));
        closed(
                "a directory that is no layer's",
                Kind.UNKNOWN_FILE,
                After.FOUND_AGAIN,
                s -> Files.createDirectory(s.path.resolve("overlay2/backup")));
        closed(
                "an image file with another name",
                Kind.UNKNOWN_FILE,
                After.FOUND_AGAIN,
                s -> Files.writeString(s.path.resolve("image/overlay2/imagedb/content/sha256/x"), "{}"));
    }

    private static void layerRecords() {
        closed(
                "no diff ID at the bottom",
                Kind.LAYER_RECORD,
                After.WHOLE,
                s -> remove(s.layerRecord(s.base).resolve("diff")));
        closed(
                "no diff ID in the middle",
                Kind.LAYER_RECORD,
                After.WHOLE,
                s -> remove(s.layerRecord(s.top).resolve("diff")));
        open(
                "no diff ID while open",
                Kind.LAYER_RECORD,
                After.WHOLE,
                s -> remove(s.layerRecord(s.top).resolve("diff")));
        closed(
                "a broken parent",
                Kind.LAYER_RECORD,
                After.WHOLE,
                s -> Files.writeString(s.layerRecord(s.top).resolve("parent"), "x"));
        closed(
                "a missing parent",
                Kind.LAYER_CHAIN,
                After.WHOLE,
                s -> remove(s.layerRecord(s.top).resolve("parent")));
        closed(
                "another parent",
                Kind.LAYER_CHAIN,
                After.WHOLE,
                s -> Files.writeString(
                        s.layerRecord(s.top).resolve("parent"),
                        s.other.chainId().toString()));
        closed(
                "a parent too many",
                Kind.LAYER_CHAIN,
                After.WHOLE,
                s -> Files.writeString(
                        s.layerRecord(s.base).resolve("parent"),
                        s.other.chainId().toString()));
        closed(
                "another layer's diff ID",
                Kind.LAYER_CHAIN,
                After.WHOLE,
                s -> Files.writeString(
                        s.layerRecord(s.top).resolve("diff"), s.other.diffId().toString()));
        closed(
                "no size",
                Kind.LAYER_SIZE,
                After.WHOLE,
                s -> remove(s.layerRecord(s.top).resolve("size")));
        closed(
                "a size in words",
                Kind.LAYER_SIZE,
                After.WHOLE,
                s -> Files.writeString(s.layerRecord(s.top).resolve("size"), "many"));
        closed(
                "another size",
                Kind.LAYER_SIZE,
                After.WHOLE,
                s -> Files.writeString(s.layerRecord(s.top).resolve("size"), "17"));
        closed(
                "no directory name",
                Kind.LAYER_RECORD,
                After.WHOLE,
                s -> remove(s.layerRecord(s.top).resolve("cache-id")));
        open(
                "no directory name while open",
                Kind.LAYER_RECORD,
                After.WHOLE,
                s -> remove(s.layerRecord(s.base).resolve("cache-id")));
        closed(
                "a directory name that leads out",
                Kind.LAYER_RECORD,
                After.WHOLE,
                s -> Files.writeString(s.layerRecord(s.top).resolve("cache-id"), "../../etc"));
        open(
                "another directory name",
                Kind.LAYER_DIRECTORY,
                After.WHOLE,
                s -> Files.writeString(s.layerRecord(s.top).resolve("cache-id"), "d".repeat(64)));
        closed("no directory", Kind.LAYER_DIRECTORY, After.FOUND_AGAIN, s -> remove(s.other.directory()));
        closed(
                "two layers in one directory",
                Kind.LAYER_SHARED,
                After.FOUND_AGAIN,
                s -> Files.writeString(s.layerRecord(s.other).resolve("cache-id"), s.top.cacheId()));
        closed(
                "no tar-split record",
                Kind.LAYER_TAR_SPLIT,
                After.FOUND_AGAIN,
                s -> remove(s.layerRecord(s.top).resolve("tar-split.json.gz")));
        closed(
                "a broken tar-split record",
                Kind.LAYER_TAR_SPLIT,
                After.FOUND_AGAIN,
                s -> Files.writeString(s.layerRecord(s.top).resolve("tar-split.json.gz"), "x"));
        closed(
                "a lowest layer that is not there",
                Kind.IMAGE_LAYER,
                After.FOUND_AGAIN,
                s -> remove(s.layerRecord(s.top)));
        closed(
                "a layer below that is not there",
                Kind.LAYER_PARENT,
                After.FOUND_AGAIN,
                s -> remove(s.layerRecord(s.base)));
        closed(
                "a removal that dockerd did not end",
                Kind.LAYER_REMOVED,
                After.WHOLE,
                s -> Files.createDirectory(
                        s.path.resolve("image/overlay2/layerdb/sha256/" + "e".repeat(64) + "-removing")));
        closed("a layer that nobody uses", Kind.LAYER_UNUSED, After.WHOLE, StoreCheckTest::plantUnused);
    }

    private static void plantUnused(PlantedStore store) throws IOException {
        // The image goes, its layer stays: what a kill in the middle of a removal used to leave.
        remove(store.config(store.second));
        remove(store.metadata(store.second));
        replace(store.names(), "\"planted:2\":\"" + store.second.id() + "\"", "");
        replace(store.names(), ",}", "}");
    }

    private static void layerContents() {
        closed("other content", Kind.LAYER_CONTENT, After.FOUND_AGAIN, s -> {
            Path file = s.base.diff().resolve("var/data");
            keepingTimes(file, () -> Files.writeString(file, "z".repeat(100_000)));
        });
        closed("content cut off", Kind.LAYER_CONTENT, After.FOUND_AGAIN, s -> {
            Path file = s.base.diff().resolve("var/data");
            keepingTimes(file, () -> Files.writeString(file, "y"));
        });
        closed("content too long", Kind.LAYER_CONTENT, After.FOUND_AGAIN, s -> {
            Path file = s.base.diff().resolve("var/data");
            keepingTimes(file, () -> Files.writeString(file, "!", StandardOpenOption.APPEND));
        });
        closed(
                "a file that is gone",
                Kind.LAYER_MISSING,
                After.FOUND_AGAIN,
                s -> remove(s.base.diff().resolve("var/data")));
        closed(
                "an empty file that is gone",
                Kind.LAYER_MISSING,
                After.WHOLE,
                s -> remove(s.base.diff().resolve("etc/empty")));
        closed(
                "a link that is gone",
                Kind.LAYER_MISSING,
                After.WHOLE,
                s -> remove(s.base.diff().resolve("etc/link")));
        closed(
                "a hard link that is gone",
                Kind.LAYER_MISSING,
                After.WHOLE,
                s -> remove(s.base.diff().resolve("etc/hard")));
        closed(
                "a device that is gone",
                Kind.LAYER_MISSING,
                After.WHOLE,
                s -> remove(s.base.diff().resolve("null")));
        closed(
                "a whiteout that is gone",
                Kind.LAYER_MISSING,
                After.WHOLE,
                s -> remove(s.top.diff().resolve("etc/empty")));
        closed("a whiteout too many", Kind.LAYER_EXTRA, After.WHOLE, s -> {
            try (DirectoryHandle etc = DirectoryHandle.open(s.top.diff().resolve("etc"))) {
                etc.mknod("passwd", FileStatus.S_IFCHR, 0, 0);
            }
        });
        closed("a directory that is no longer opaque", Kind.LAYER_METADATA, After.WHOLE, s -> {
            try (DirectoryHandle root = DirectoryHandle.open(s.top.diff())) {
                root.removexattr("var", "trusted.overlay.opaque");
            }
        });
        closed(
                "a file too many",
                Kind.LAYER_EXTRA,
                After.WHOLE,
                s -> Files.writeString(s.base.diff().resolve("bin/backdoor"), "x"));
        closed(
                "a directory too many",
                Kind.LAYER_EXTRA,
                After.WHOLE,
                s -> Files.createDirectories(s.base.diff().resolve("more/of/it")));
        closed(
                "another mode",
                Kind.LAYER_METADATA,
                After.WHOLE,
                s -> mode(s.base.diff().resolve("etc/empty"), "rwxrwxrwx"));
        closed(
                "another owner",
                Kind.LAYER_METADATA,
                After.WHOLE,
                s -> Files.setAttribute(s.base.diff().resolve("bin/su"), "unix:uid", 1000));
        closed(
                "another time",
                Kind.LAYER_METADATA,
                After.WHOLE,
                s -> Files.setLastModifiedTime(s.base.diff().resolve("bin/su"), FileTime.from(Instant.EPOCH)));
        closed(
                "another attribute",
                Kind.LAYER_METADATA,
                After.WHOLE,
                s -> Files.setAttribute(
                        s.base.diff().resolve("bin/su"), "user:note", "bye".getBytes(StandardCharsets.UTF_8)));
        closed(
                "an attribute too many",
                Kind.LAYER_METADATA,
                After.WHOLE,
                s -> Files.setAttribute(
                        s.base.diff().resolve("bin/su"), "user:more", "x".getBytes(StandardCharsets.UTF_8)));
        closed("another link target", Kind.LAYER_METADATA, After.WHOLE, s -> {
            Path link = s.base.diff().resolve("etc/link");
            Files.delete(link);
            Files.createSymbolicLink(link, Path.of("/etc/shadow"));
        });
        closed("another device", Kind.LAYER_METADATA, After.FOUND_AGAIN, s -> {
            try (DirectoryHandle root = DirectoryHandle.open(s.base.diff())) {
                root.unlink("null");
                root.mknod("null", FileStatus.S_IFCHR | 0666, 1, 5);
            }
        });
        closed("a hard link that is a copy", Kind.LAYER_METADATA, After.FOUND_AGAIN, s -> {
            Path file = s.base.diff().resolve("etc/hard");
            byte[] content = Files.readAllBytes(file);
            Files.delete(file);
            Files.write(file, content);
        });
        closed("a directory that is a file", Kind.LAYER_MISSING, After.FOUND_AGAIN, s -> {
            remove(s.top.diff().resolve("etc"));
            Files.writeString(s.top.diff().resolve("etc"), "x");
        });
        closed("a tar-split record that makes another archive", Kind.LAYER_DIGEST, After.FOUND_AGAIN, s -> {
            Path record = s.layerRecord(s.other).resolve("tar-split.json.gz");
            try (OutputStream more = new GZIPOutputStream(Files.newOutputStream(record, StandardOpenOption.APPEND))) {
                more.write("{\"type\":2,\"payload\":\"AAAA\",\"position\":99}\n".getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    private static void layerDirectories() {
        closed("a directory without a record", Kind.DIRECTORY_UNOWNED, After.WHOLE, s -> {
            Path directory = Files.createDirectory(s.path.resolve("overlay2/" + "f".repeat(64)));
            Files.createDirectory(directory.resolve("diff"));
            Files.createSymbolicLink(
                    s.path.resolve("overlay2/l/" + "F".repeat(26)), Path.of("../" + "f".repeat(64) + "/diff"));
        });
        closed("an open layer", Kind.DIRECTORY_MODE, After.WHOLE, s -> mode(s.top.directory(), "rwxr-xr-x"));
        closed("no files", Kind.DIFF_MISSING, After.FOUND_AGAIN, s -> remove(s.other.diff()));
        closed(
                "no short name",
                Kind.LINK_FILE,
                After.WHOLE,
                s -> remove(s.top.directory().resolve("link")));
        closed(
                "an empty short name",
                Kind.LINK_FILE,
                After.WHOLE,
                s -> Files.writeString(s.top.directory().resolve("link"), ""));
        closed("neither short name nor link", Kind.LINK_FILE, After.WHOLE, s -> {
            remove(s.base.directory().resolve("link"));
            remove(s.link(s.base));
        });
        closed("no link", Kind.LINK_MISSING, After.WHOLE, s -> remove(s.link(s.top)));
        closed("a link to another layer", Kind.LINK_TARGET, After.WHOLE, s -> {
            remove(s.link(s.top));
            Files.createSymbolicLink(s.link(s.top), Path.of("../" + s.other.cacheId() + "/diff"));
        });
        closed("a file in place of a link", Kind.LINK_TARGET, After.WHOLE, s -> {
            remove(s.link(s.top));
            Files.writeString(s.link(s.top), "x");
        });
        closed(
                "a link to nothing",
                Kind.LINK_DANGLING,
                After.WHOLE,
                s -> Files.createSymbolicLink(
                        s.path.resolve("overlay2/l/" + "G".repeat(26)), Path.of("../" + "1".repeat(64) + "/diff")));
        closed(
                "a second link",
                Kind.LINK_TWICE,
                After.WHOLE,
                s -> Files.createSymbolicLink(
                        s.path.resolve("overlay2/l/" + "H".repeat(26)), Path.of("../" + s.top.cacheId() + "/diff")));
        closed(
                "no list of what is below",
                Kind.LOWER,
                After.WHOLE,
                s -> remove(s.top.directory().resolve("lower")));
        closed(
                "another list of what is below",
                Kind.LOWER,
                After.WHOLE,
                s -> Files.writeString(s.top.directory().resolve("lower"), "l/" + s.other.link()));
        closed(
                "a list where nothing is below",
                Kind.LOWER,
                After.WHOLE,
                s -> Files.writeString(s.base.directory().resolve("lower"), "l/" + s.other.link()));
        closed(
                "another list below a container",
                Kind.LOWER,
                After.WHOLE,
                s -> Files.writeString(s.container.directory().resolve("lower"), "l/" + s.base.link()));
        closed(
                "no work directory",
                Kind.WORK_MISSING,
                After.WHOLE,
                s -> remove(s.top.directory().resolve("work")));
        closed(
                "no mark below a layer",
                Kind.COMMITTED_MISSING,
                After.WHOLE,
                s -> remove(s.base.directory().resolve("committed")));
        closed(
                "no mark below a container",
                Kind.COMMITTED_MISSING,
                After.WHOLE,
                s -> remove(s.container.initDirectory().resolve("committed")));
        closed(
                "a file beside the layer",
                Kind.UNKNOWN_FILE,
                After.FOUND_AGAIN,
                s -> Files.writeString(s.top.directory().resolve("core"), "x"));
    }

    private static void images() {
        closed("a broken config", Kind.IMAGE_DAMAGED, After.WHOLE, s -> replace(s.config(s.second), "amd64", "arm64"));
        open(
                "a broken config while open",
                Kind.IMAGE_DAMAGED,
                After.WHOLE,
                s -> Files.writeString(s.config(s.image), "{}"));
        closed(
                "a broken config below a container",
                Kind.IMAGE_DAMAGED,
                After.FOUND_AGAIN,
                s -> replace(s.config(s.image), "amd64", "arm64"));
        open("an open config", Kind.RECORD_MODE, After.WHOLE, s -> mode(s.config(s.image), "rw-r--r--"));
        open(
                "a parent that does not exist",
                Kind.IMAGE_PARENT,
                After.WHOLE,
                s -> Files.writeString(s.metadata(s.image).resolve("parent"), "sha256:" + "9".repeat(64)));
        open(
                "a parent that is none",
                Kind.IMAGE_PARENT,
                After.WHOLE,
                s -> Files.writeString(s.metadata(s.image).resolve("parent"), ""));
        open(
                "a time that is none",
                Kind.METADATA_DAMAGED,
                After.WHOLE,
                s -> Files.writeString(s.metadata(s.image).resolve("lastUpdated"), ""));
        open(
                "metadata of nothing",
                Kind.METADATA_UNOWNED,
                After.WHOLE,
                s -> Files.createDirectory(s.path.resolve("image/overlay2/imagedb/metadata/sha256/" + "8".repeat(64))));
    }

    private static void names() {
        open("broken names", Kind.NAMES_DAMAGED, After.WHOLE, s -> Files.writeString(s.names(), "{"));
        open("open names", Kind.RECORD_MODE, After.WHOLE, s -> mode(s.names(), "rw-r--r--"));
        closed(
                "a name of nothing",
                Kind.NAME_DANGLING,
                After.WHOLE,
                s -> replace(
                        s.names(), "\"planted:1\"", "\"planted:0\":\"sha256:" + "7".repeat(64) + "\",\"planted:1\""));
        closed(
                "a name that is none",
                Kind.NAME_INVALID,
                After.FOUND_AGAIN,
                s -> replace(s.names(), "\"planted:1\"", "\"PLANTED::\":\"" + s.image.id() + "\",\"planted:1\""));
        closed(
                "a broken note of a blob",
                Kind.CACHE_DAMAGED,
                After.WHOLE,
                s -> note(s, "diffid-by-digest", "6".repeat(64), "x"));
        closed(
                "a broken note of a layer",
                Kind.CACHE_DAMAGED,
                After.WHOLE,
                s -> note(s, "v2metadata-by-diffid", s.top.diffId().digest().hex(), "[{]"));
        closed("notes that contradict each other", Kind.CACHE_CONTRADICTS, After.WHOLE, s -> {
            note(s, "diffid-by-digest", "6".repeat(64), s.base.diffId().toString());
            note(
                    s,
                    "v2metadata-by-diffid",
                    s.top.diffId().digest().hex(),
                    "[{\"Digest\":\"sha256:" + "6".repeat(64) + "\",\"SourceRepository\":\"x\",\"HMAC\":\"\"}]");
        });
    }

    private static void note(PlantedStore store, String kind, String name, String content) throws IOException {
        Path directory = Files.createDirectories(store.path.resolve("image/overlay2/distribution/" + kind + "/sha256"));
        Files.writeString(directory.resolve(name), content);
    }

    private static void containers() {
        closed(
                "a broken container",
                Kind.CONTAINER_DAMAGED,
                After.FOUND_AGAIN,
                s -> Files.writeString(s.containerRecord().resolve("config.v2.json"), "{"));
        closed(
                "another container's record",
                Kind.CONTAINER_DAMAGED,
                After.FOUND_AGAIN,
                s -> replace(s.containerRecord().resolve("config.v2.json"), PlantedStore.CONTAINER, "b".repeat(64)));
        closed("a container without a layer", Kind.CONTAINER_LAYER, After.FOUND_AGAIN, s -> remove(s.mountRecord()));
        closed("an open container", Kind.DIRECTORY_MODE, After.WHOLE, s -> mode(s.containerRecord(), "rwxr-xr-x"));
        closed(
                "a file beside a container",
                Kind.UNKNOWN_FILE,
                After.FOUND_AGAIN,
                s -> Files.writeString(s.containerRecord().resolve("core"), "x"));
        closed(
                "no container ID",
                Kind.UNKNOWN_FILE,
                After.FOUND_AGAIN,
                s -> Files.createDirectory(s.path.resolve("containers/box")));
        open("layers without a container", Kind.MOUNT_UNOWNED, After.WHOLE, s -> remove(s.containerRecord()));
        closed(
                "no name of a container's layer",
                Kind.MOUNT_DAMAGED,
                After.FOUND_AGAIN,
                s -> remove(s.mountRecord().resolve("mount-id")));
        closed(
                "no name of an init layer",
                Kind.MOUNT_DAMAGED,
                After.WHOLE,
                s -> remove(s.mountRecord().resolve("init-id")));
        closed(
                "no layer of a container",
                Kind.MOUNT_DIRECTORY,
                After.FOUND_AGAIN,
                s -> remove(s.container.directory()));
        closed(
                "no image layer below a container",
                Kind.MOUNT_PARENT,
                After.FOUND_AGAIN,
                s -> Files.writeString(s.mountRecord().resolve("parent"), "sha256:" + "5".repeat(64)));
        closed(
                "a broken image layer below a container",
                Kind.MOUNT_PARENT,
                After.FOUND_AGAIN,
                s -> Files.writeString(s.mountRecord().resolve("parent"), "x"));
    }

    private static void leftovers() {
        open(
                "a mark of nothing",
                Kind.PENDING_STALE,
                After.WHOLE,
                s -> Files.createFile(s.path.resolve("cairn/pending/" + "4".repeat(64))));
        open(
                "a record aside",
                Kind.ASIDE_STALE,
                After.WHOLE,
                s -> Files.createDirectory(s.path.resolve("image/overlay2/layerdb/tmp/" + "4".repeat(64))));
        open("a forgotten download", Kind.TEMPORARY_STALE, After.WHOLE, s -> {
            Path file = Files.writeString(s.path.resolve("cairn/tmp/load-1"), "x");
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(2, ChronoUnit.HOURS)));
        });
    }

    static List<Case> cases() {
        return CASES;
    }

    @Test
    void healthyStoreGivesNoAlarm() throws IOException {
        try (PlantedStore store = new PlantedStore()) {
            assertThat(store.findings()).isEmpty();
            store.whileClosed(closed -> {});
            assertThat(store.findings()).isEmpty();
        }
    }

    @Test
    void fortyInconsistenciesArePlanted() {
        assertThat(CASES).hasSizeGreaterThan(40);
        assertThat(CASES.stream().map(Case::kind)).contains(Kind.values());
        System.out.println("FIGURE planted inconsistencies of the store, all found = " + CASES.size());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsPlantedIsFoundAndRepaired(Case planted) throws IOException, InterruptedException {
        try (PlantedStore store = new PlantedStore()) {
            if (planted.open) {
                planted.damage.to(store);
            } else {
                store.whileClosed(planted.damage);
            }
            List<Finding> findings = store.findings();
            assertThat(findings).extracting(Finding::kind).contains(planted.kind);
            Repairs.Result result = store.repair();
            List<Finding> left = result.after().findings();
            switch (planted.after) {
                case WHOLE -> {
                    assertThat(result.outcomes())
                            .isNotEmpty()
                            .allMatch(outcome -> outcome.fault().isEmpty());
                    assertThat(left).isEmpty();
                    // To the next engine, too.
                    store.whileClosed(closed -> {});
                    assertThat(store.findings()).isEmpty();
                }
                case FOUND_AGAIN -> assertThat(left).extracting(Finding::kind).contains(planted.kind);
            }
        }
    }

    @Test
    void repairedLayerServesItsImageAgainWithoutARestart() throws IOException, InterruptedException {
        try (PlantedStore store = new PlantedStore()) {
            store.whileClosed(closed -> remove(closed.layerRecord(closed.top).resolve("diff")));
            assertThat(store.images().find("planted:1")).isNull();
            store.repair();
            assertThat(store.images().find("planted:1")).isNotNull();
        }
    }

    @Test
    void workInFlightIsNoFinding() throws IOException {
        try (PlantedStore store = new PlantedStore()) {
            byte[] tar = new Tar().file("a", "b").bytes();
            try (var staged = store.layers().stage(new ByteArrayInputStream(tar), null)) {
                assertThat(staged.size()).isEqualTo(1);
                assertThat(store.findings()).isEmpty();
            }
            var layer = store.layers().unpack(null, new ByteArrayInputStream(tar), null);
            assertThat(store.findings()).isEmpty();
            store.layers().release(layer.chainId());
            assertThat(store.findings()).isEmpty();
        }
    }
}
