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

    /** {@code os/architecture[/variant]}. */
    @Override
    public String toString() {
        return os + "/" + architecture + (variant == null || variant.isEmpty() ? "" : "/" + variant);
    }
}
