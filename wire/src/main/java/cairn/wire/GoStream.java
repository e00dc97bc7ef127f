package cairn.wire;

import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.json.PropertyNames;
import io.avaje.json.stream.BufferedJsonWriter;
import io.avaje.json.stream.BytesJsonWriter;
import io.avaje.json.stream.JsonOutput;
import io.avaje.json.stream.JsonStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;

/** Gives the generated adapters names with Go's tags, a reader that understands them and a writer that obeys them. */
final class GoStream implements JsonStream {
    @Override
    public PropertyNames properties(String... names) {
        return new Tags(names);
    }

    @Override
    public JsonReader reader(byte[] json) {
        return new TagReader(json);
    }

    @Override
    public JsonReader reader(String json) {
        throw new UnsupportedOperationException("JSON is read from bytes");
    }

    @Override
    public JsonReader reader(InputStream json) {
        throw new UnsupportedOperationException("JSON is read from bytes");
    }

    @Override
    public JsonReader reader(Reader json) {
        throw new UnsupportedOperationException("JSON is read from bytes");
    }

    @Override
    public BytesJsonWriter bufferedWriterAsBytes() {
        return new GoWriter();
    }

    @Override
    public BufferedJsonWriter bufferedWriter() {
        throw new UnsupportedOperationException("JSON is written as bytes");
    }

    @Override
    public JsonWriter writer(Writer writer) {
        throw new UnsupportedOperationException("JSON is written as bytes");
    }

    @Override
    public JsonWriter writer(OutputStream stream) {
        throw new UnsupportedOperationException("JSON is written as bytes");
    }

    @Override
    public JsonWriter writer(JsonOutput output) {
        throw new UnsupportedOperationException("JSON is written as bytes");
    }
}
