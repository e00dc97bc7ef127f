package cairn.hostile;

import java.util.Objects;

/**
 * An image archive, as {@code docker load} takes it, that means harm.
 *
 * @param says what the message of its refusal contains; empty for an archive that loads and harms nobody
 */
public record HostileImage(String name, String says, HostileLayer.Source source) {
    public HostileImage {
        Objects.requireNonNull(says);
    }

    public boolean isRefused() {
        return !says.isEmpty();
    }

    @Override
    public String toString() {
        return name;
    }
}
