package cairn.wire;

import cairn.wire.jsonb.GeneratedJsonComponent;
import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonDataException;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.json.stream.BufferRecycleStrategy;
import io.avaje.json.stream.JsonStream;
import io.avaje.jsonb.AdapterFactory;
import io.avaje.jsonb.Jsonb;
import io.avaje.jsonb.spi.JsonbComponent;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the adapter of every type that the records use in one step. The library asks each registered adapter in turn, twice
 * over, which costs a command that reads one list tens of milliseconds.
 */
final class TypeAdapters implements AdapterFactory {
    private final Map<Type, Jsonb.AdapterBuilder> records = new HashMap<>();

    TypeAdapters() {
        new GeneratedJsonComponent().register(new Recorder(records));
    }

    @Override
    public @Nullable JsonAdapter<?> create(Type type, Jsonb jsonb) {
        if (type instanceof ParameterizedType generic) {
            return generic(generic, jsonb);
        }
        Jsonb.AdapterBuilder record = records.get(type);
        return record != null ? record.build(jsonb).nullSafe() : plain(type);
    }

    private static @Nullable JsonAdapter<?> generic(ParameterizedType type, Jsonb jsonb) {
        Type[] arguments = type.getActualTypeArguments();
        if (type.getRawType() == List.class) {
            return arguments[0] == String.class
                    ? new StringListAdapter()
                    : new ListAdapter<>(jsonb.adapter(arguments[0]));
        }
        if (type.getRawType() == Map.class) {
            return arguments[1] == String.class
                    ? new MapAdapter<>(new TextAdapter())
                    : new MapAdapter<>(jsonb.adapter(arguments[1]));
        }
        return null;
    }

    private static @Nullable JsonAdapter<?> plain(Type type) {
        if (type == String.class) {
            return new StringAdapter();
        }
        if (type == List.class) {
            return new StringListAdapter(); // the rows of a table: the generator forgets what an inner list holds
        }
        if (type == long.class || type == int.class || type == boolean.class) {
            return scalar(type);
        }
        return type == Long.class || type == Integer.class || type == Boolean.class
                ? scalar(type).nullSafe()
                : null;
    }

    private static JsonAdapter<?> scalar(Type type) {
        if (type == long.class || type == Long.class) {
            return new LongAdapter();
        }
        return type == int.class || type == Integer.class ? new IntAdapter() : new BooleanAdapter();
    }

    private static final class StringAdapter implements JsonAdapter<@Nullable String> {
        @Override
        public void toJson(JsonWriter writer, @Nullable String value) {
            writer.value(value);
        }

        @Override
        public @Nullable String fromJson(JsonReader reader) {
            return reader.isNullValue() ? null : reader.readString();
        }
    }

    /** The values of a map of strings: null is "", as in Go. */
    private static final class TextAdapter implements JsonAdapter<String> {
        @Override
        public void toJson(JsonWriter writer, String value) {
            writer.value(value);
        }

        @Override
        public String fromJson(JsonReader reader) {
            return reader.isNullValue() ? "" : reader.readString();
        }
    }

    private static final class LongAdapter implements JsonAdapter<Long> {
        @Override
        public void toJson(JsonWriter writer, Long value) {
            writer.value(value);
        }

        @Override
        public Long fromJson(JsonReader reader) {
            return reader.readLong();
        }
    }

    private static final class IntAdapter implements JsonAdapter<Integer> {
        @Override
        public void toJson(JsonWriter writer, Integer value) {
            writer.value(value);
        }

        @Override
        public Integer fromJson(JsonReader reader) {
            return reader.readInt();
        }
    }

    private static final class BooleanAdapter implements JsonAdapter<Boolean> {
        @Override
        public void toJson(JsonWriter writer, Boolean value) {
            writer.value(value);
        }

        @Override
        public Boolean fromJson(JsonReader reader) {
            return !reader.isNullValue() && reader.readBoolean();
        }
    }

    private record ListAdapter<T>(JsonAdapter<T> element) implements JsonAdapter<@Nullable List<T>> {
        @Override
        public void toJson(JsonWriter writer, @Nullable List<T> value) {
            if (value == null) {
                writer.nullValue();
                return;
            }
            writer.beginArray();
            for (T item : value) {
                element.toJson(writer, item);
            }
            writer.endArray();
        }

        @Override
        public @Nullable List<T> fromJson(JsonReader reader) {
            if (reader.isNullValue()) {
                return null;
            }
            List<T> list = new ArrayList<>();
            reader.beginArray();
            while (reader.hasNextElement()) {
                if (reader.isNullValue()) {
                    throw new JsonDataException("null in a list");
                }
                list.add(element.fromJson(reader));
            }
            reader.endArray();
            return list;
        }
    }

    /** Maps are written in the order of their keys, as in Go, and read in the document's. */
    private record MapAdapter<T>(JsonAdapter<T> value) implements JsonAdapter<@Nullable Map<String, T>> {
        @Override
        public void toJson(JsonWriter writer, @Nullable Map<String, T> map) {
            if (map == null) {
                writer.nullValue();
                return;
            }
            Map<String, T> sorted = map instanceof SortedMap ? map : new TreeMap<>(map);
            writer.beginObject();
            sorted.forEach((key, item) -> {
                writer.name(key);
                value.toJson(writer, item);
            });
            writer.endObject();
        }

        @Override
        public @Nullable Map<String, T> fromJson(JsonReader reader) {
            if (reader.isNullValue()) {
                return null;
            }
            Map<String, T> map = new LinkedHashMap<>();
            reader.beginObject();
            while (reader.hasNextField()) {
                String key = reader.nextField();
                map.put(key, value.fromJson(reader));
            }
            reader.endObject();
            return map;
        }
    }

    /** Takes down what the generated component registers; it is told nothing else. */
    private record Recorder(Map<Type, Jsonb.AdapterBuilder> records) implements Jsonb.Builder {
        @Override
        public Jsonb.Builder add(Type type, Jsonb.AdapterBuilder builder) {
            records.put(type, builder);
            return this;
        }

        @Override
        public <T> Jsonb.Builder add(Type type, JsonAdapter<T> adapter) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> Jsonb.Builder add(Type type, Supplier<JsonAdapter<T>> supplier) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Jsonb.Builder add(JsonbComponent component) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Jsonb.Builder add(AdapterFactory factory) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Jsonb.Builder adapter(JsonStream stream) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Jsonb.Builder serializeNulls(boolean on) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Jsonb.Builder serializeEmpty(boolean on) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Jsonb.Builder failOnUnknown(boolean on) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Jsonb.Builder failOnNullPrimitives(boolean on) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Jsonb.Builder mathTypesAsString(boolean on) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Jsonb.Builder calendarAsString(boolean on) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Jsonb.Builder bufferRecycling(BufferRecycleStrategy strategy) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Jsonb.Builder classLoader(ClassLoader loader) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Jsonb build() {
            throw new UnsupportedOperationException();
        }
    }
}
