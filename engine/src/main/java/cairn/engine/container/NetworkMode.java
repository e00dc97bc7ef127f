package cairn.engine.container;

import cairn.wire.container.HostConfig;
import org.jspecify.annotations.Nullable;

/** Which network a container has. */
sealed interface NetworkMode {
    record Bridge() implements NetworkMode {}

    record Host() implements NetworkMode {}

    record None() implements NetworkMode {}

    /** That of another container. */
    record Shared(String container) implements NetworkMode {}

    /** A network of that name; whether there is one is asked at the start, as with Docker. */
    record Named(String name) implements NetworkMode {}

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
                yield new Named(mode);
            }
        };
    }

    /** Whether the container has a network namespace of its own. */
    default boolean own() {
        return switch (this) {
            case Bridge ignored -> true;
            case None ignored -> true;
            case Named ignored -> true;
            case Host ignored -> false;
            case Shared ignored -> false;
        };
    }

    /** Its name in NetworkSettings.Networks, null where it has none of its own. */
    default @Nullable String networkName() {
        return switch (this) {
            case Bridge ignored -> "bridge";
            case Host ignored -> "host";
            case None ignored -> "none";
            case Shared ignored -> null;
            case Named named -> named.name();
        };
    }
}
