package cairn.wire;

import io.avaje.json.PropertyNames;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The field names of one record, each declared as in Go: {@code Name}, {@code Name,omitempty} or {@code Name,omitnil}. */
final class Tags implements PropertyNames {
    /** Stands for an object whose names are data: a map. */
    static final Tags NONE = new Tags(new String[0]);

    private enum Omit {
        NEVER,
        NULL,
        EMPTY
    }

    private final byte[][] keys;
    private final Omit[] omit;
    private final Map<String, String> declared;
    private volatile @Nullable Map<String, String> lowerCase;

    Tags(String[] tags) {
        keys = new byte[tags.length][];
        omit = new Omit[tags.length];
        declared = HashMap.newHashMap(tags.length);
        for (int i = 0; i < tags.length; i++) {
            String tag = tags[i];
            int comma = tag.indexOf(',');
            String name = comma < 0 ? tag : tag.substring(0, comma);
            omit[i] = comma < 0 ? Omit.NEVER : tag.endsWith(",omitnil") ? Omit.NULL : Omit.EMPTY;
            keys[i] = ("\"" + name + "\":").getBytes(StandardCharsets.UTF_8);
            declared.put(name, tag);
        }
    }

    /** The encoded name with quotes and colon. */
    byte[] key(int position) {
        return keys[position];
    }

    boolean omitsNull(int position) {
        return omit[position] != Omit.NEVER;
    }

    boolean omitsEmpty(int position) {
        return omit[position] == Omit.EMPTY;
    }

    /** The declared form of a name in a document. Go compares without case when there is no exact match. */
    String declared(String name) {
        String exact = declared.get(name);
        if (exact != null || declared.isEmpty()) {
            return exact == null ? name : exact;
        }
        Map<String, String> lower = lowerCase;
        if (lower == null) {
            lower = HashMap.newHashMap(declared.size());
            for (Map.Entry<String, String> entry : declared.entrySet()) {
                lower.put(entry.getKey().toLowerCase(Locale.ROOT), entry.getValue());
            }
            lowerCase = lower;
        }
        return lower.getOrDefault(name.toLowerCase(Locale.ROOT), name);
    }
}
