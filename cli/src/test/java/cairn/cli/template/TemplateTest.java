package cairn.cli.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The oracle is Go's text/template 1.26 with Docker's functions, run over the same data: template, tab, missingkey option, tab,
 * "ok" or "fault", tab, output or message as JSON.
 */
class TemplateTest {
    static Stream<String[]> templates() throws IOException {
        try (InputStream in = TemplateTest.class.getResourceAsStream("go-templates.tsv")) {
            List<String[]> rows = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                rows.add(line.split("\t", -1));
            }
            return rows.stream();
        }
    }

    @ParameterizedTest(name = "{0} [{1}]")
    @MethodSource("templates")
    void rendersAndFailsAsGoDoes(String template, String missing, String kind, String expected) {
        Absent absent = missing.equals("error") ? Absent.STRICT : Absent.LENIENT;
        String result;
        String found = "ok";
        try {
            result = Template.parse(template).render(data(), absent);
        } catch (TemplateException e) {
            result = e.getMessage();
            found = "fault";
        }
        assertThat(JsonText.compact(result)).isEqualTo(expected);
        assertThat(found).isEqualTo(kind);
    }

    @Test
    void faultsNameTheLineOfTheTemplate() {
        assertThatThrownBy(() -> Template.parse("a\n{{.Name}}\n{{foo}}"))
                .isInstanceOf(TemplateException.class)
                .hasMessage("template: :3: function \"foo\" not defined");
        assertThatThrownBy(() -> Template.parse("a\nb {{.Zzz}}").render(data(), Absent.STRICT))
                .hasMessage("template: :2:4: executing \"\" at <.Zzz>: map has no entry for key \"Zzz\"");
    }

    @Test
    void nullsOfKnownTypePrintAsGoPrintsThem() {
        Map<String, Object> data = map("L", Nil.LIST, "M", Nil.MAP, "P", Nil.POINTER);
        assertThat(Template.parse(
                                "{{.L}} {{.M}} {{.P}} {{len .L}} {{json .L}} {{range .L}}x{{else}}-{{end}}{{if .P}}x{{end}}")
                        .render(data, Absent.STRICT))
                .isEqualTo("[] map[] <nil> 0 null -");
    }

    @Test
    void headersKeepTheirNamesThroughFunctions() {
        Fields header = new cairn.cli.show.Columns("T", "Names", "NAMES", "ID", "CONTAINER ID");
        assertThat(Template.parse("{{lower .Names}}\t{{truncate .ID 3}}\t{{.Label \"com.example.my-label\"}}")
                        .renderHeader(header))
                .isEqualTo("NAMES\tCONTAINER ID\tmy label");
    }

    private static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    /** In the order of the keys, as Go sorts them when it prints maps as JSON. */
    private static Object data() {
        Map<String, Object> first = map("HostIp", "0.0.0.0", "HostPort", "8080");
        Map<String, Object> second = map("HostIp", "::", "HostPort", "8080");
        Map<String, Object> bind = map("Destination", "/x", "RW", true, "Source", "/tmp", "Type", "bind");
        Map<String, Object> volume = map("Destination", "/v", "Name", "v1", "RW", false, "Type", "volume");
        Map<String, Object> data =
                map("Args", List.of("-c", "sleep 1"), "Big", 1e21, "Empty", "", "Id", "abcdef0123456789");
        data.put("Labels", map("a", "1", "b", "2", "com.example.x", "dot"));
        data.put("Mounts", List.of(bind, volume));
        data.putAll(map("Name", "/web", "No", false, "None", List.of(), "Nothing", null));
        data.put("Ports", map("443/tcp", null, "80/tcp", List.of(first, second)));
        data.putAll(map("Ratio", 0.25, "Size", 4261574L));
        data.put("State", map("ExitCode", 0L, "Pid", 12L, "Running", true, "Status", "running"));
        data.putAll(map("Yes", true, "Zero", 0L));
        return data;
    }
}
