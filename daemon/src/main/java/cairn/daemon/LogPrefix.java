package cairn.daemon;

import cairn.engine.log.LogRecord;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** What stands in front of a log record: its time, and what the container logs along. */
record LogPrefix(boolean timestamps, boolean details) {
    static final LogPrefix NONE = new LogPrefix(false, false);
    private static final byte[] NOTHING = {};

    byte[] before(LogRecord record) {
        if (!timestamps && !details) {
            return NOTHING;
        }
        byte[] detail = details ? (details(record.attributes()) + " ").getBytes(StandardCharsets.US_ASCII) : NOTHING;
        if (!timestamps) {
            return detail;
        }
        byte[] both = Arrays.copyOf(record.stamp(), LogRecord.STAMP + 1 + detail.length);
        both[LogRecord.STAMP] = ' ';
        System.arraycopy(detail, 0, both, LogRecord.STAMP + 1, detail.length);
        return both;
    }

    /** {@code key=value}, sorted, each escaped as in a query. */
    private static String details(Map<String, String> attributes) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> entry : new TreeMap<>(attributes).entrySet()) {
            text.append(text.isEmpty() ? "" : ",")
                    .append(escape(entry.getKey()))
                    .append('=')
                    .append(escape(entry.getValue()));
        }
        return text.toString();
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("*", "%2A");
    }
}
