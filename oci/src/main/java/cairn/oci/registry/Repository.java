package cairn.oci.registry;

import cairn.oci.Digest;
import cairn.oci.MediaTypes;
import cairn.oci.Reference;
import cairn.oci.http.HttpReply;
import cairn.oci.registry.Endpoint.Capability;
import cairn.oci.registry.Exchange.Ask;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A repository at its registry, or at the first of its mirrors that has what is asked for; mirrors are never written to. Every call tries
 * again, with back-off, what may pass by itself (429, 5xx, broken connections), and asks for a token where the registry wants one. Safe for
 * several threads.
 */
public final class Repository {
    /** Bytes of a blob to send, from a position on: an upload that broke goes on where the registry says. */
    public interface Source {
        InputStream open() throws IOException;
    }

    /** Bytes that are over so far; may be called from any thread, and may go back when a request is tried again. */
    public interface Progress {
        void at(long bytes);
    }

    private static final String ACCEPT = String.join(
            ", ",
            MediaTypes.OCI_INDEX,
            MediaTypes.OCI_MANIFEST,
            MediaTypes.DOCKER_MANIFEST_LIST,
            MediaTypes.DOCKER_MANIFEST);

    private final Registries registries;
    private final Reference name;
    private final Exchange exchange;
    private final List<String> pull;
    private final List<String> push;

    Repository(Registries registries, Reference name, Credentials credentials) {
        this.registries = registries;
        this.name = name;
        this.exchange = new Exchange(registries.line(), credentials);
        this.pull = List.of("repository:" + name.path() + ":pull");
        this.push = List.of("repository:" + name.path() + ":pull,push");
    }

    public Reference name() {
        return name;
    }

    /**
     * A manifest or index by tag or digest.
     *
     * @param reference a tag, or a digest as text
     * @throws RegistryException NOT_FOUND, or INVALID where digest or length do not fit or the document is over 4 MiB
     */
    public RawManifest manifest(String reference) throws RegistryException {
        Ask ask = Ask.get(path("manifests/" + reference), pull).with(Map.of("Accept", ACCEPT));
        return first(reference.indexOf(':') >= 0 ? Capability.PULL : Capability.RESOLVE, endpoint -> {
            HttpReply reply = exchange.send(endpoint, ask);
            if (reply.status() != 200) {
                throw Wording.manifest(name, reference, ErrorReply.of(reply));
            }
            return Manifests.read(name, reference, reply);
        });
    }

    /**
     * Opens a blob.
     *
     * @param size that the descriptor says; the registry's Content-Length must agree
     * @param offset bytes that the caller has already
     */
    public BlobStream blob(Digest digest, long size, long offset) throws RegistryException {
        if (offset < 0 || offset > size) {
            throw new IllegalArgumentException("no position in a blob of " + size + " bytes: " + offset);
        }
        if (offset == size && size > 0) {
            return new BlobStream(InputStream.nullInputStream(), offset, size);
        }
        Map<String, String> headers = offset == 0 ? Map.of() : Map.of("Range", "bytes=" + offset + "-");
        Ask ask = Ask.get(path("blobs/" + digest), pull).with(headers);
        return first(Capability.PULL, endpoint -> {
            HttpReply reply = exchange.send(endpoint, ask);
            if (reply.status() != 200 && reply.status() != 206) {
                throw Wording.pull(name, ErrorReply.of(reply));
            }
            return Blobs.stream(reply, digest, size, offset);
        });
    }

    /** All tags, in the registry's order, over all pages. */
    public List<String> tags() throws RegistryException {
        return first(Capability.PULL, endpoint -> Tags.read(exchange, endpoint, name, path("tags/list"), pull));
    }

    // ---- writing

    public boolean hasBlob(Digest digest) throws RegistryException {
        return blobSize(digest).isPresent();
    }

    /** The size of a blob in bytes; empty where the registry does not have it. */
    public OptionalLong blobSize(Digest digest) throws RegistryException {
        try (HttpReply reply =
                exchange.send(target(), new Ask("HEAD", path("blobs/" + digest), Map.of(), null, push))) {
            return switch (reply.status()) {
                case 200 -> length(reply);
                case 404 -> OptionalLong.empty();
                default -> throw ErrorReply.of(reply).exception();
            };
        }
    }

    private static OptionalLong length(HttpReply reply) throws RegistryException {
        String text = String.valueOf(reply.header("Content-Length")).strip();
        try {
            return OptionalLong.of(Long.parseUnsignedLong(text));
        } catch (NumberFormatException e) {
            throw new RegistryException(
                    RegistryException.Kind.INVALID, "the registry has a blob and does not say its size", e);
        }
    }

    /**
     * Has the registry take a blob over from another of its repositories, which the caller must be able to read.
     *
     * @return false where the registry did not, and the blob has to be sent
     */
    public boolean mountBlob(Digest digest, Reference from) throws RegistryException {
        if (!from.domain().equals(name.domain())) {
            return false;
        }
        List<String> both = List.of(push.getFirst(), "repository:" + from.path() + ":pull");
        return upload().mount(digest, from.path(), both);
    }

    /**
     * Sends a blob whose digest is known.
     *
     * @param size in bytes
     */
    public void uploadBlob(Digest digest, long size, Source source, Progress progress) throws IOException {
        upload().send(digest, size, source, progress);
    }

    /**
     * Sends a blob whose digest shows only at its end, as a compressed layer that is made on the way. In chunks where the registry takes
     * them; tried again from the start.
     *
     * @return what was sent
     */
    public Uploaded uploadBlob(Source source, Progress progress) throws IOException {
        return upload().send(source, progress);
    }

    public record Uploaded(Digest digest, long size) {}

    /**
     * Puts a manifest; everything that it names must be there.
     *
     * @param reference the tag, or the manifest's own digest as text
     * @return its digest, which the registry's must equal
     */
    public Digest putManifest(String reference, String mediaType, byte[] bytes) throws RegistryException {
        Digest digest = Digest.sha256(bytes);
        Map<String, String> headers = Map.of("Content-Type", mediaType);
        HttpReply reply = exchange.send(
                target(), new Ask("PUT", path("manifests/" + reference), headers, new Tokens.Bytes(bytes), push));
        if (reply.status() != 201 && reply.status() != 200 && reply.status() != 202) {
            throw ErrorReply.of(reply).exception();
        }
        try (reply) {
            String told = reply.header("Docker-Content-Digest");
            if (told != null && !told.strip().equals(digest.toString())) {
                throw new RegistryException(
                        RegistryException.Kind.INVALID,
                        "the registry took manifest " + digest + " for " + ErrorReply.clean(told));
            }
            return digest;
        }
    }

    // ---- endpoints

    private interface Operation<T> {
        T at(Endpoint endpoint) throws RegistryException;
    }

    /** The first endpoint that gives what is asked for. What the registry itself says is what counts where none does. */
    private <T> T first(Capability capability, Operation<T> operation) throws RegistryException {
        List<RegistryException> earlier = new ArrayList<>();
        for (Endpoint endpoint : registries.line().hosts().endpoints(name.domain())) {
            if (!endpoint.capabilities().contains(capability)) {
                continue;
            }
            try {
                return operation.at(endpoint);
            } catch (RegistryException e) {
                if (!endpoint.mirror()) {
                    earlier.forEach(e::addSuppressed);
                    throw e;
                }
                earlier.add(e);
            }
        }
        throw earlier.isEmpty()
                ? new RegistryException(RegistryException.Kind.INVALID, "no host serves " + name.domain())
                : earlier.getLast();
    }

    /** Where it is written to: the registry, or a mirror that the user's settings allow that expressly. */
    private Endpoint target() throws RegistryException {
        for (Endpoint endpoint : registries.line().hosts().endpoints(name.domain())) {
            if (endpoint.capabilities().contains(Capability.PUSH)) {
                return endpoint;
            }
        }
        throw new RegistryException(RegistryException.Kind.INVALID, "no host takes images of " + name.domain());
    }

    private BlobUpload upload() throws RegistryException {
        return new BlobUpload(registries.line(), exchange, target(), path("blobs/uploads/"), push);
    }

    private String path(String rest) {
        return "/" + name.path() + "/" + rest;
    }
}
