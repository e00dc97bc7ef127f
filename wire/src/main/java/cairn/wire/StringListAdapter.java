package cairn.wire;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists of strings. A bare string is a list of one, as Docker takes it for commands and entry points; a null element is "". */
final class StringListAdapter implements JsonAdapter<@Nullable List<String>> {
    @Override
    public void toJson(JsonWriter writer, @Nullable List<String> value) {
        if (value == null) {
            writer.nullValue();
            return;
        }
        writer.beginArray();
        for (String element : value) {
            writer.value(element);
        }
        writer.endArray();
    }

    @Override
    public @Nullable List<String> fromJson(JsonReader reader) {
        if (reader.isNullValue()) {
            return null;
        }
        List<String> list = new ArrayList<>();
        if (reader.currentToken() == JsonReader.Token.STRING) {
            list.add(reader.readString());
            return list;
        }
        reader.beginArray();
        while (reader.hasNextElement()) {
            list.add(reader.isNullValue() ? "" : reader.readString());
        }
        reader.endArray();
        return list;
    }
}
