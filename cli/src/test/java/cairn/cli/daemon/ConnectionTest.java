package cairn.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.cli.CliException;
import cairn.cli.show.Tree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionTest {
    @Test
    void theFlagGoesBeforeTheVariablesAndCairnsBeforeDockers() {
        Map<String, String> both = Map.of("CAIRN_HOST", "unix:///c.sock", "DOCKER_HOST", "unix:///d.sock");
        assertThat(Endpoint.of(List.of("unix:///a.sock", "unix:///b.sock"), both))
                .hasToString("unix:///b.sock");
        assertThat(Endpoint.of(List.of(), both)).hasToString("unix:///c.sock");
        assertThat(Endpoint.of(List.of(), Map.of("DOCKER_HOST", "unix:///d.sock")))
                .hasToString("unix:///d.sock");
        assertThat(Endpoint.of(List.of(), Map.of("DOCKER_HOST", "tcp://1.2.3.4:5")))
                .hasToString(Endpoint.DEFAULT);
    }

    @Test
    void onlyAnotherSocketThanTheDefaultIsAChoice() {
        assertThat(Endpoint.of(List.of(), Map.of()).chosen()).isFalse();
        assertThat(Endpoint.of(List.of(Endpoint.DEFAULT), Map.of()).chosen()).isFalse();
        assertThat(Endpoint.of(List.of("/x.sock"), Map.of()).chosen()).isTrue();
    }

    @Test
    void networkAddressesAreRefused() {
        assertThatThrownBy(() -> Endpoint.of(List.of("tcp://1.2.3.4:5"), Map.of()))
                .isInstanceOf(CliException.class);
    }

    @Test
    void aMissingDaemonIsSaidSo(@TempDir Path directory) {
        Endpoint endpoint = new Endpoint(directory.resolve("no.sock"), true);
        Daemon daemon = new Daemon(endpoint, new PrintStream(PrintStream.nullOutputStream()));
        assertThatThrownBy(() -> daemon.get(new Query("/version")))
                .isInstanceOf(CliException.class)
                .hasMessage("Cannot connect to the Cairn daemon at " + endpoint + ". Is the daemon running?");
    }

    @Test
    void parametersAreEncodedAndNamesKeepTheirSlashes() {
        assertThat(Query.image("localhost:5000/a/b:1", "/json")
                        .with("x", "a b&c=ü")
                        .flag("no", false)
                        .flag("all", true)
                        .given("e", ""))
                .hasToString("/images/localhost:5000/a/b:1/json?x=a%20b%26c%3D%C3%BC&all=1");
        assertThat(Query.container("a?b#c", "/start")).hasToString("/containers/a%3Fb%23c/start");
    }

    @Test
    void documentsEndWhereTheirBracketCloses() throws IOException {
        String stream = "{\"a\":\"}\\\"{\"}\r\n{\"b\":{\"c\":[1,{\"d\":2}]}}{\"e\":1}\n\n";
        JsonLines lines = new JsonLines(new ByteArrayInputStream(stream.getBytes(StandardCharsets.UTF_8)));
        assertThat(lines.next().at("a").text()).isEqualTo("}\"{");
        assertThat(lines.next().at("b", "c").items().get(1).at("d").number()).isEqualTo(2);
        assertThat(lines.next().at("e").number()).isEqualTo(1);
        assertThat((Object) lines.next()).isNull();
    }

    @Test
    void membersOfAnotherTypeAreEmpty() {
        Tree tree = Tree.read("{\"a\":null,\"b\":\"x\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(tree.at("a").there()).isFalse();
        assertThat(tree.at("b").number()).isZero();
        assertThat(tree.at("b").items()).isEmpty();
        assertThat(tree.at("c", "d").text()).isEmpty();
    }
}
