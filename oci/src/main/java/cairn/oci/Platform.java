package cairn.oci;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What machine an image is for, in Go's names ({@code linux}, {@code amd64}). */
public record Platform(
        String os,
        String architecture,
        @Nullable String variant,
        @Nullable String osVersion,
        List<String> osFeatures) {

    public Platform {
        osFeatures = List.copyOf(osFeatures);
    }

    public Platform(String os, String architecture, @Nullable String variant) {
        this(os, architecture, variant, null, List.of());
    }

    /** Whether this machine runs images for {@code other}; a variant counts only where both say one. */
    public boolean runs(Platform other) {
        return os.equals(other.os)
                && architecture.equals(other.architecture)
                && (variant == null || other.variant == null || variant.equals(other.variant));
    }

    /** {@code os/architecture[/variant]}. */
    @Override
    public String toString() {
        return os + "/" + architecture + (variant == null || variant.isEmpty() ? "" : "/" + variant);
    }
}
