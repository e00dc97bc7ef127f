package cairn.engine.container;

import cairn.engine.network.EndpointRecord;
import cairn.wire.network.EndpointSettings;
import cairn.wire.network.EndpointSettingsBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A container's membership in a network.
 *
 * @param network its name
 * @param asked addresses, aliases and so on that were asked for; of what it got only the id of the network that it has last been on
 * @param endpoint its place while it runs, or while its start is under way; null otherwise
 */
public record Membership(
        String network, EndpointSettings asked, @Nullable EndpointRecord endpoint) {

    /** With nothing asked for. */
    static Membership in(String network) {
        return new Membership(network, EndpointSettingsBuilder.builder().build(), null);
    }

    Membership placed(@Nullable EndpointRecord at) {
        EndpointSettings kept = at == null && endpoint != null
                ? EndpointSettingsBuilder.builder(asked)
                        .networkId(endpoint.networkId())
                        .build()
                : asked;
        return new Membership(network, kept, at);
    }

    /** As the API and the record show it. @param names by which others ask for the container; null where they cannot */
    EndpointSettings view(java.util.@Nullable List<String> names) {
        EndpointSettingsBuilder view = EndpointSettingsBuilder.builder(asked).dnsNames(names);
        EndpointRecord at = endpoint;
        if (at == null) {
            return view.build();
        }
        return view.networkId(at.networkId())
                .endpointId(at.endpointId())
                .gateway(at.gateway())
                .ipAddress(at.address())
                .ipPrefixLen(at.address().isEmpty() ? 0 : at.prefix())
                .ipv6Gateway(at.gateway6())
                .globalIpv6Address(at.address6())
                .globalIpv6PrefixLen(at.address6().isEmpty() ? 0 : at.prefix6())
                .macAddress(at.macAddress())
                .build();
    }
}
