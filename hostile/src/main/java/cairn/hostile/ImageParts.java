package cairn.hostile;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** Documents of images, put together as text, so that they can be wrong in every way. */
public final class ImageParts {
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
    public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";

    private ImageParts() {}

    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A config of these layers, given as plain tars. */
    public static String config(byte[]... layers) {
        return configOf(
                Arrays.stream(layers).map(layer -> "sha256:" + sha256(layer)).toList());
    }

    static String configOf(List<String> diffIds) {
        return "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"sh\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
                + diffIds.stream().map(id -> '"' + id + '"').collect(Collectors.joining(","))
                + "]}}";
    }

    /** A {@code manifest.json} of one image. */
    static String dockerManifest(String config, String tags, String... layers) {
        return "[" + dockerImage(config, tags, layers) + "]";
    }

    static String dockerImage(String config, String tags, String... layers) {
        return "{\"Config\":\"" + config + "\",\"RepoTags\":" + tags + ",\"Layers\":[" + quoted(layers) + "]}";
    }

    static String quoted(String... texts) {
        return Arrays.stream(texts).map(text -> '"' + text + '"').collect(Collectors.joining(","));
    }

    public static String descriptor(String type, byte[] content) {
        return descriptor(type, "sha256:" + sha256(content), content.length, "");
    }

    /** @param more further members, each with a comma before it */
    public static String descriptor(String type, String digest, long size, String more) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest + "\",\"size\":" + size + more + "}";
    }

    public static String manifest(String config, String... layers) {
        return "{\"schemaVersion\":2,\"mediaType\":\"" + OCI_MANIFEST + "\",\"config\":" + config + ",\"layers\":["
                + String.join(",", layers) + "]}";
    }

    public static String index(String... manifests) {
        return "{\"schemaVersion\":2,\"mediaType\":\"" + OCI_INDEX + "\",\"manifests\":[" + String.join(",", manifests)
                + "]}";
    }

    static RawTar blob(RawTar tar, byte[] content) {
        return tar.file("blobs/sha256/" + sha256(content), content);
    }
}
