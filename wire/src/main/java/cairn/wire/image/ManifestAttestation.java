package cairn.wire.image;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** What a manifest of kind attestation is about. */
@Json
public record ManifestAttestation(@Json.Property("For") String subject) {
    public ManifestAttestation {
        subject = requireNonNullElse(subject, "");
    }
}
