package cairn.cli.show;

import cairn.wire.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON answer as plain data: maps in the order of the text, lists, String, Boolean, Long, Double, null. Members that no
 * record of ours knows are kept, as inspect must. Reading a member that is not there, or of another type, gives the empty
 * value of the type asked for.
 */
public record Tree(@Nullable Object value) {
    /** What is not there. */
    public static final Tree NOTHING = new Tree(null);

    /** Reads one JSON text. */
    public static Tree read(byte[] json) {
        return new Tree(Json.tree(json));
    }

    public Tree at(String name) {
        Object member = value instanceof Map<?, ?> map ? map.get(name) : null;
        return member == null ? NOTHING : new Tree(member);
    }

    public Tree at(String first, String second) {
        return at(first).at(second);
    }

    public boolean there() {
        return value != null;
    }

    public String text() {
        return value instanceof String text ? text : "";
    }

    public long number() {
        return value instanceof Number number ? number.longValue() : 0;
    }

    public boolean on() {
        return value instanceof Boolean flag && flag;
    }

    public List<Tree> items() {
        List<Tree> items = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object item : list) {
                items.add(new Tree(item));
            }
        }
        return items;
    }

    /** The strings of a list. */
    public List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (Tree item : items()) {
            texts.add(item.text());
        }
        return texts;
    }

    /** The members of a map, in their order. */
    public Map<String, Tree> members() {
        Map<String, Tree> members = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                members.put(String.valueOf(entry.getKey()), new Tree(entry.getValue()));
            }
        }
        return members;
    }
}
