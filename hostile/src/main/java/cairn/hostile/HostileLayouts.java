package cairn.hostile;

import static cairn.hostile.ImageParts.OCI_CONFIG;
import static cairn.hostile.ImageParts.OCI_INDEX;
import static cairn.hostile.ImageParts.OCI_LAYER;
import static cairn.hostile.ImageParts.OCI_MANIFEST;
import static cairn.hostile.ImageParts.blob;
import static cairn.hostile.ImageParts.bytes;
import static cairn.hostile.ImageParts.config;
import static cairn.hostile.ImageParts.descriptor;
import static cairn.hostile.ImageParts.sha256;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Hostile OCI image layouts in a tar. */
final class HostileLayouts {
    private final List<HostileImage> all = new ArrayList<>();
    private final byte[] layer = new RawTar().file("base", "x").end();
    private final byte[] config = bytes(config(layer));
    private final String configDescriptor = descriptor(OCI_CONFIG, config);
    private final String layerDescriptor = descriptor(OCI_LAYER, layer);
    private final byte[] manifest = bytes(ImageParts.manifest(configDescriptor, layerDescriptor));
    private final String good = descriptor(OCI_MANIFEST, manifest);

    private HostileLayouts() {}

    static List<HostileImage> all() {
        HostileLayouts layouts = new HostileLayouts();
        layouts.indexes();
        layouts.descriptors();
        layouts.manifests();
        layouts.ambiguous();
        layouts.blobs();
        layouts.names();
        layouts.nested();
        return layouts.all;
    }

    private RawTar parts() {
        return blob(
                blob(blob(new RawTar().file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"), layer), config),
                manifest);
    }

    private void refused(String name, String says, RawTar tar) {
        byte[] archive = tar.end();
        all.add(new HostileImage("layout: " + name, says, () -> new ByteArrayInputStream(archive)));
    }

    private void index(String name, String says, String text) {
        refused(name, says, parts().file("index.json", text));
    }

    private void manifest(String name, String says, String text) {
        byte[] document = bytes(text);
        refused(
                name,
                says,
                blob(parts(), document).file("index.json", ImageParts.index(descriptor(OCI_MANIFEST, document))));
    }

    private void indexes() {
        index("no image", "archive has no image", ImageParts.index());
        index("array", "index is no JSON object", "[]");
        index("without manifests", "index has no manifests", "{\"schemaVersion\":2}");
        index("manifests that are no array", "\"manifests\" is not an array", "{\"schemaVersion\":2,\"manifests\":{}}");
        index("manifests that are no objects", "an array of objects", "{\"schemaVersion\":2,\"manifests\":[1]}");
        index(
                "10,001 manifests",
                "a list of at most 10000",
                ImageParts.index(String.join(",", Collections.nCopies(10_001, good))));
        refused(
                "index.json of 4 MiB and one",
                "\"index.json\" is larger than 4194304 bytes",
                parts().file("index.json", new byte[(4 << 20) + 1]));
        refused(
                "index.json of 5 GiB that is a hole",
                "\"index.json\" is larger than",
                parts().pax("GNU.sparse.size", Long.toString(5L << 30), "GNU.sparse.map", "")
                        .file("index.json", ""));
        refused(
                "index.json that is a link out",
                "is a link out of the archive",
                parts().symlink("index.json", "../../etc/passwd"));
        refused(
                "index.json that is a link to the layer",
                "index is no valid JSON",
                parts().symlink("index.json", "blobs/sha256/" + sha256(layer)));
    }

    private void descriptors() {
        String digest = "sha256:" + sha256(manifest);
        index(
                "digest that climbs",
                "bad digest",
                ImageParts.index(descriptor(OCI_MANIFEST, "sha256:../../../etc/passwd", 5, "")));
        index(
                "algorithm that climbs",
                "bad digest",
                ImageParts.index(descriptor(OCI_MANIFEST, "../../etc:" + "0".repeat(64), 5, "")));
        index(
                "digest of MD5",
                "bad digest",
                ImageParts.index(descriptor(OCI_MANIFEST, "md5:" + "0".repeat(32), 5, "")));
        index(
                "digest in capitals",
                "bad digest",
                ImageParts.index(descriptor(OCI_MANIFEST, "sha256:" + "A".repeat(64), 5, "")));
        index(
                "digest too short",
                "bad digest",
                ImageParts.index(descriptor(OCI_MANIFEST, "sha256:" + "0".repeat(63), 5, "")));
        index("digest of nothing", "bad digest", ImageParts.index(descriptor(OCI_MANIFEST, "", 5, "")));
        index("size negative", "\"size\" is not a size", ImageParts.index(descriptor(OCI_MANIFEST, digest, -1, "")));
        index(
                "size too large",
                "bytes, not 9999999",
                ImageParts.index(descriptor(OCI_MANIFEST, digest, 9_999_999, "")));
        index("size too small", "bytes, not 1", ImageParts.index(descriptor(OCI_MANIFEST, digest, 1, "")));
        index("size that is a fraction", "whole number", ImageParts.index(good.replace("\"size\":", "\"size\":0.")));
        index(
                "size of 8 EiB",
                "bytes, not 9223372036854775807",
                ImageParts.index(descriptor(OCI_MANIFEST, digest, Long.MAX_VALUE, "")));
        index(
                "size beyond 63 bits",
                "whole number",
                ImageParts.index(good.replace("\"size\":", "\"size\":99999999999999999")));
        index(
                "type unknown",
                "archive has no image",
                ImageParts.index(descriptor("application/evil", digest, manifest.length, "")));
        index(
                "type of a layer",
                "archive has no image",
                ImageParts.index(descriptor(OCI_LAYER, digest, manifest.length, "")));
        index("type of an index", "index", ImageParts.index(descriptor(OCI_INDEX, digest, manifest.length, "")));
        index("config in place of the manifest", "manifest", ImageParts.index(descriptor(OCI_MANIFEST, config)));
        index(
                "urls to somewhere",
                "",
                ImageParts.index(
                        descriptor(OCI_MANIFEST, digest, manifest.length, ",\"urls\":[\"http://127.0.0.1:1/evil\"]")));
    }

    private void manifests() {
        manifest("manifest without a config", "\"config\" is not there", "{\"schemaVersion\":2,\"layers\":[]}");
        manifest(
                "manifest without layers",
                "manifest has no layers",
                "{\"schemaVersion\":2,\"config\":" + configDescriptor + "}");
        manifest(
                "501 layers",
                "a list of at most 500",
                ImageParts.manifest(configDescriptor, String.join(",", Collections.nCopies(501, layerDescriptor))));
        manifest("layers missing", "layers length mismatch: expected 0, got 1", ImageParts.manifest(configDescriptor));
        manifest(
                "layer of an unknown type",
                "unknown type \"application/evil\"",
                ImageParts.manifest(configDescriptor, descriptor("application/evil", layer)));
        manifest(
                "layer that is not there",
                "archive has no \"blobs/sha256/",
                ImageParts.manifest(configDescriptor, descriptor(OCI_LAYER, "sha256:" + "0".repeat(64), 5, "")));
        manifest(
                "layer that is elsewhere",
                "archive has no \"blobs/sha256/",
                ImageParts.manifest(
                        configDescriptor,
                        descriptor(
                                "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                                "sha256:" + "0".repeat(64),
                                5,
                                ",\"urls\":[\"http://127.0.0.1:1/evil\"]")));
        manifest(
                "config that is not there",
                "archive has no \"blobs/sha256/",
                ImageParts.manifest(descriptor(OCI_CONFIG, "sha256:" + "0".repeat(64), 5, ""), layerDescriptor));
        manifest(
                "config of another type",
                "archive has no image",
                ImageParts.manifest(descriptor("application/evil", config), layerDescriptor));
        manifest(
                "config that is the layer",
                "image config",
                ImageParts.manifest(descriptor(OCI_CONFIG, layer), layerDescriptor));
        manifest(
                "config of 1 GiB by its size",
                "bytes, not 1073741824",
                ImageParts.manifest(descriptor(OCI_CONFIG, "sha256:" + sha256(config), 1 << 30, ""), layerDescriptor));
    }

    /** Documents that one reader takes for a manifest and another for an index (CVE-2021-41190). */
    private void ambiguous() {
        String text = new String(manifest, StandardCharsets.UTF_8);
        manifest(
                "manifest and index in one",
                "manifests",
                text.replace("\"layers\"", "\"manifests\":[" + good + "],\"layers\""));
        index(
                "index and manifest in one",
                "index",
                ImageParts.index(good).replace("\"manifests\"", "\"layers\":[],\"manifests\""));
        index(
                "index with a config",
                "index",
                ImageParts.index(good).replace("\"manifests\"", "\"config\":" + configDescriptor + ",\"manifests\""));
        manifest(
                "manifest that calls itself an index",
                "says that its media type is",
                text.replace(OCI_MANIFEST, OCI_INDEX));
        index(
                "index that calls itself a manifest",
                "says that its media type is",
                ImageParts.index(good)
                        .replaceFirst("\"mediaType\":\"[^\"]*\"", "\"mediaType\":\"" + OCI_MANIFEST + "\""));
        manifest("layers twice", "has member \"layers\" twice", text.replace("\"layers\"", "\"layers\":[],\"layers\""));
        manifest(
                "layers in other case",
                "instead of \"layers\"",
                text.replace("\"layers\"", "\"Layers\":[],\"layers\""));
        manifest(
                "layers with a long s",
                "instead of \"layers\"",
                text.replace("\"layers\"", "\"layer\u017f\":[],\"layers\""));
        manifest("config twice", "has member \"config\" twice", text.replace("\"config\"", "\"config\":{},\"config\""));
        manifest("of schema 1", "not of schema version 2", text.replace("\"schemaVersion\":2", "\"schemaVersion\":1"));
        manifest(
                "file system layers of schema 1",
                "also has fsLayers",
                text.replace("\"layers\"", "\"fsLayers\":[],\"layers\""));
        manifest("byte order mark", "no valid JSON", "\ufeff" + text);
        manifest("text after it", "text after its JSON value", text + "{}");
        manifest("comment in it", "no valid JSON", text.replace("\"layers\"", "/* x */\"layers\""));
        manifest("single quotes", "no valid JSON", text.replace('"', '\''));
        manifest("infinite size", "no valid JSON", text.replaceFirst("\"size\":\\d+", "\"size\":Infinity"));
    }

    private void blobs() {
        refused(
                "blob of another digest",
                "has another digest",
                new RawTar()
                        .file("blobs/sha256/" + sha256(manifest), new byte[manifest.length])
                        .file("index.json", ImageParts.index(good)));
        refused(
                "blob of the right digest and another size",
                "bytes, not",
                parts().file(
                                "index.json",
                                ImageParts.index(descriptor(
                                        OCI_MANIFEST, "sha256:" + sha256(manifest), manifest.length + 1, ""))));
        refused(
                "blob missing",
                "archive has no \"blobs/sha256/",
                new RawTar().file("index.json", ImageParts.index(good)));
        refused(
                "blob that is a directory",
                "archive has no \"blobs/sha256/",
                new RawTar().directory("blobs/sha256/" + sha256(manifest)).file("index.json", ImageParts.index(good)));
        refused(
                "blob that is a link out",
                "is a link out of the archive",
                new RawTar()
                        .symlink("blobs/sha256/" + sha256(manifest), "../../../etc/passwd")
                        .file("index.json", ImageParts.index(good)));
        refused(
                "blobs that are a link out",
                "is a link out of the archive",
                new RawTar().symlink("blobs", "/etc").file("index.json", ImageParts.index(good)));
        refused(
                "layer of another digest",
                "has digest",
                blob(blob(new RawTar(), config), manifest)
                        .file(
                                "blobs/sha256/" + sha256(layer),
                                new RawTar().file("evil", "x").end())
                        .file("index.json", ImageParts.index(good)));
    }

    private void named(String name, String says, String annotation, String value) {
        index(
                name,
                says,
                ImageParts.index(descriptor(
                        OCI_MANIFEST,
                        "sha256:" + sha256(manifest),
                        manifest.length,
                        ",\"annotations\":{\"" + annotation + "\":\"" + value + "\"}")));
    }

    private void names() {
        for (String name : List.of(
                "../evil:1",
                "UPPER",
                "a//b",
                "evil:1:2",
                "-evil",
                "evil\\u0000",
                "x".repeat(300),
                "a" + ".a".repeat(200_000) + "/x")) {
            named(
                    "name " + (name.length() > 60 ? name.length() + " characters" : Names.printable(name)),
                    "invalid image name",
                    "io.containerd.image.name",
                    name);
        }
        named("reference that climbs", "invalid image name", "org.opencontainers.image.ref.name", "../evil:1");
        index(
                "annotation that is no text",
                "annotations",
                ImageParts.index(descriptor(
                        OCI_MANIFEST,
                        "sha256:" + sha256(manifest),
                        manifest.length,
                        ",\"annotations\":{\"io.containerd.image.name\":[]}")));
        index(
                "platform that is no object",
                "platform",
                ImageParts.index(descriptor(
                        OCI_MANIFEST, "sha256:" + sha256(manifest), manifest.length, ",\"platform\":\"linux\"")));
    }

    private void nested() {
        RawTar deep = parts();
        byte[] inner = bytes(ImageParts.index(good));
        blob(deep, inner);
        for (int i = 0; i < 4; i++) {
            inner = bytes(ImageParts.index(descriptor(OCI_INDEX, inner)));
            blob(deep, inner);
        }
        refused(
                "indexes nested too deep",
                "nested deeper than 4",
                deep.file("index.json", ImageParts.index(descriptor(OCI_INDEX, inner))));
        RawTar wide = parts();
        byte[] at = bytes(ImageParts.index(good));
        blob(wide, at);
        for (int i = 0; i < 2; i++) {
            at = bytes(ImageParts.index(String.join(",", Collections.nCopies(5_000, descriptor(OCI_INDEX, at)))));
            blob(wide, at);
        }
        refused(
                "5,000 indexes of 5,000 indexes",
                "more than 10000 images",
                wide.file(
                        "index.json",
                        ImageParts.index(String.join(",", Collections.nCopies(5_000, descriptor(OCI_INDEX, at))))));
    }
}
