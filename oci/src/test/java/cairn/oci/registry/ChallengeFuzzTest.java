package cairn.oci.registry;

import cairn.hostile.Fuzzing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChallengeFuzzTest {
    @Test
    void challengeIsReadOrRefused() {
        List<byte[]> seeds = new ArrayList<>();
        for (String text : List.of(
                "Bearer realm=\"https://auth.example/token\",service=\"registry\",scope=\"repository:a/b:pull,push\"",
                "Basic realm=\"x\"",
                "Basic realm=\"x\", Bearer realm=\"a\\\"b\",error=invalid_token",
                "Negotiate abc==",
                ", ,Basic")) {
            seeds.add(text.getBytes(StandardCharsets.ISO_8859_1));
        }
        new Fuzzing("challenges", seeds, "Bearer ", "Basic ", "realm=", "\"", "\\", ",", "=", " ").run(input -> {
            try {
                Challenge.parse(new String(input, StandardCharsets.ISO_8859_1));
            } catch (RegistryException e) {
                // Refused.
            }
        });
    }
}
