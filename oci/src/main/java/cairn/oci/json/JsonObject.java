package cairn.oci.json;

import cairn.oci.InvalidDocumentException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An object of a JSON text. Members that are missing and members that are null are the same to all accessors. */
public final class JsonObject {
    private final String what;
    private final Map<?, ?> members;

    JsonObject(String what, Map<?, ?> members) {
        this.what = what;
        this.members = members;
    }

    /**
     * Refuses members whose names differ from the given ones in case only: Go takes them for the same.
     *
     * @return this
     */
    public JsonObject knowing(Set<String> names) throws InvalidDocumentException {
        for (Object member : members.keySet()) {
            for (String name : names) {
                if (!name.equals(member) && name.equalsIgnoreCase((String) member)) {
                    throw new InvalidDocumentException(what + " has member " + GoJson.quote((String) member)
                            + " instead of " + GoJson.quote(name));
                }
            }
        }
        return this;
    }

    public boolean has(String name) {
        return members.get(name) != null;
    }

    public @Nullable String string(String name) throws InvalidDocumentException {
        Object value = members.get(name);
        return value == null ? null : text(name, value);
    }

    public String string(String name, String missing) throws InvalidDocumentException {
        String value = string(name);
        return value == null ? missing : value;
    }

    public boolean bool(String name) throws InvalidDocumentException {
        Object value = members.get(name);
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean bool) {
            return bool;
        }
        throw wrong(name, "a boolean");
    }

    /** Zero where it is missing. */
    public long integer(String name) throws InvalidDocumentException {
        Object value = members.get(name);
        if (value == null) {
            return 0;
        }
        // Asked for its digits before it is expanded: 1e999999999 has a billion.
        if (value instanceof BigDecimal number
                && number.precision() - (long) number.scale() <= 19
                && number.scale() <= 19) {
            try {
                return number.longValueExact();
            } catch (ArithmeticException e) {
                throw new InvalidDocumentException(what + ": " + GoJson.quote(name) + " is no whole number", e);
            }
        }
        throw wrong(name, "a whole number");
    }

    public @Nullable JsonObject object(String name) throws InvalidDocumentException {
        Object value = members.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Map<?, ?> map) {
            return new JsonObject(what, map);
        }
        throw wrong(name, "an object");
    }

    public @Nullable List<JsonObject> objects(String name) throws InvalidDocumentException {
        List<?> elements = elements(name);
        if (elements == null) {
            return null;
        }
        List<JsonObject> objects = new ArrayList<>();
        for (Object element : elements) {
            if (!(element instanceof Map<?, ?> map)) {
                throw wrong(name, "an array of objects");
            }
            objects.add(new JsonObject(what, map));
        }
        return objects;
    }

    public @Nullable List<String> strings(String name) throws InvalidDocumentException {
        List<?> elements = elements(name);
        if (elements == null) {
            return null;
        }
        List<String> strings = new ArrayList<>();
        for (Object element : elements) {
            if (!(element instanceof String string)) {
                throw wrong(name, "an array of strings");
            }
            strings.add(string);
        }
        return strings;
    }

    /** An array of strings that may also be written as one string (Go's {@code strslice}). */
    public @Nullable List<String> stringOrStrings(String name) throws InvalidDocumentException {
        return members.get(name) instanceof String string ? List.of(string) : strings(name);
    }

    public @Nullable Map<String, String> stringMap(String name) throws InvalidDocumentException {
        JsonObject object = object(name);
        if (object == null) {
            return null;
        }
        Map<String, String> map = new LinkedHashMap<>();
        for (Map.Entry<?, ?> member : object.members.entrySet()) {
            String value = member.getValue() == null ? "" : text(name, member.getValue());
            map.put((String) member.getKey(), value);
        }
        return map;
    }

    /** The names of an object's members, whose values say nothing. */
    public @Nullable Set<String> names(String name) throws InvalidDocumentException {
        JsonObject object = object(name);
        if (object == null) {
            return null;
        }
        Set<String> names = new LinkedHashSet<>();
        for (Object member : object.members.keySet()) {
            names.add((String) member);
        }
        return names;
    }

    /** What is wrong with a member, as an exception. */
    public InvalidDocumentException wrong(String name, String expected) {
        return new InvalidDocumentException(what + ": " + GoJson.quote(name) + " is not " + expected);
    }

    /** The document's name in messages. */
    public String what() {
        return what;
    }

    private @Nullable List<?> elements(String name) throws InvalidDocumentException {
        Object value = members.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw wrong(name, "an array");
    }

    private String text(String name, Object value) throws InvalidDocumentException {
        if (value instanceof String string) {
            return string;
        }
        throw wrong(name, "a string");
    }
}
