package cairn.oci;

/** Media types of image documents and layers: Docker's schema 2 and OCI's. */
public final class MediaTypes {
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    public static final String DOCKER_MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
    public static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
    public static final String DOCKER_LAYER_GZIP = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    public static final String DOCKER_FOREIGN_LAYER_GZIP = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
    public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
    public static final String OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
    public static final String OCI_LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";

    private MediaTypes() {}

    /** Whether a document of this type lists the parts of one image. */
    public static boolean isManifest(String mediaType) {
        return mediaType.equals(DOCKER_MANIFEST) || mediaType.equals(OCI_MANIFEST);
    }

    /** Whether a document of this type lists manifests. */
    public static boolean isIndex(String mediaType) {
        return mediaType.equals(DOCKER_MANIFEST_LIST) || mediaType.equals(OCI_INDEX);
    }

    /** Whether a document of this type is an image's config. */
    public static boolean isConfig(String mediaType) {
        return mediaType.equals(DOCKER_CONFIG) || mediaType.equals(OCI_CONFIG);
    }

    /** Whether a blob of this type is a layer that can be unpacked. */
    public static boolean isLayer(String mediaType) {
        return switch (mediaType) {
            case DOCKER_LAYER,
                    DOCKER_LAYER_GZIP,
                    DOCKER_FOREIGN_LAYER_GZIP,
                    OCI_LAYER,
                    OCI_LAYER_GZIP,
                    OCI_LAYER_ZSTD -> true;
            default -> false;
        };
    }
}
