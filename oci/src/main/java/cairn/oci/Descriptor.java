package cairn.oci;

import cairn.oci.json.GoJson;
import cairn.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one document says of another blob: its type, digest and size in bytes.
 *
 * @param urls other places of the blob; kept, never followed
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        Map<String, String> annotations,
        @Nullable Platform platform,
        List<String> urls,
        @Nullable String artifactType) {

    public Descriptor {
        if (size < 0) {
            throw new IllegalArgumentException("negative size of " + digest);
        }
        annotations = Map.copyOf(annotations);
        urls = List.copyOf(urls);
    }

    public Descriptor(String mediaType, Digest digest, long size) {
        this(mediaType, digest, size, Map.of(), null, List.of(), null);
    }

    private static final Set<String> MEMBERS =
            Set.of("mediaType", "digest", "size", "annotations", "platform", "urls", "artifactType", "data");
    private static final Set<String> PLATFORM_MEMBERS =
            Set.of("os", "architecture", "variant", "os.version", "os.features");

    static Descriptor from(JsonObject json) throws InvalidDocumentException {
        json.knowing(MEMBERS);
        JsonObject platform = json.object("platform");
        Map<String, String> annotations = json.stringMap("annotations");
        List<String> urls = json.strings("urls");
        long size = json.integer("size");
        if (size < 0) {
            throw json.wrong("size", "a size");
        }
        return new Descriptor(
                json.string("mediaType", ""),
                digest(json),
                size,
                annotations == null ? Map.of() : annotations,
                platform == null ? null : platform(platform),
                urls == null ? List.of() : urls,
                json.string("artifactType"));
    }

    static @Nullable Descriptor from(JsonObject parent, String name) throws InvalidDocumentException {
        JsonObject json = parent.object(name);
        return json == null ? null : from(json);
    }

    static List<Descriptor> list(JsonObject parent, String name, int max) throws InvalidDocumentException {
        List<JsonObject> elements = parent.objects(name);
        if (elements == null) {
            throw parent.wrong(name, "there");
        }
        if (elements.size() > max) {
            throw parent.wrong(name, "a list of at most " + max);
        }
        List<Descriptor> descriptors = new ArrayList<>();
        for (JsonObject element : elements) {
            descriptors.add(from(element));
        }
        return descriptors;
    }

    void write(GoJson json) {
        json.open('{');
        json.optional("mediaType", mediaType);
        json.member("digest", digest.toString());
        json.member("size", size);
        if (!urls.isEmpty()) {
            json.member("urls", urls);
        }
        if (!annotations.isEmpty()) {
            json.member("annotations", annotations);
        }
        if (platform != null) {
            json.name("platform").open('{');
            json.member("architecture", platform.architecture()).member("os", platform.os());
            json.optional("os.version", platform.osVersion());
            if (!platform.osFeatures().isEmpty()) {
                json.member("os.features", platform.osFeatures());
            }
            json.optional("variant", platform.variant()).close('}');
        }
        json.optional("artifactType", artifactType).close('}');
    }

    private static Digest digest(JsonObject json) throws InvalidDocumentException {
        try {
            return Digest.parse(json.string("digest", ""));
        } catch (IllegalArgumentException e) {
            throw new InvalidDocumentException(json.what() + " has a bad digest: " + e.getMessage(), e);
        }
    }

    private static Platform platform(JsonObject json) throws InvalidDocumentException {
        json.knowing(PLATFORM_MEMBERS);
        List<String> features = json.strings("os.features");
        return new Platform(
                json.string("os", ""),
                json.string("architecture", ""),
                json.string("variant"),
                json.string("os.version"),
                features == null ? List.of() : features);
    }
}
