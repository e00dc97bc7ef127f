package cairn.hostile;

import static cairn.hostile.ImageParts.bytes;
import static cairn.hostile.ImageParts.configOf;
import static cairn.hostile.ImageParts.dockerImage;
import static cairn.hostile.ImageParts.dockerManifest;
import static cairn.hostile.ImageParts.sha256;

import java.io.ByteArrayInputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The table of hostile image archives in the form of {@code docker save}; those in OCI's are {@link HostileLayouts}. */
public final class HostileImages {
    private static final String MANIFEST = "manifest.json";
    private static final String LAYER = "layer.tar";

    private final List<HostileImage> all = new ArrayList<>();
    private final byte[] layer = new RawTar().file("base", "x").end();
    private final String config = ImageParts.config(layer);
    private final String configName = sha256(bytes(config)) + ".json";
    private final String manifest = dockerManifest(configName, "null", LAYER);

    private HostileImages() {}

    /** All of both forms. */
    public static List<HostileImage> all() {
        HostileImages images = new HostileImages();
        images.names();
        images.links();
        images.members();
        images.manifests();
        images.tags();
        images.configs();
        images.layers();
        images.amounts();
        images.noArchives();
        List<HostileImage> all = new ArrayList<>(images.all);
        all.addAll(HostileLayouts.all());
        return all;
    }

    /** Config and layer, but nothing that names them. */
    private RawTar parts() {
        return new RawTar().file(configName, config).file(LAYER, layer);
    }

    private void refused(String name, String says, RawTar tar) {
        refused(name, says, tar.end());
    }

    private void refused(String name, String says, byte[] archive) {
        all.add(new HostileImage(name, says, () -> new ByteArrayInputStream(archive)));
    }

    private void taken(String name, RawTar tar) {
        byte[] archive = tar.end();
        all.add(new HostileImage(name, "", () -> new ByteArrayInputStream(archive)));
    }

    private void manifest(String name, String says, String text) {
        refused(name, says, parts().file(MANIFEST, text));
    }

    private void names() {
        refused(
                "name that climbs",
                "\"../x\" has a name that leads out",
                parts().file("../x", "").file(MANIFEST, manifest));
        refused("name that climbs inside", "\"a/../../x\" has a name that leads out", parts().file("a/../../x", ""));
        refused("absolute name", "\"/etc/passwd\" has a name that leads out", parts().file("/etc/passwd", ""));
        refused("name with a backslash", "leads out of the archive", parts().file("a\\b", ""));
        refused("directory that climbs", "\"../d\" has a name that leads out", parts().directory("../d"));
        refused(
                "name of 256 bytes",
                "longer than 255",
                parts().file("n".repeat(256), "").file(MANIFEST, manifest));
        refused("root as a file", "no name", parts().file(".", "").file(MANIFEST, manifest));
        taken(
                "odd names beside the image",
                parts().file("\n", "x").file("a b", "").file(MANIFEST, manifest));
        taken(
                "name that climbs and comes back",
                new RawTar()
                        .file(configName, config)
                        .file("x/../" + LAYER, layer)
                        .file(MANIFEST, manifest));
    }

    private void links() {
        RawTar none = new RawTar().file(configName, config);
        refused(
                "absolute link",
                "\"l\" is a link out of the archive, to \"/etc/passwd\"",
                parts().symlink("l", "/etc/passwd"));
        refused(
                "link up and out",
                "\"a/l\" is a link out of the archive, to \"../../x\"",
                parts().symlink("a/l", "../../x"));
        refused("hard link out", "\"l\" is a link out of the archive", parts().hardLink("l", "../x"));
        refused("absolute hard link", "\"l\" is a link out of the archive", parts().hardLink("l", "/etc/shadow"));
        refused(
                "layer that is a link out",
                "is a link out of the archive",
                none.symlink(LAYER, "../../../etc/shadow").file(MANIFEST, manifest));
        refused(
                "layer that is a link to itself",
                "\"layer.tar\" is a chain of more than 8 links",
                new RawTar().file(configName, config).symlink(LAYER, LAYER).file(MANIFEST, manifest));
        refused(
                "links in a circle",
                "is a chain of more than 8 links",
                new RawTar()
                        .file(configName, config)
                        .symlink(LAYER, "b")
                        .symlink("b", LAYER)
                        .file(MANIFEST, manifest));
        refused(
                "dangling link",
                "archive has no \"layer.tar\"",
                new RawTar().file(configName, config).symlink(LAYER, "gone").file(MANIFEST, manifest));
        refused("manifest.json that is a link to the layer", "manifest.json is no", parts().symlink(MANIFEST, LAYER));
        refused(
                "manifest.json that is a link out",
                "is a link out of the archive",
                parts().symlink(MANIFEST, "/etc/passwd"));
        RawTar chain = new RawTar().file(configName, config).file("l0", layer);
        for (int i = 1; i < 12; i++) {
            chain.symlink("l" + i, "l" + (i - 1));
        }
        refused(
                "chain of links",
                "is a chain of more than 8 links",
                chain.file(MANIFEST, dockerManifest(configName, "null", "l11")));
    }

    private void members() {
        refused("disk", "\"sda\" is neither file, directory nor link", parts().blockDevice("sda", 8, 0));
        refused("memory", "\"mem\" is neither file", parts().charDevice("mem", 1, 1));
        refused("fifo", "\"p\" is neither file", parts().fifo("p"));
        refused(
                "fifo as the layer",
                "\"layer.tar\" is neither file",
                new RawTar().file(configName, config).fifo(LAYER));
        refused("unknown kind", "\"z\" is neither file", parts().entry("z", new RawHeader('Z', "z")));
        refused(
                "layer twice",
                "\"./layer.tar\" is there twice",
                parts().file("./" + LAYER, "").file(MANIFEST, manifest));
        refused(
                "manifest.json twice",
                "\"manifest.json\" is there twice",
                parts().file(MANIFEST, manifest).file(MANIFEST, "[]"));
        refused(
                "manifest.json twice, once as a link",
                "is there twice",
                parts().file(MANIFEST, manifest).symlink("a/../" + MANIFEST, LAYER));
        refused("neither form", "neither manifest.json nor index.json", parts());
        refused("nothing in it", "neither manifest.json nor index.json", new RawTar());
        refused(
                "repositories alone",
                "neither manifest.json nor index.json",
                parts().file("repositories", "{\"x\":{\"latest\":\"" + "0".repeat(64) + "\"}}"));
        taken("repositories of nonsense", parts().file(MANIFEST, manifest).file("repositories", "[[[\0"));
        refused(
                "no layer",
                "archive has no \"layer.tar\"",
                new RawTar().file(configName, config).file(MANIFEST, manifest));
        refused(
                "no config",
                "archive has no \"" + configName,
                new RawTar().file(LAYER, layer).file(MANIFEST, manifest));
        refused(
                "layer that is a directory",
                "archive has no \"layer.tar\"",
                new RawTar().file(configName, config).directory(LAYER).file(MANIFEST, manifest));
    }

    private void manifests() {
        manifest(
                "path of a layer that climbs",
                "\"../../etc/shadow\" has a name that leads out",
                manifest.replace(LAYER, "../../etc/shadow"));
        manifest(
                "path of a config that is absolute",
                "\"/etc/shadow\" has a name that leads out",
                manifest.replace(configName, "/etc/shadow"));
        manifest("path of nothing", "archive has no \"\"", manifest.replace(configName, ""));
        manifest("NUL in a path", "has a name that leads out", manifest.replace(LAYER, "layer.tar\\u0000/../x"));
        manifest(
                "layers missing",
                "invalid manifest, layers length mismatch: expected 0, got 1",
                manifest.replace("\"" + LAYER + "\"", ""));
        manifest("layers null", "layers length mismatch", manifest.replace("[\"" + LAYER + "\"]", "null"));
        manifest(
                "a layer too many",
                "layers length mismatch: expected 2, got 1",
                manifest.replace("\"" + LAYER + "\"", "\"layer.tar\",\"layer.tar\""));
        manifest(
                "501 layers",
                "a list of at most 500",
                manifest.replace("\"" + LAYER + "\"", "\"layer.tar\"" + ",\"layer.tar\"".repeat(500)));
        manifest(
                "layers that are numbers",
                "\"Layers\" is not an array of strings",
                manifest.replace("\"" + LAYER + "\"", "1"));
        manifest("object", "manifest.json is no JSON array", "{}");
        manifest("number", "manifest.json is no JSON array", "1e999999999");
        manifest("array of numbers", "an element that is no JSON object", "[1]");
        manifest("cut", "manifest.json is no valid JSON at byte 20", manifest.substring(0, 20));
        manifest("nothing", "manifest.json is no valid JSON", "");
        manifest("text after it", "text after its JSON value", manifest + "[]");
        manifest("byte order mark", "no valid JSON", "\ufeff" + manifest);
        manifest("100,000 brackets", "nested deeper than 64", "[".repeat(100_000));
        manifest("600,000 objects", "more than 500000 JSON values", "[" + "{},".repeat(600_000) + "{}]");
        manifest(
                "member twice",
                "has member \"Config\" twice",
                manifest.replace("\"RepoTags\"", "\"Config\":\"x\",\"RepoTags\""));
        manifest(
                "member twice by an escape",
                "has member \"Config\" twice",
                manifest.replace("\"RepoTags\"", "\"Con\\u0066ig\":\"x\",\"RepoTags\""));
        manifest(
                "member in other case",
                "has member \"config\" instead of \"Config\"",
                manifest.replace("\"RepoTags\"", "\"config\":\"x\",\"RepoTags\""));
        manifest("Kelvin sign for a letter", "", manifest.replace("\"RepoTags\":", "\"Lin\u212as\":1,\"RepoTags\":"));
        refused("UTF-16", "no valid JSON", parts().file(MANIFEST, manifest.getBytes(StandardCharsets.UTF_16LE)));
        refused(
                "manifest.json of 16 MiB and one",
                "\"manifest.json\" is larger than 16777216 bytes",
                parts().file(MANIFEST, new byte[(16 << 20) + 1]));
        refused(
                "manifest.json of 5 GiB that is a hole",
                "\"manifest.json\" is larger than",
                parts().pax("GNU.sparse.size", Long.toString(5L << 30), "GNU.sparse.map", "")
                        .file(MANIFEST, ""));
        refused(
                "config of 1 TiB that is a hole",
                "is larger than",
                new RawTar()
                        .pax("GNU.sparse.size", Long.toString(1L << 39), "GNU.sparse.map", "")
                        .file(configName, "")
                        .file(LAYER, layer)
                        .file(MANIFEST, manifest));
    }

    private void tags() {
        for (String tag : List.of(
                "UPPER:1",
                "busybox",
                "busybox:",
                ":1",
                "",
                "../evil:1",
                "a/../b:1",
                "/evil:1",
                "evil:1:2",
                "evil:-x",
                "evil:" + "x".repeat(129),
                "a".repeat(300) + ":1",
                "evil:1\\u0000",
                "evil:1\\n",
                "evil@sha256:" + "0".repeat(64),
                "0".repeat(64),
                "host:99999999/\\\\:1",
                "a b:1",
                "\u00e4:1")) {
            manifest(
                    "tag " + (tag.length() > 60 ? tag.length() + " characters" : Names.printable(tag)),
                    "invalid tag",
                    manifest.replace("null", "[\"" + tag + "\"]"));
        }
        manifest(
                "tag of a million dots",
                "invalid tag",
                manifest.replace("null", "[\"a" + ".a".repeat(1 << 20) + ":1\"]"));
        manifest(
                "digest of a million dots",
                "invalid tag",
                manifest.replace("null", "[\"x@a" + ".a".repeat(1 << 20) + ":" + "0".repeat(64) + "\"]"));
        manifest(
                "domain of a million dots",
                "invalid tag",
                manifest.replace("null", "[\"a" + ".a".repeat(1 << 20) + "/x:1\"]"));
        manifest(
                "path of a million slashes",
                "invalid tag",
                manifest.replace("null", "[\"a" + "/a".repeat(1 << 20) + ":1\"]"));
        manifest("tags that are a string", "\"RepoTags\" is not an array", manifest.replace("null", "\"x:1\""));
        manifest("tags that are objects", "an array of strings", manifest.replace("null", "[{}]"));
    }

    private void config(String name, String says, String text) {
        String file = sha256(bytes(text)) + ".json";
        refused(
                "config " + name,
                says,
                new RawTar().file(file, text).file(LAYER, layer).file(MANIFEST, dockerManifest(file, "null", LAYER)));
    }

    private void configs() {
        String diffId = "sha256:" + sha256(layer);
        manifest("config that is a layer", "image config", manifest.replace(configName, LAYER));
        config("that is an array", "image config is no JSON object", "[]");
        config("without layers", "no RootFS key", "{\"os\":\"linux\"}");
        config("with layers of another kind", "is not \"layers\"", config.replace("\"layers\"", "\"evil\""));
        config("with a diff ID that climbs", "bad diff ID", configOf(List.of("sha256:../../../evil")));
        config("with a diff ID of another algorithm", "bad diff ID", configOf(List.of("md5:" + "0".repeat(32))));
        config(
                "with a diff ID in capitals",
                "bad diff ID",
                configOf(List.of(diffId.replace("sha256:", "sha256:A").substring(0, 71))));
        config("with 501 diff IDs", "a list of at most 500", configOf(Collections.nCopies(501, diffId)));
        config("with a diff ID that is not the layer's", "has digest", configOf(List.of("sha256:" + "0".repeat(64))));
        config("with a member twice", "twice", config.replace("{\"architecture\"", "{\"rootfs\":{},\"architecture\""));
        config(
                "with a member in other case",
                "instead of",
                config.replace("{\"architecture\"", "{\"RootFS\":{},\"architecture\""));
        config(
                "with a time that is none",
                "\"created\" is no time",
                config.replace("{\"architecture\"", "{\"created\":\"tomorrow\",\"architecture\""));
        config(
                "with a time of the year 10^9",
                "\"created\" is no time",
                config.replace("{\"architecture\"", "{\"created\":\"1000000000-01-01T00:00:00Z\",\"architecture\""));
        config(
                "with a number of a billion digits",
                "whole number",
                config.replace("\"Cmd\"", "\"Healthcheck\":{\"Retries\":1e999999999},\"Cmd\""));
        config(
                "with a number of 100 digits",
                "no valid JSON",
                config.replace("\"Cmd\"", "\"Healthcheck\":{\"Retries\":" + "9".repeat(100) + "},\"Cmd\""));
        config("with a control character", "control character", config.replace("sh", "s\nh"));
        config("deeper than all sense", "nested deeper than 64", config.replace("\"linux\"", "[".repeat(70)));
        refused(
                "config of 8 MiB and one",
                "\"big\" is larger than 8388608 bytes",
                parts().file("big", new byte[(8 << 20) + 1]).file(MANIFEST, manifest.replace(configName, "big")));
    }

    private void layer(String name, String says, byte[] content, byte[] plain) {
        String text = ImageParts.config(plain);
        refused(
                "layer " + name,
                says,
                new RawTar().file("c", text).file(LAYER, content).file(MANIFEST, dockerManifest("c", "null", LAYER)));
    }

    private void layers() {
        byte[] climbs = new RawTar().file("../evil", "x").end();
        layer("that climbs", "../evil", climbs, climbs);
        layer("that climbs, in gzip", "../evil", Volumes.gzipped(climbs), climbs);
        layer("in xz", "broken xz data", new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0}, layer);
        layer("in bzip2", "broken bzip2 data", bytes("BZh91AY&SY"), layer);
        layer("in gzip, cut", "gzip data ends too early", Arrays.copyOf(Volumes.gzipped(layer), 40), layer);
        layer("of text", "checksum", bytes("no archive ".repeat(100)), layer);
        layer("with another byte", "has digest", new RawTar().file("base", "y").end(), layer);
        layer("with a byte more", "has digest", Arrays.copyOf(layer, layer.length + 1), layer);
        layer("with a byte less", "archive ends within a header", Arrays.copyOf(layer, layer.length - 1), layer);
        layer("of nothing", "has digest", new byte[0], layer);
        byte[] second = new RawTar().file("../evil", "x").end();
        refused(
                "second layer that climbs",
                "../evil",
                new RawTar()
                        .file("c", ImageParts.config(layer, second))
                        .file("a", layer)
                        .file("b", second)
                        .file(MANIFEST, dockerManifest("c", "null", "a", "b")));
        refused(
                "second image whose layer climbs",
                "../evil",
                parts().file("c", ImageParts.config(second))
                        .file("b", second)
                        .file(
                                MANIFEST,
                                "[" + dockerImage("c", "null", "b") + "," + dockerImage(configName, "null", LAYER)
                                        + "]"));
        byte[] bomb = Volumes.gzipped(new byte[64 << 20]);
        layer("that grows to 1,000 times its size", "grows to more than 200 times", bomb, layer);
    }

    private void amounts() {
        manifest("10,001 images", "more than 10000 images", "[" + "{},".repeat(10_000) + "{}]");
        String padded = config + " ".repeat((8 << 20) - config.length());
        refused(
                "one config of 8 MiB for 10,000 images",
                "bytes of documents",
                new RawTar()
                        .file("c", padded)
                        .file(LAYER, layer)
                        .file(
                                MANIFEST,
                                "[" + (dockerImage("c", "null", LAYER) + ",").repeat(9_999)
                                        + dockerImage("c", "null", LAYER) + "]"));
        all.add(new HostileImage(
                "members without end",
                "more than 100000 entries",
                () -> Repeated.endless(i -> new RawTar().symlink("l" + i, "x").cut())));
        all.add(new HostileImage(
                "long names without end",
                "more than 100000 entries",
                () -> Repeated.endless(i -> new RawTar()
                        .symlink("l".repeat(240) + i, "x".repeat(250))
                        .cut())));
        all.add(new HostileImage("10 GiB of zeros in gzip", "grows to more than 200 times", () -> {
            byte[] zeros = Volumes.gzipped(new byte[16 << 20]);
            return new SequenceInputStream(
                    new ByteArrayInputStream(Volumes.gzipped(new RawTar()
                            .entry("f", new RawHeader('0', "f").size(10L << 30))
                            .cut())),
                    new Repeated(640, i -> zeros));
        }));
        byte[] nobody = new RawTar().file("f", "x").end();
        all.add(new HostileImage(
                "layers that nobody names, without end",
                "No space left",
                () -> Repeated.endless(
                        i -> new RawTar().file("l" + i + "/layer.tar", nobody).cut())));
        all.add(new HostileImage("content without end", "No space left", () -> {
            byte[] zeros = new byte[64 << 10];
            return new SequenceInputStream(
                    new ByteArrayInputStream(new RawTar()
                            .entry("f", new RawHeader('0', "f").size(10L << 30))
                            .cut()),
                    Repeated.endless(i -> zeros));
        }));
    }

    private void noArchives() {
        refused("text", "checksum", bytes("no archive at all\n".repeat(100)));
        refused("empty stream", "neither manifest.json nor index.json", new byte[0]);
        refused("xz", "broken xz data", new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0});
        refused("bzip2", "broken bzip2 data", bytes("BZh91AY&SY"));
        byte[] good = parts().file(MANIFEST, manifest).end();
        refused("gzip within gzip", "archive ends within a header", Volumes.gzipped(Volumes.gzipped(good)));
        for (int part = 1; part < 8; part++) {
            refused(
                    "gzip cut to " + part + "/8",
                    "gzip data ends too early",
                    Arrays.copyOf(Volumes.gzipped(good), Volumes.gzipped(good).length * part / 8));
        }
        byte[] flipped = good.clone();
        flipped[0] ^= 1;
        refused("first byte flipped", "checksum", flipped);
    }
}
