package cairn.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.cli.show.Tree;
import cairn.cli.template.JsonText;
import cairn.cli.template.Template;
import cairn.cli.template.TemplateException;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The oracle is what Docker's own client 28.2 prints for the same container. */
class InspectTypesTest {
    private static Object container() throws IOException {
        try (InputStream in = InspectTypesTest.class.getResourceAsStream("container.json")) {
            return InspectTypes.typed(Tree.read(in.readAllBytes()).value());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{{.State.Health}}|<nil>",
                "{{.HostConfig.Binds}}|[]",
                "{{.Config.Labels.zz}}|<no value>",
                "{{index .Config.Labels \"zz\"}}|``",
                "{{.Config.Labels}}|map[a:b]",
                "{{.Config.Entrypoint}}|[]",
                "{{.HostConfig.MemorySwappiness}}|<nil>",
                "{{.Config.Volumes}}|map[]",
                "{{json .Config.Volumes}}|null",
                "{{.State.Status}} {{.State.Pid}}|running 12",
                "{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}}|8080",
                "{{index .NetworkSettings.Ports \"81/tcp\"}}|[]",
                "{{range .Config.Env}}{{println .}}{{end}}|`A=b\nPATH=/bin\n`",
                "{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}|none",
                "{{join .Args \" \"}}|-c x",
                "{{range $k, $v := .NetworkSettings.Networks}}{{$k}}={{$v.IPAddress}}{{end}}|bridge=172.17.0.2",
            })
    void absentMembersPrintByTheirGoType(String template, String expected) throws IOException {
        assertThat(Template.parse(template).render(container(), InspectTypes.ABSENT))
                .isEqualTo(expected);
    }

    @Test
    void unknownMembersAreFaults() throws IOException {
        Object container = container();
        assertThatThrownBy(() -> Template.parse("{{.State.Foo}}").render(container, InspectTypes.ABSENT))
                .isInstanceOf(TemplateException.class)
                .hasMessage("template: :1:8: executing \"\" at <.State.Foo>: map has no entry for key \"Foo\"");
    }

    @Test
    void typesDoNotShowInJson() throws IOException {
        try (InputStream in = InspectTypesTest.class.getResourceAsStream("container.json")) {
            Object raw = Tree.read(in.readAllBytes()).value();
            assertThat(JsonText.compact(container())).isEqualTo(JsonText.compact(raw));
        }
    }
}
