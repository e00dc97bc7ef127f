package cairn.cli.registry;

import cairn.cli.CliException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An image's name, complete and taken apart: {@code busybox} is {@code docker.io}, {@code library/busybox}. The grammar is that of
 * Docker's references; tag and digest are "" when there is none.
 */
public record ImageName(String domain, String path, String tag, String digest) {
    /** Docker's own registry, which may be left out of a name. */
    static final String DOCKER = "docker.io";

    private static final String OFFICIAL = "library/";
    private static final int PATH_LIMIT = 255;
    /** Longer than any name; what is matched is kept short, as matching takes a stack frame for each part. */
    private static final int LIMIT = 1024;

    private static final Pattern IDENTIFIER = Pattern.compile("[a-f0-9]{64}");
    private static final Pattern DOMAIN = Pattern.compile(
            "(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*"
                    + "|\\[[a-fA-F0-9:]+])(?::[0-9]+)?");
    private static final Pattern REST = Pattern.compile(
            "([a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
                    + "(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)"
                    + "(?::([\\w][\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?");

    /**
     * Reads a name as a user writes it.
     *
     * @throws CliException in Docker's words when it is no name of an image
     */
    public static ImageName parse(String name) {
        if (IDENTIFIER.matcher(name).matches()) {
            throw new CliException(
                    "invalid repository name (" + name + "), cannot specify 64-byte hexadecimal strings");
        }
        int slash = name.indexOf('/');
        boolean hosted = slash >= 0 && isDomain(name.substring(0, slash));
        String domain = hosted ? name.substring(0, slash) : DOCKER;
        String rest = hosted ? name.substring(slash + 1) : name;
        if (domain.equals("index.docker.io")) {
            domain = DOCKER;
        }
        if (domain.equals(DOCKER) && rest.indexOf('/') < 0) {
            rest = OFFICIAL + rest;
        }
        int colon = rest.indexOf(':');
        String path = colon < 0 ? rest : rest.substring(0, colon);
        if (!path.equals(path.toLowerCase(Locale.ROOT))) {
            throw new CliException("invalid reference format: repository name (" + path + ") must be lowercase");
        }
        if (path.length() > PATH_LIMIT) {
            throw new CliException("repository name must not be more than " + PATH_LIMIT + " characters");
        }
        if (name.length() > LIMIT) {
            throw new CliException("invalid reference format");
        }
        Matcher matcher = REST.matcher(rest);
        if (!DOMAIN.matcher(domain).matches() || !matcher.matches()) {
            throw new CliException("invalid reference format");
        }
        return new ImageName(domain, matcher.group(1), orEmpty(matcher.group(2)), digest(matcher.group(3)));
    }

    private static String digest(@Nullable String text) {
        if (text == null) {
            return "";
        }
        int colon = text.indexOf(':');
        int digits = switch (text.substring(0, colon)) {
            case "sha256" -> 64;
            case "sha384" -> 96;
            case "sha512" -> 128;
            default -> throw new CliException("unsupported digest algorithm");
        };
        if (text.length() - colon - 1 != digits) {
            throw new CliException("invalid checksum digest length");
        }
        if (!text.equals(text.toLowerCase(Locale.ROOT))) {
            throw new CliException("invalid checksum digest format");
        }
        return text;
    }

    private static boolean isDomain(String text) {
        return text.indexOf('.') >= 0
                || text.indexOf(':') >= 0
                || text.equals("localhost")
                || !text.equals(text.toLowerCase(Locale.ROOT));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** Whether it names a repository only. */
    public boolean bare() {
        return tag.isEmpty() && digest.isEmpty();
    }

    /** With the tag that Docker assumes when nothing is said. */
    public ImageName tagged() {
        return bare() ? new ImageName(domain, path, "latest", "") : this;
    }

    /** The repository with its domain: {@code docker.io/library/busybox}. */
    public String repository() {
        return domain + "/" + path;
    }

    /** What stands for the image in the API's parameter {@code tag}: the digest if there is one. */
    public String version() {
        return digest.isEmpty() ? tag : digest;
    }

    /** The name in full: {@code docker.io/library/busybox:latest}. */
    public String full() {
        return repository() + suffix();
    }

    /** The name as people write it: {@code busybox:latest}. */
    public String familiar() {
        if (!domain.equals(DOCKER)) {
            return full();
        }
        boolean official = path.startsWith(OFFICIAL) && path.indexOf('/', OFFICIAL.length()) < 0;
        return (official ? path.substring(OFFICIAL.length()) : path) + suffix();
    }

    private String suffix() {
        return (tag.isEmpty() ? "" : ":" + tag) + (digest.isEmpty() ? "" : "@" + digest);
    }
}
