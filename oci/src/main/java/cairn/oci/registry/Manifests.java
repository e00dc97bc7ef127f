package cairn.oci.registry;

import cairn.oci.Descriptor;
import cairn.oci.Digest;
import cairn.oci.InvalidDocumentException;
import cairn.oci.Manifest;
import cairn.oci.MediaTypes;
import cairn.oci.Reference;
import cairn.oci.http.HttpFailure;
import cairn.oci.http.HttpReply;
import cairn.oci.json.JsonText;
import cairn.oci.registry.RegistryException.Kind;
import java.util.Locale;

/** Manifests and indexes as they come: read whole, since nothing of them may be believed before their digest is known. */
final class Manifests {
    private Manifests() {}

    static RawManifest read(Reference name, String reference, HttpReply reply) throws RegistryException {
        try (reply) {
            String what =
                    "manifest for " + name.familiarRepository() + (reference.indexOf(':') >= 0 ? "@" : ":") + reference;
            byte[] bytes;
            try {
                bytes = reply.bytes(Manifest.MAX_BYTES);
            } catch (HttpFailure e) {
                throw new RegistryException(
                        e.passing() ? Kind.UNAVAILABLE : Kind.INVALID, what + ": " + e.getMessage(), e);
            }
            Digest digest = digest(what, reference, bytes);
            String told = reply.header("Docker-Content-Digest");
            if (told != null
                    && told.startsWith(digest.algorithm() + ":")
                    && !told.strip().equals(digest.toString())) {
                throw new RegistryException(
                        Kind.INVALID,
                        what + ": the registry says its digest is " + ErrorReply.clean(told) + ", and it is " + digest);
            }
            return new RawManifest(new Descriptor(mediaType(what, reply, bytes), digest, bytes.length), bytes);
        }
    }

    /** The digest of what came, which is the one that was asked for where it was asked for by digest. */
    private static Digest digest(String what, String reference, byte[] bytes) throws RegistryException {
        if (reference.indexOf(':') < 0) {
            return Digest.sha256(bytes);
        }
        Digest expected = Digest.parse(reference);
        java.security.MessageDigest computation = expected.newComputation();
        computation.update(bytes);
        if (!expected.matches(computation)) {
            throw new RegistryException(Kind.INVALID, what + ": manifest verification failed for digest " + expected);
        }
        return expected;
    }

    /** One document must not be read as two kinds (CVE-2021-41190): header and document have to agree. */
    private static String mediaType(String what, HttpReply reply, byte[] bytes) throws RegistryException {
        String header = reply.header("Content-Type");
        String told = (header == null ? "" : header).split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        String inside;
        try {
            inside = JsonText.object("manifest", bytes, Manifest.MAX_BYTES).string("mediaType", "");
        } catch (InvalidDocumentException e) {
            throw new RegistryException(Kind.INVALID, what + ": " + e.getMessage(), e);
        }
        boolean general = told.isEmpty() || told.equals("application/json") || told.startsWith("text/plain");
        String type = general ? inside : told;
        if (!MediaTypes.isManifest(type) && !MediaTypes.isIndex(type)) {
            throw new RegistryException(
                    Kind.INVALID, what + ": unsupported manifest media type \"" + ErrorReply.clean(type) + "\"");
        }
        if (!inside.isEmpty() && !inside.equals(type)) {
            throw new RegistryException(
                    Kind.INVALID,
                    what + ": the registry sent it as " + type + ", and it says of itself that it is "
                            + ErrorReply.clean(inside));
        }
        return type;
    }
}
