package cairn.engine.check;

import cairn.oci.ChainId;
import cairn.oci.DiffId;
import cairn.oci.ImageId;
import org.jspecify.annotations.Nullable;

/** Identifiers as they may stand in files that anybody may have damaged. */
final class Ids {
    private Ids() {}

    static @Nullable DiffId diffId(String text) {
        try {
            return DiffId.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static @Nullable ChainId chainId(String text) {
        try {
            return ChainId.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static @Nullable ImageId imageId(String text) {
        try {
            return ImageId.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static boolean isHex64(String text) {
        return text.length() == 64 && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    static boolean isShortLink(@Nullable String text) {
        return text != null
                && text.length() == Picture.LINK_LENGTH
                && text.chars().allMatch(c -> (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'));
    }

    /** A name that leads nowhere but into its directory; null for anything else. */
    static @Nullable String directory(@Nullable String text) {
        return text == null
                        || text.isEmpty()
                        || text.startsWith(".")
                        || text.indexOf('/') >= 0
                        || text.indexOf('\0') >= 0
                ? null
                : text;
    }

    /** The first digits of an ID, for sentences. */
    static String brief(String hex) {
        return hex.substring(0, Math.min(12, hex.length()));
    }
}
