package cairn.engine.name;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A container's place on a network.
 *
 * @param endpoint id of the place
 * @param network its name
 * @param named whether containers on it find each other by name: not so on the default bridge
 * @param leadsOut whether it leads to other networks: not so with {@code --internal}
 * @param names in any case; the first is the one that its addresses lead back to
 * @param links what only this container calls others on the network, and their names there
 */
public record Place(
        String endpoint,
        String container,
        String networkId,
        String network,
        boolean named,
        boolean leadsOut,
        List<String> names,
        List<InetAddress> addresses,
        Map<String, String> links) {
    public Place {
        names = names.stream().map(Place::folded).distinct().toList();
        addresses = List.copyOf(addresses);
        links = Map.copyOf(links);
    }

    /** Names are the same whatever the case of their letters (RFC 4343). */
    static String folded(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
