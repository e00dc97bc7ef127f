package cairn.engine.distribution;

import cairn.oci.Descriptor;
import cairn.oci.ImageConfig;
import cairn.oci.Index;
import cairn.oci.InvalidDocumentException;
import cairn.oci.Manifest;
import cairn.oci.MediaTypes;
import cairn.oci.Platform;
import cairn.oci.Platforms;
import cairn.oci.registry.BlobStream;
import cairn.oci.registry.RawManifest;
import cairn.oci.registry.RegistryException;
import cairn.oci.registry.Repository;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Locale;

/** Finds the one image that a reference means for a platform: from a tag or digest through indexes to manifest and config. */
final class RemoteImages {
    private static final int MAX_DEPTH = 4;
    private static final String HELP = " More information at https://docs.docker.com/go/deprecated-image-specs/";

    private final Repository repository;
    private final Platform platform;

    RemoteImages(Repository repository, Platform platform) {
        this.repository = repository;
        this.platform = platform;
    }

    /** An image's manifest, as parsed and as sent. */
    record Found(Manifest manifest, byte[] bytes) {}

    /**
     * Follows indexes down to a manifest.
     *
     * @throws cairn.engine.error.EngineException Registry, in Docker's words, for what is no image or not for the platform
     */
    Found image(RawManifest top) throws RegistryException, InvalidDocumentException {
        return image(top, 1);
    }

    private Found image(RawManifest document, int depth) throws RegistryException, InvalidDocumentException {
        String mediaType = document.descriptor().mediaType();
        if (MediaTypes.isIndex(mediaType)) {
            if (depth > MAX_DEPTH) {
                throw RegistryAccess.invalid("indexes are nested deeper than " + MAX_DEPTH);
            }
            return image(choose(Index.parse(document.bytes())), depth + 1);
        }
        if (mediaType.startsWith("application/vnd.docker.distribution.manifest.v1+")) {
            throw RegistryAccess.invalid(
                    "Docker Image Format v1 and Docker Image manifest version 2, schema 1 support has been"
                            + " removed. Suggest the author of "
                            + repository.name().canonical()
                            + " to upgrade the image to the OCI Format or Docker Image manifest v2, schema 2." + HELP);
        }
        if (!MediaTypes.isManifest(mediaType)) {
            throw RegistryAccess.invalid("unsupported manifest format");
        }
        Manifest manifest = Manifest.parse(document.bytes());
        refuseOtherArtifacts(manifest);
        return new Found(manifest, document.bytes());
    }

    private RawManifest choose(Index index) throws RegistryException {
        for (Descriptor entry : Platforms.choose(index.manifests(), platform)) {
            if (MediaTypes.isIndex(entry.mediaType()) || MediaTypes.isManifest(entry.mediaType())) {
                RawManifest chosen = repository.manifest(entry.digest().toString());
                if (chosen.bytes().length != entry.size()) {
                    throw RegistryAccess.invalid("manifest " + entry.digest() + " has " + chosen.bytes().length
                            + " bytes, its index says " + entry.size());
                }
                return chosen;
            }
        }
        throw RegistryAccess.missing("no matching manifest for " + platform + " in the manifest list entries");
    }

    private static void refuseOtherArtifacts(Manifest manifest) {
        String config = manifest.config().mediaType();
        if (!MediaTypes.isConfig(config) && !config.isEmpty() && !config.equals("application/octet-stream")) {
            throw RegistryAccess.invalid("Encountered remote " + quoted(config) + "("
                    + (config.equals("application/vnd.docker.plugin.v1+json") ? "plugin" : "unknown")
                    + ") when fetching");
        }
        for (Descriptor layer : manifest.layers()) {
            if (!MediaTypes.isLayer(layer.mediaType().toLowerCase(Locale.ROOT))) {
                throw RegistryAccess.invalid("unsupported media type " + layer.mediaType());
            }
        }
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** The image's config, verified; its layers are those of the manifest, one by one. */
    static ImageConfig config(Repository repository, Manifest manifest) throws IOException {
        Descriptor descriptor = manifest.config();
        if (descriptor.size() > ImageConfig.MAX_BYTES) {
            throw RegistryAccess.invalid("image config " + descriptor.digest() + " has " + descriptor.size()
                    + " bytes, more than " + ImageConfig.MAX_BYTES);
        }
        byte[] bytes;
        try (BlobStream stream = repository.blob(descriptor.digest(), descriptor.size(), 0)) {
            bytes = stream.in().readNBytes((int) descriptor.size() + 1);
        }
        MessageDigest digest = descriptor.digest().newComputation();
        digest.update(bytes);
        if (bytes.length != descriptor.size() || !descriptor.digest().matches(digest)) {
            throw RegistryAccess.invalid("image config verification failed for digest " + descriptor.digest());
        }
        ImageConfig config = ImageConfig.parse(bytes);
        if (config.diffIds().size() != manifest.layers().size()) {
            throw RegistryAccess.invalid("layers from manifest don't match image configuration");
        }
        if (!config.platform().os().equals("linux")) {
            throw RegistryAccess.invalid(
                    "image operating system " + quoted(config.platform().os()) + " cannot be used on this platform");
        }
        return config;
    }
}
