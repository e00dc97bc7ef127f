package cairn.engine.distribution;

import cairn.oci.Digest;
import cairn.oci.registry.Credentials;
import cairn.wire.Json;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Ties records of pushed layers to the credentials they were pushed with, without showing them: moby's HMAC, keyed with the digest of the
 * credentials' JSON.
 */
final class SourceKey {
    private final byte[] key;

    SourceKey(Credentials credentials) {
        Map<String, String> members = new LinkedHashMap<>();
        put(members, "username", credentials.username());
        put(members, "password", credentials.password());
        put(members, "identitytoken", credentials.identityToken());
        put(members, "registrytoken", credentials.registryToken());
        // As Go writes it.
        String json = Json.text(members)
                .replace("&", "\\u0026")
                .replace("<", "\\u003c")
                .replace(">", "\\u003e");
        key = Digest.sha256(json.getBytes(StandardCharsets.UTF_8)).toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void put(Map<String, String> members, String name, String value) {
        if (!value.isEmpty()) {
            members.put(name, value);
        }
    }

    DistributionRecords.Source source(Digest digest, String repository) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(digest.toString().getBytes(StandardCharsets.UTF_8));
            mac.update(repository.getBytes(StandardCharsets.UTF_8));
            return new DistributionRecords.Source(
                    digest, repository, HexFormat.of().formatHex(mac.doFinal()));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new AssertionError("every JDK has HmacSHA256", e);
        }
    }
}
