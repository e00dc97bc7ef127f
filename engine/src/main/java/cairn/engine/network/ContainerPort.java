package cairn.engine.network;

import org.jspecify.annotations.Nullable;

/** A port inside a container, as in {@code 80/tcp}. */
public record ContainerPort(int number, Transport transport) implements Comparable<ContainerPort> {
    private static final int LARGEST = 65535;

    public ContainerPort {
        if (number < 1 || number > LARGEST) {
            throw new IllegalArgumentException("not a port: " + number);
        }
    }

    /** Without a protocol it is TCP's. Null if it is no port. */
    public static @Nullable ContainerPort parse(String text) {
        int slash = text.indexOf('/');
        Transport transport = slash < 0 ? Transport.TCP : Transport.of(text.substring(slash + 1));
        int number = number(slash < 0 ? text : text.substring(0, slash));
        return transport == null || number < 1 ? null : new ContainerPort(number, transport);
    }

    /** -1 if it is no number of a port; 0 is one here. */
    public static int number(String text) {
        if (text.isEmpty() || text.length() > 5) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            number = number * 10 + digit - '0';
        }
        return number > LARGEST ? -1 : number;
    }

    @Override
    public int compareTo(ContainerPort other) {
        int byNumber = Integer.compare(number, other.number);
        return byNumber != 0 ? byNumber : transport.compareTo(other.transport);
    }

    @Override
    public String toString() {
        return number + "/" + transport;
    }
}
