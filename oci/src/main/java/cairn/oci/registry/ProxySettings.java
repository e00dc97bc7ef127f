package cairn.oci.registry;

import cairn.oci.http.Proxies;

/**
 * Proxies on the way to registries, as people write them in HTTP_PROXY, HTTPS_PROXY and NO_PROXY; empty for none.
 *
 * @param http for registries without TLS: {@code http://[USER:PASSWORD@]HOST[:PORT]}
 * @param https for registries with TLS, in the same form
 * @param no what is reached directly: names, {@code .domains}, addresses, networks in CIDR form, {@code *}; separated by commas
 */
public record ProxySettings(String http, String https, String no) {
    public static final ProxySettings NONE = new ProxySettings("", "", "");

    /** @throws IllegalArgumentException where a proxy's address is none */
    public ProxySettings {
        Proxies.of(http, https, no);
    }

    Proxies rules() {
        return Proxies.of(http, https, no);
    }

    /** As it may be shown, without passwords. */
    public ProxySettings shown() {
        return new ProxySettings(Proxies.withoutUser(http), Proxies.withoutUser(https), no);
    }
}
