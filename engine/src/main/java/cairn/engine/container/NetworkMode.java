package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.wire.container.HostConfig;
import org.jspecify.annotations.Nullable;

/** Which network a container has. */
sealed interface NetworkMode {
    record Bridge() implements NetworkMode {}

    record Host() implements NetworkMode {}

    record None() implements NetworkMode {}

    /** That of another container. */
    record Shared(String container) implements NetworkMode {}

    static NetworkMode of(HostConfig config) {
        String mode = config.networkMode();
        return switch (mode) {
            case "", "default", "bridge" -> new Bridge();
            case "host" -> new Host();
            case "none" -> new None();
            default -> {
                if (mode.startsWith("container:") && mode.length() > "container:".length()) {
                    yield new Shared(mode.substring("container:".length()));
                }
                throw new Problem.NoSuchNetwork(mode).exception();
            }
        };
    }

    /** Its name in NetworkSettings.Networks, null where it has none of its own. */
    default @Nullable String networkName() {
        return switch (this) {
            case Bridge ignored -> "bridge";
            case Host ignored -> "host";
            case None ignored -> "none";
            case Shared ignored -> null;
        };
    }
}
