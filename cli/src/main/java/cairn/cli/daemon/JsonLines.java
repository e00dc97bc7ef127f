package cairn.cli.daemon;

import cairn.cli.show.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * JSON documents one after the other (events, progress), ended by line feeds or not: a document ends where its outermost
 * bracket closes, so that one is shown as soon as it is complete.
 */
public final class JsonLines {
    private static final int LONGEST = 4 << 20;

    private final InputStream in;
    private final byte[] buffer = new byte[8192];
    private int at;
    private int end;

    public JsonLines(InputStream in) {
        this.in = in;
    }

    /** The next object, or null at the end of the stream. */
    public @Nullable Tree next() throws IOException {
        ByteArrayOutputStream document = new ByteArrayOutputStream();
        int depth = 0;
        boolean quoted = false;
        boolean escaped = false;
        for (int c = read(); c >= 0; c = read()) {
            if (depth == 0 && c != '{') {
                continue;
            }
            document.write(c);
            if (document.size() > LONGEST) {
                throw new IOException("a JSON document in the stream is longer than " + LONGEST + " bytes");
            }
            if (quoted) {
                quoted = escaped || c != '"';
                escaped = !escaped && c == '\\';
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                return Tree.read(document.toByteArray());
            }
        }
        return null;
    }

    private int read() throws IOException {
        if (at == end) {
            end = in.read(buffer);
            at = 0;
            if (end <= 0) {
                end = 0;
                return -1;
            }
        }
        return buffer[at++] & 0xff;
    }
}
