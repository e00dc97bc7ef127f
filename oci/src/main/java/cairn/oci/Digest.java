package cairn.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * The name of some bytes by their content, written {@code algorithm:hex} (OCI image spec, descriptor, "Digests").
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex lower-case, 64 or 128 characters
 */
public record Digest(String algorithm, String hex) implements Comparable<Digest> {

    public Digest {
        Objects.requireNonNull(hex);
        int length = switch (algorithm) {
            case "sha256" -> 64;
            case "sha512" -> 128;
            default -> throw new IllegalArgumentException("unsupported digest algorithm");
        };
        if (hex.length() != length) {
            throw new IllegalArgumentException("invalid checksum digest length");
        }
        for (int i = 0; i < length; i++) {
            char c = hex.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                throw new IllegalArgumentException("invalid checksum digest format");
            }
        }
    }

    /**
     * Reads {@code sha256:…} or {@code sha512:…}.
     *
     * @throws IllegalArgumentException with Docker's words for what is wrong
     */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            throw new IllegalArgumentException("invalid checksum digest format");
        }
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    /** The SHA-256 digest of {@code bytes}. */
    public static Digest sha256(byte[] bytes) {
        return of("sha256", newSha256().digest(bytes));
    }

    /** The digest that a finished SHA-256 computation has come to; resets it. */
    public static Digest sha256(MessageDigest computed) {
        return of("sha256", computed.digest());
    }

    /** A fresh computation for this digest's own algorithm, with which content is verified. */
    public MessageDigest newComputation() {
        return computation(algorithm.equals("sha256") ? "SHA-256" : "SHA-512");
    }

    /** A fresh SHA-256 computation. */
    public static MessageDigest newSha256() {
        return computation("SHA-256");
    }

    /** Whether {@code computed}, which is reset by this, came to this digest. */
    public boolean matches(MessageDigest computed) {
        return MessageDigest.isEqual(HexFormat.of().parseHex(hex), computed.digest());
    }

    /** The first twelve hexadecimal digits, as Docker's tables show it. */
    public String shortHex() {
        return hex.substring(0, 12);
    }

    @Override
    public int compareTo(Digest other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }

    private static Digest of(String algorithm, byte[] sum) {
        return new Digest(algorithm, HexFormat.of().formatHex(sum));
    }

    private static MessageDigest computation(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has " + name, e);
        }
    }
}
