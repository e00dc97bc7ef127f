package cairn.oci.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server wants to see before it answers: one challenge of a WWW-Authenticate header (RFC 9110, section 11.6.1).
 *
 * @param scheme lower-case
 * @param token what stands there instead of parameters, or empty
 * @param parameters names in lower case
 */
record Challenge(String scheme, String token, Map<String, String> parameters) {
    private static final int MAX_HEADER = 8 << 10;
    private static final int MAX_CHALLENGES = 16;
    private static final int MAX_PARAMETERS = 32;

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /**
     * Reads a header's value.
     *
     * @throws RegistryException INVALID where it breaks the grammar, names a parameter twice or is over a limit
     */
    static List<Challenge> parse(String header) throws RegistryException {
        if (header.length() > MAX_HEADER) {
            throw new RegistryException(
                    RegistryException.Kind.INVALID,
                    "WWW-Authenticate header has more than " + MAX_HEADER + " characters");
        }
        return new Reader(header).challenges();
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        List<Challenge> challenges() throws RegistryException {
            List<Challenge> challenges = new ArrayList<>();
            skipListSpace();
            while (at < text.length()) {
                if (challenges.size() == MAX_CHALLENGES) {
                    throw malformed("more than " + MAX_CHALLENGES + " challenges");
                }
                challenges.add(challenge());
                int before = at;
                skipListSpace();
                if (at < text.length() && text.substring(before, at).indexOf(',') < 0) {
                    throw malformed("no comma");
                }
            }
            return challenges;
        }

        private Challenge challenge() throws RegistryException {
            String scheme = token().toLowerCase(Locale.ROOT);
            Map<String, String> parameters = new LinkedHashMap<>();
            if (at == text.length() || text.charAt(at) != ' ') {
                return new Challenge(scheme, "", parameters);
            }
            skip(" ");
            String token68 = token68();
            if (token68 != null) {
                return new Challenge(scheme, token68, parameters);
            }
            int end = at;
            while (true) {
                String name = parameterName();
                if (name == null) {
                    // What was read belongs to the next challenge, or there is no more.
                    at = end;
                    return new Challenge(scheme, "", parameters);
                }
                if (parameters.size() == MAX_PARAMETERS) {
                    throw malformed("more than " + MAX_PARAMETERS + " parameters");
                }
                String value = at < text.length() && text.charAt(at) == '"' ? quoted() : token();
                if (parameters.put(name, value) != null) {
                    throw malformed(name + " twice");
                }
                end = at;
                skip(" \t");
                if (at == text.length() || text.charAt(at) != ',') {
                    return new Challenge(scheme, "", parameters);
                }
                skipListSpace();
            }
        }

        /** Up to its equals sign and the space after it; null where no parameter begins here. */
        private @Nullable String parameterName() {
            int from = at;
            while (at < text.length() && isTokenCharacter(text.charAt(at))) {
                at++;
            }
            String name = text.substring(from, at);
            skip(" \t");
            if (name.isEmpty() || at == text.length() || text.charAt(at) != '=') {
                return null;
            }
            at++;
            skip(" \t");
            return name.toLowerCase(Locale.ROOT);
        }

        /** Null, and nothing read, where it is not one: a parameter goes on after its equals sign. */
        private @Nullable String token68() {
            int from = at;
            int i = at;
            while (i < text.length() && (isAlphanumeric(text.charAt(i)) || "-._~+/".indexOf(text.charAt(i)) >= 0)) {
                i++;
            }
            if (i == from) {
                return null;
            }
            while (i < text.length() && text.charAt(i) == '=') {
                i++;
            }
            int end = i;
            while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) == '\t')) {
                i++;
            }
            if (i < text.length() && text.charAt(i) != ',') {
                return null;
            }
            at = end;
            return text.substring(from, end);
        }

        private String token() throws RegistryException {
            int from = at;
            while (at < text.length() && isTokenCharacter(text.charAt(at))) {
                at++;
            }
            if (at == from) {
                throw malformed("at character " + at);
            }
            return text.substring(from, at);
        }

        private String quoted() throws RegistryException {
            StringBuilder value = new StringBuilder();
            at++;
            while (at < text.length() && text.charAt(at) != '"') {
                if (text.charAt(at) == '\\' && ++at == text.length()) {
                    break;
                }
                char c = text.charAt(at++);
                if (c < ' ' && c != '\t' || c == 0x7f) {
                    throw malformed("control character");
                }
                value.append(c);
            }
            if (at >= text.length()) {
                throw malformed("no closing quote");
            }
            at++;
            return value.toString();
        }

        private void skip(String characters) {
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        /** Lists may have empty elements. */
        private void skipListSpace() {
            skip(" \t,");
        }

        private static boolean isTokenCharacter(char c) {
            return isAlphanumeric(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
        }

        private static boolean isAlphanumeric(char c) {
            return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
        }

        private static RegistryException malformed(String why) {
            return new RegistryException(RegistryException.Kind.INVALID, "malformed WWW-Authenticate header: " + why);
        }
    }
}
