package cairn.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds every record against what Go's encoder makes of the API's own types: once with each field at its zero value and once
 * with each field set. {@code encoding.txt} has one line per case: record, zero or full, document.
 */
class EncodingTest {
    static Stream<String> cases() throws IOException {
        try (InputStream in = EncodingTest.class.getResourceAsStream("encoding.txt")) {
            return new String(in.readAllBytes(), UTF_8).lines().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void encodesAsGoDoes(String line) throws Exception {
        String[] part = line.split(" ", 3);
        Class<?> type = record(part[0]);
        String document = part[1].equals("zero") ? "{}" : part[2];

        Object value = Json.read(type, document.getBytes(UTF_8));

        assertThat(Json.text(value)).isEqualTo(part[2]);
    }

    private static Class<?> record(String name) throws ClassNotFoundException {
        for (String part : new String[] {"", "container.", "image.", "network.", "volume.", "system.", "stats."}) {
            try {
                return Class.forName("cairn.wire." + part + name);
            } catch (ClassNotFoundException e) {
                // the next package
            }
        }
        throw new ClassNotFoundException(name);
    }
}
