package cairn.engine.reach;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A container as far as packets are concerned.
 *
 * @param owner id of the container whose network it has, mostly its own
 * @param status in Docker's word
 * @param pid of its first process; 0 unless it runs
 * @param places the owner's on networks, that of its network mode first
 */
record Party(
        String name,
        String id,
        String owner,
        String status,
        int pid,
        long startTime,
        Namespace namespace,
        List<Place> places) {
    enum Namespace {
        OWN,
        HOST,
        NONE
    }

    Party {
        places = List.copyOf(places);
    }

    boolean runs() {
        return pid != 0;
    }

    boolean paused() {
        return status.equals("paused");
    }

    /** Its place on a network; null if it is not on it. */
    @Nullable
    Place on(String networkId) {
        return places.stream()
                .filter(place -> place.network().id().equals(networkId))
                .findFirst()
                .orElse(null);
    }

    /** The place whose network an address belongs to; null if there is none. */
    @Nullable
    Place towards(InetAddress address) {
        return places.stream()
                .filter(place -> place.covers(address))
                .findFirst()
                .orElse(null);
    }

    /** As in "on the networks a and b". */
    String networks() {
        List<String> names =
                places.stream().map(place -> place.network().name()).toList();
        return names.size() == 1
                ? "on the network " + names.getFirst()
                : names.isEmpty() ? "on no network" : "on the networks " + String.join(", ", names);
    }
}
