package cairn.engine.network;

/**
 * A container's place on a network while it runs, as it is remembered. Texts are empty where it has no address of that family, and all
 * but the ids are on {@code host} and {@code none}.
 *
 * @param prefix length of the subnet
 * @param gateway of the network; empty where nothing leads out of it
 */
public record EndpointRecord(
        String networkId,
        String endpointId,
        String address,
        int prefix,
        String gateway,
        String address6,
        int prefix6,
        String gateway6,
        String macAddress) {
    /** Of an endpoint's id, which names its links. */
    public static final int SHORTEST_ID = 12;

    public static EndpointRecord without(String networkId, String endpointId) {
        return new EndpointRecord(networkId, endpointId, "", 0, "", "", 0, "", "");
    }

    /** Name of the host's end of its veth pair. */
    public String hostInterface() {
        return "veth" + endpointId.substring(0, 11);
    }
}
