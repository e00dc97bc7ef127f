package cairn.wire.http;

import org.apache.hc.core5.http.config.Http1Config;

/** What either end accepts from the other. */
final class Limits {
    /** Bytes read at once where lines are looked for, and held by an idle connection; what is long goes past this buffer. */
    static final int BUFFER = 2 << 10;

    /** Bytes of a whole head. Build requests carry their arguments in the query, and credentials in a header. */
    static final int HEAD = 1 << 20;

    static final Http1Config CONFIG = Http1Config.custom()
            .setMaxLineLength(512 << 10)
            .setMaxHeaderCount(128)
            .setMaxEmptyLineCount(4)
            .setBufferSize(BUFFER)
            .build();

    private Limits() {}
}
