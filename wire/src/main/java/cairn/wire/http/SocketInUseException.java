package cairn.wire.http;

import java.io.IOException;
import java.nio.file.Path;

/** Somebody answers on the socket already, or something that is no socket is in its place. */
public final class SocketInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    SocketInUseException(Path socket, String why) {
        super(socket + " " + why);
    }
}
