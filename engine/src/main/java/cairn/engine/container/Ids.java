package cairn.engine.container;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Makes ids of containers, execs and endpoints: 64 random hexadecimal digits. */
record Ids(RandomGenerator random) {
    String next() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
