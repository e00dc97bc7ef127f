package cairn.engine.layer;

import cairn.linux.DirectoryHandle;
import java.nio.charset.StandardCharsets;

/** overlayfs's own marks in a layer, and how a tar stream writes them (OCI image spec, layer, "Whiteouts"). */
final class Overlay {
    /** On a directory: what the layers below have in it does not show through. */
    static final String OPAQUE = "trusted.overlay.opaque";

    /** On an upper layer's root: the identity of the mounted file system, 16 bytes. */
    static final String UUID = "trusted.overlay.uuid";

    static final String WHITEOUT_PREFIX = ".wh.";
    /** Names with this prefix belonged to aufs itself. */
    static final String AUFS_PREFIX = ".wh..wh.";

    static final String OPAQUE_MARK = ".wh..wh..opq";

    /** More lower directories Docker does not stack. */
    static final int MAX_LOWERS = 128;

    private Overlay() {}

    static void makeOpaque(DirectoryHandle directory) {
        directory.setxattr(OPAQUE, "y".getBytes(StandardCharsets.US_ASCII));
    }

    /** Attributes that mean something to overlayfs: an archive could redirect a directory out of its layer with them. */
    static boolean isOverlayAttribute(String name) {
        return name.startsWith("trusted.overlay.") || name.startsWith("user.overlay.");
    }
}
