package cairn.cli.create;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of a request, with the API's names. What says nothing (null, "", 0, false, an empty list or object) is left
 * out, which the daemon reads as the same.
 *
 * <p>Plain values rather than the wire module's records: to set up their codec takes longer than all else that {@code cairn run}
 * does before its first request. That the names are right is CreateRequestTest's business.
 */
public final class Body {
    private final Map<String, Object> members = new LinkedHashMap<>();

    public Body with(String name, @Nullable Object value) {
        if (value instanceof Body body) {
            return body.members.isEmpty() ? this : always(name, body.members);
        }
        return value == null || empty(value) ? this : always(name, value);
    }

    /** Also when it is empty. */
    public Body always(String name, Object value) {
        members.put(name, value);
        return this;
    }

    private static boolean empty(Object value) {
        return (value instanceof String text && text.isEmpty())
                || (value instanceof Number number && number.longValue() == 0)
                || Boolean.FALSE.equals(value)
                || (value instanceof Collection<?> list && list.isEmpty())
                || (value instanceof Map<?, ?> map && map.isEmpty());
    }

    /** For the writer of JSON; not a copy. */
    public Map<String, Object> members() {
        return members;
    }
}
