package cairn.cli.registry;

import cairn.cli.template.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Credentials of one registry. Members that are not known are "".
 *
 * @param server the key under which they are kept: host and port, or the address of Docker's own registry
 * @param identityToken what a registry has given out in place of the password
 */
public record Account(String server, String username, String password, String identityToken) {
    /** Nothing is known. */
    public static final Account NONE = new Account("", "", "", "");

    /** As the daemon takes it in {@code POST /auth}. */
    public Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        put(body, "username", username);
        put(body, "password", password);
        put(body, "serveraddress", server);
        put(body, "identitytoken", identityToken);
        return body;
    }

    private static void put(Map<String, Object> body, String name, String value) {
        if (!value.isEmpty()) {
            body.put(name, value);
        }
    }

    /** The header that calls carry which make the daemon talk to a registry; sent without credentials, too, as Docker does. */
    public Map<String, String> header() {
        return Map.of("X-Registry-Auth", encoded(body()));
    }

    /** The header with credentials of several registries, as Docker has it for a build; none where there are none. */
    public static Map<String, String> header(List<Account> accounts) {
        Map<String, Object> servers = new LinkedHashMap<>();
        accounts.forEach(account -> servers.put(account.server(), account.body()));
        return servers.isEmpty() ? Map.of() : Map.of("X-Registry-Config", encoded(servers));
    }

    private static String encoded(Map<String, Object> json) {
        return Base64.getUrlEncoder().encodeToString(JsonText.compact(json).getBytes(StandardCharsets.UTF_8));
    }

    /** Neither name nor password in the text, so that no log can hold them. */
    @Override
    public String toString() {
        return "Account[" + server + "]";
    }
}
