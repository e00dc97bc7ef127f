package cairn.engine.name;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which containers are on which networks, with which names and addresses. What one finds depends on who asks. */
public final class NameTable {
    /** The containers on a network by each of their names, and by address; in the order in which they came. */
    private static final class Network {
        final Map<String, Map<String, Place>> byName = new HashMap<>();
        final Map<InetAddress, Place> byAddress = new HashMap<>();

        void add(Place member) {
            for (String name : member.names()) {
                byName.computeIfAbsent(name, key -> new LinkedHashMap<>()).put(member.endpoint(), member);
            }
            for (InetAddress address : member.addresses()) {
                byAddress.put(address, member);
            }
        }

        void remove(Place member) {
            for (String name : member.names()) {
                byName.computeIfPresent(name, (key, members) -> {
                    members.remove(member.endpoint());
                    return members.isEmpty() ? null : members;
                });
            }
            for (InetAddress address : member.addresses()) {
                byAddress.remove(address, member);
            }
        }
    }

    private final Map<String, Network> networks = new HashMap<>();
    /** By container, then by endpoint. */
    private final Map<String, Map<String, Place>> places = new HashMap<>();

    private final Map<String, Place> byEndpoint = new HashMap<>();
    private volatile long changes;

    /** Another number after each change: what was found before it may be wrong. */
    long changes() {
        return changes;
    }

    /** Instead of what was known of the endpoint before. */
    public synchronized void put(Place member) {
        remove(member.endpoint());
        changes = changes + 1;
        byEndpoint.put(member.endpoint(), member);
        places.computeIfAbsent(member.container(), id -> new LinkedHashMap<>()).put(member.endpoint(), member);
        if (member.named()) {
            networks.computeIfAbsent(member.networkId(), id -> new Network()).add(member);
        }
    }

    public synchronized void remove(String endpoint) {
        Place member = byEndpoint.remove(endpoint);
        if (member == null) {
            return;
        }
        changes = changes + 1;
        places.computeIfPresent(member.container(), (id, own) -> {
            own.remove(endpoint);
            return own.isEmpty() ? null : own;
        });
        networks.computeIfPresent(member.networkId(), (id, network) -> {
            network.remove(member);
            return network.byName.isEmpty() && network.byAddress.isEmpty() ? null : network;
        });
    }

    private List<Place> own(String container) {
        return List.copyOf(places.getOrDefault(container, Map.of()).values());
    }

    /** Whether one of the container's networks leads to others. */
    public synchronized boolean leadsOut(String container) {
        return own(container).stream().anyMatch(Place::leadsOut);
    }

    /**
     * What a name means to a container: a name on one of its networks, or a name and a network, joined by a point; both may have points
     * themselves.
     *
     * @return addresses of both families, each once; null if there is no such name
     */
    public synchronized @Nullable List<InetAddress> addresses(String asker, String name) {
        List<Place> places = own(asker);
        String folded = Place.folded(name);
        List<InetAddress> found = addresses(places, folded, null);
        for (int point = folded.lastIndexOf('.');
                found == null && point > 0;
                point = folded.lastIndexOf('.', point - 1)) {
            found = addresses(places, folded.substring(0, point), folded.substring(point + 1));
        }
        return found;
    }

    private @Nullable List<InetAddress> addresses(List<Place> places, String name, @Nullable String network) {
        for (Place place : places) {
            if (network != null && !Place.folded(place.network()).equals(network)) {
                continue;
            }
            Network there = networks.get(place.networkId());
            Map<String, Place> members = there == null ? null : there.byName.get(linked(place, name));
            if (members != null) {
                Set<InetAddress> addresses = new LinkedHashSet<>();
                members.values().forEach(member -> addresses.addAll(member.addresses()));
                return new ArrayList<>(addresses);
            }
        }
        return null;
    }

    private static String linked(Place place, String name) {
        for (Map.Entry<String, String> link : place.links().entrySet()) {
            if (Place.folded(link.getKey()).equals(name)) {
                return Place.folded(link.getValue());
            }
        }
        return name;
    }

    /** Name and network of whoever has an address on one of the container's networks; null if nobody has. */
    public synchronized @Nullable String nameOf(String asker, InetAddress address) {
        for (Place place : own(asker)) {
            Network network = networks.get(place.networkId());
            Place member = network == null ? null : network.byAddress.get(address);
            if (member != null && !member.names().isEmpty()) {
                return member.names().getFirst() + "." + member.network();
            }
        }
        return null;
    }
}
