package cairn.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FiltersTest {
    @Test
    void bothFormsMeanTheSame() {
        Filters lists = Filters.parse("{\"label\":[\"a=1\",\"b\"],\"status\":[\"running\"]}");
        Filters maps = Filters.parse("{\"label\":{\"a=1\":true,\"b\":true,\"c\":false},\"status\":{\"running\":true}}");
        assertThat(lists).isEqualTo(maps);
        assertThat(lists.get("label")).containsExactly("a=1", "b");
        assertThat(lists.unknown(Set.of("label"))).isEqualTo("status");
        assertThat(lists.unknown(Set.of("label", "status"))).isNull();
        assertThat(Filters.parse(lists.encode())).isEqualTo(lists);
    }

    @Test
    void absentAndEmptyFilterNothing() {
        assertThat(Filters.parse(null).isEmpty()).isTrue();
        assertThat(Filters.parse("").isEmpty()).isTrue();
        assertThat(Filters.parse("{}").isEmpty()).isTrue();
        assertThat(Filters.parse("{\"label\":null}").get("label")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[]", "\"label\"", "{\"label\":\"a\"}", "{\"label\":[1]}", "{\"label\":3}", "label=a", "null"})
    void otherFormsAreRefused(String json) {
        assertThatThrownBy(() -> Filters.parse(json)).isInstanceOf(JsonException.class);
    }

    @Test
    void allLabelsMustMatch() {
        Filters filters = Filters.parse("{\"label\":[\"a=1\",\"b\"]}");
        assertThat(filters.matchesLabels("label", Map.of("a", "1", "b", "x"))).isTrue();
        assertThat(filters.matchesLabels("label", Map.of("a", "2", "b", "x"))).isFalse();
        assertThat(filters.matchesLabels("label", Map.of("a", "1"))).isFalse();
    }

    @Test
    void flagsAreTrueFalseOrAnError() {
        assertThat(Filters.parse("{\"dangling\":[\"1\"]}").flag("dangling")).isTrue();
        assertThat(Filters.parse("{\"dangling\":[\"false\"]}").flag("dangling")).isFalse();
        assertThat(Filters.NONE.flag("dangling")).isNull();
        assertThatThrownBy(() -> Filters.parse("{\"dangling\":[\"maybe\"]}").flag("dangling"))
                .isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Filters.parse("{\"dangling\":[\"0\",\"1\"]}").flag("dangling"))
                .isInstanceOf(JsonException.class);
    }
}
