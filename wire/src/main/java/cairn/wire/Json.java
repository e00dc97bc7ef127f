package cairn.wire;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import io.avaje.jsonb.Types;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one JSON instance: records of this module to bytes and back.
 *
 * <p>Writing follows Go: null stays null unless the field's name carries {@code omitempty}, and no character is escaped for
 * HTML. Reading skips unknown fields, matches names without regard to case when the exact name is missing, and takes a bare
 * string where a list of strings is expected.
 */
public final class Json {
    /** Limit for the body of an ordinary request. */
    public static final int BODY_LIMIT = 4 << 20;

    private Json() {}

    /** A record, list, map, string, number, boolean or null as UTF-8 bytes, without a line end. */
    public static byte[] write(@Nullable Object value) {
        return value == null ? Codec.NULL.clone() : Codec.JSONB.toJsonBytes(value);
    }

    /** Like {@link #write}, as text. */
    public static String text(@Nullable Object value) {
        return new String(write(value), StandardCharsets.UTF_8);
    }

    /**
     * One record.
     *
     * @throws JsonException when the bytes are not one JSON document of that shape
     */
    public static <T> T read(Class<T> type, byte[] json) {
        return decode(Codec.JSONB.type(type), type.getSimpleName(), json);
    }

    /** Reads to the end of the stream; more than {@code limit} bytes are refused. */
    public static <T> T read(Class<T> type, InputStream json, int limit) throws IOException {
        return read(type, bounded(json, limit));
    }

    /** A list of records. */
    public static <T> List<T> readList(Class<T> type, byte[] json) {
        return decode(Codec.JSONB.<List<T>>type(Types.listOf(type)), "list of " + type.getSimpleName(), json);
    }

    /**
     * Any document as plain values: maps and lists in document order, String, Boolean, Long, BigDecimal, null. For documents
     * that are shown rather than understood.
     */
    public static @Nullable Object tree(byte[] json) {
        JsonSyntax.check(json);
        return JsonTree.read(json);
    }

    private static <T> T decode(JsonType<T> type, String name, byte[] json) {
        JsonSyntax.check(json);
        T value;
        try {
            value = type.fromJson(json);
        } catch (RuntimeException e) {
            throw new JsonException("JSON does not fit " + name + ": " + e.getMessage(), e);
        }
        if (value == null) {
            throw new JsonException("JSON does not fit " + name + ": it is null");
        }
        return value;
    }

    private static byte[] bounded(InputStream in, int limit) throws IOException {
        byte[] body = in.readNBytes(limit);
        if (body.length == limit && in.read() >= 0) {
            throw new JsonException("JSON document is larger than " + limit + " bytes");
        }
        return body;
    }

    /** Initialised on first use, so that a command without JSON does not pay for it. */
    private static final class Codec {
        static final byte[] NULL = {'n', 'u', 'l', 'l'};
        static final Jsonb JSONB =
                Jsonb.builder().adapter(new GoStream()).add(new TypeAdapters()).build();
    }
}
