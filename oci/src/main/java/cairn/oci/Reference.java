package cairn.oci;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of an image, complete: {@code busybox} is held as {@code docker.io/library/busybox}. The grammar is that of Docker's
 * distribution/reference.
 *
 * @param domain the registry's host, with a port where one is given
 * @param path the repository within the registry
 */
public record Reference(
        String domain,
        String path,
        @Nullable String tag,
        @Nullable Digest digest) {
    private static final String DEFAULT_DOMAIN = "docker.io";
    private static final String LEGACY_DOMAIN = "index.docker.io";
    private static final String OFFICIAL = "library/";
    private static final int MAX_DOMAIN = 300;
    private static final int MAX_PATH = 255;

    private static final Pattern IDENTIFIER = Pattern.compile("[a-f0-9]{64}");
    private static final Pattern DOMAIN =
            Pattern.compile("(?:\\[[a-fA-F0-9:]+\\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
                    + "(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::[0-9]+)?");
    private static final Pattern PATH = Pattern.compile(
            "[a-z0-9]++(?:(?:\\.|__?|-++)[a-z0-9]++)*+(?:/[a-z0-9]++(?:(?:\\.|__?|-++)[a-z0-9]++)*+)*+");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final Pattern DIGEST =
            Pattern.compile("[A-Za-z][A-Za-z0-9]*+(?:[-_+.][A-Za-z][A-Za-z0-9]*+)*+:[0-9a-fA-F]{32,}+");

    public Reference {
        if (path.length() > MAX_PATH) {
            throw new InvalidReferenceException("repository name must not be more than 255 characters");
        }
        if (domain.length() > MAX_DOMAIN
                || !DOMAIN.matcher(domain).matches()
                || !PATH.matcher(path).matches()
                || (tag != null && !TAG.matcher(tag).matches())) {
            throw invalidFormat();
        }
    }

    /**
     * Reads a name as people type it. A missing tag stays missing.
     *
     * @throws InvalidReferenceException with Docker's text
     */
    public static Reference parseNormalized(String text) {
        if (IDENTIFIER.matcher(text).matches()) {
            throw new InvalidReferenceException(
                    "invalid repository name (" + text + "), cannot specify 64-byte hexadecimal strings");
        }
        int slash = text.indexOf('/');
        boolean hasDomain = slash >= 0 && isDomain(text.substring(0, slash));
        String domain = hasDomain ? text.substring(0, slash) : DEFAULT_DOMAIN;
        String rest = hasDomain ? text.substring(slash + 1) : text;
        if (domain.equals(LEGACY_DOMAIN)) {
            domain = DEFAULT_DOMAIN;
        }
        if (domain.equals(DEFAULT_DOMAIN) && rest.indexOf('/') < 0) {
            rest = OFFICIAL + rest;
        }
        refuseUpperCase(rest);
        int at = rest.indexOf('@');
        String named = at < 0 ? rest : rest.substring(0, at);
        int colon = named.indexOf(':');
        return new Reference(
                domain,
                colon < 0 ? named : named.substring(0, colon),
                colon < 0 ? null : named.substring(colon + 1),
                at < 0 ? null : digest(rest.substring(at + 1)));
    }

    /** {@code docker.io/library/busybox}: without tag and digest. */
    public String repository() {
        return domain + "/" + path;
    }

    /**
     * {@code busybox}: without tag and digest, and without what {@link #parseNormalized} adds. It always reads back as the same repository:
     * {@code docker.io/a.b/c} stays as it is, since {@code a.b} alone would be a domain.
     */
    public String familiarRepository() {
        if (!domain.equals(DEFAULT_DOMAIN)) {
            return repository();
        }
        if (path.startsWith(OFFICIAL) && path.indexOf('/', OFFICIAL.length()) < 0) {
            String name = path.substring(OFFICIAL.length());
            return IDENTIFIER.matcher(name).matches() ? path : name;
        }
        int slash = path.indexOf('/');
        return slash < 0 || isDomain(path.substring(0, slash)) ? repository() : path;
    }

    /** {@code docker.io/library/busybox:latest@sha256:…}. */
    public String canonical() {
        return repository() + suffix();
    }

    /** {@code busybox:latest@sha256:…}. */
    public String familiar() {
        return familiarRepository() + suffix();
    }

    /** Whether there is neither a tag nor a digest. */
    public boolean isNameOnly() {
        return tag == null && digest == null;
    }

    /** With the tag {@code latest} where there is neither a tag nor a digest. */
    public Reference withDefaultTag() {
        return isNameOnly() ? withTag("latest") : this;
    }

    /**
     * The same repository and digest with another tag.
     *
     * @throws InvalidReferenceException where the tag is not well formed
     */
    public Reference withTag(String tag) {
        if (!TAG.matcher(tag).matches()) {
            throw new InvalidReferenceException("invalid tag format");
        }
        return new Reference(domain, path, tag, digest);
    }

    /** The same repository and tag with another digest. */
    public Reference withDigest(Digest digest) {
        return new Reference(domain, path, tag, digest);
    }

    /** The repository alone. */
    public Reference withoutTagAndDigest() {
        return new Reference(domain, path, null, null);
    }

    /** {@link #familiar}. */
    @Override
    public String toString() {
        return familiar();
    }

    private String suffix() {
        return (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
    }

    /** Whether what stands before the first slash is a registry and not the beginning of a repository's path. */
    private static boolean isDomain(String first) {
        return first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.equals("localhost")
                || !first.equals(first.toLowerCase(Locale.ROOT));
    }

    private static void refuseUpperCase(String rest) {
        int colon = rest.indexOf(':');
        String remote = colon < 0 ? rest : rest.substring(0, colon);
        if (!remote.equals(remote.toLowerCase(Locale.ROOT))) {
            throw new InvalidReferenceException(
                    "invalid reference format: repository name (" + remote + ") must be lowercase");
        }
    }

    private static Digest digest(String text) {
        if (!DIGEST.matcher(text).matches()) {
            throw invalidFormat();
        }
        try {
            return Digest.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidReferenceException(String.valueOf(e.getMessage()));
        }
    }

    private static InvalidReferenceException invalidFormat() {
        return new InvalidReferenceException("invalid reference format");
    }
}
