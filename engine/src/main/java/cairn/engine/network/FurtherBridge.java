package cairn.engine.network;

/**
 * A bridge that takes containers of a network whose first bridge is full, and the veth pair that joins the two. Its names follow from the
 * network's id.
 *
 * @param number from 2 on
 * @param down end of the pair that is a port of the first bridge
 * @param up end of the pair that is a port of this one
 */
public record FurtherBridge(int number, String name, String down, String up) {
    /** With three letters, two digits and a dash they make an interface's name. */
    static final int DIGITS = 10;

    static FurtherBridge of(String networkId, int number) {
        String rest = number + "-" + networkId.substring(0, DIGITS);
        return new FurtherBridge(number, "br" + rest, "dn" + rest, "up" + rest);
    }
}
