package cairn.oci.registry;

import cairn.hostile.Fuzzing;
import cairn.oci.InvalidDocumentException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostsFileFuzzTest {
    @Test
    void hostsAreReadOrRefused() {
        List<byte[]> seeds = new ArrayList<>();
        for (String text : List.of(
                """
                        server = "https://registry.example"
                        [host."https://mirror.example:5000/v2/a"]
                          capabilities = ["pull", "resolve"]
                          ca = ["one.crt", '/two.crt']
                          client = [["c.cert", "c.key"]]
                          skip_verify = false
                          override_path = true
                          [host."https://mirror.example:5000/v2/a".header]
                            x-one = ["a", "b"]
                        """,
                "host.'http://a' = { capabilities = ['push'], header = { a = 'b' } } # end\n",
                "server='\\u00e4'\nskip_verify=true\n")) {
            seeds.add(text.getBytes(StandardCharsets.UTF_8));
        }
        new Fuzzing(
                        "hosts files",
                        seeds,
                        "[",
                        "]",
                        "[host.",
                        "{",
                        "}",
                        "=",
                        "\"",
                        "'",
                        "\"\"\"",
                        "\\u",
                        ".",
                        "\n",
                        "# ")
                .run(input -> {
                    try {
                        HostsFile.parse(
                                "hosts.toml", Path.of("/etc/certs.d/h"), new String(input, StandardCharsets.UTF_8));
                    } catch (InvalidDocumentException e) {
                        // Refused.
                    }
                });
    }
}
