package cairn.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.oci.InvalidDocumentException;
import cairn.oci.http.Origin;
import cairn.oci.http.TlsSettings.ClientPair;
import cairn.oci.registry.Endpoint.Capability;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class HostsFileTest {
    @TempDir
    private Path directory;

    private HostsFile parse(String text) throws InvalidDocumentException {
        return HostsFile.parse("hosts.toml", Path.of("/etc/certs.d/h"), text);
    }

    @Test
    void everythingThatContainerdDocumentsIsRead() throws Exception {
        HostsFile file = parse("""
                # the registry itself
                server = "https://registry.example:5000"
                ca = "server.crt"

                [host."https://mirror.one"]
                  capabilities = ["pull", "resolve"]  # no push
                  ca = ["/a.crt", 'b.crt']
                  skip_verify = true
                  client = "/both.pem"

                [host."https://mirror.two/prefix/v2"]
                  capabilities = [
                    "pull",
                    "push", # with a comma at the end
                  ]
                  override_path = true
                  client = [["/c.cert", "/c.key"], "d.pem"]
                  [host."https://mirror.two/prefix/v2".header]
                    x-one = "1"
                    "x-two" = ["2", "3"]

                [host."mirror.three:8080"]
                header = { authorization = "Basic \\u0078" }
                """);
        assertThat(file.server().address()).isEqualTo("https://registry.example:5000");
        assertThat(file.server().authorities()).containsExactly(Path.of("/etc/certs.d/h/server.crt"));
        assertThat(file.server().capabilities()).containsExactlyInAnyOrder(Capability.values());
        assertThat(file.mirrors())
                .extracting(HostsFile.Host::address)
                .containsExactly("https://mirror.one", "https://mirror.two/prefix/v2", "mirror.three:8080");
        HostsFile.Host one = file.mirrors().getFirst();
        assertThat(one.authorities()).containsExactly(Path.of("/a.crt"), Path.of("/etc/certs.d/h/b.crt"));
        assertThat(one.skipVerify()).isTrue();
        assertThat(one.clients()).containsExactly(new ClientPair(Path.of("/both.pem"), Path.of("/both.pem")));
        HostsFile.Host two = file.mirrors().get(1);
        assertThat(two.capabilities()).containsExactlyInAnyOrder(Capability.PULL, Capability.PUSH);
        assertThat(two.overridePath()).isTrue();
        assertThat(two.clients())
                .containsExactly(
                        new ClientPair(Path.of("/c.cert"), Path.of("/c.key")),
                        new ClientPair(Path.of("/etc/certs.d/h/d.pem"), Path.of("/etc/certs.d/h/d.pem")));
        assertThat(two.headers()).isEqualTo(Map.of("x-one", "1", "x-two", "2, 3"));
        HostsFile.Host three = file.mirrors().get(2);
        assertThat(three.headers()).isEqualTo(Map.of("authorization", "Basic x"));
        assertThat(three.skipVerify()).isNull();
        assertThat(three.capabilities()).containsExactlyInAnyOrder(Capability.PULL, Capability.RESOLVE);
    }

    @Test
    void emptyFileSaysNothing() throws Exception {
        assertThat(parse("").mirrors()).isEmpty();
        assertThat(parse("# only this").server().address()).isEmpty();
        assertThat(parse("\r\n\r\nserver='https://x'\r\n").server().address()).isEqualTo("https://x");
    }

    /** A text, and what the refusal says. */
    static Stream<List<String>> refused() {
        return Stream.of(
                row("server", "line 1: '=' was expected"),
                row("server = ", "line 1: a value was expected"),
                row("server = https://x", "line 1"),
                row("server = \"x\" y", "line 1: something follows"),
                row("server = \"x", "line 1: a string does not end"),
                row("server = 'x", "line 1: a string does not end"),
                row("server = \"a\nb\"", "line 1: a string does not end"),
                row("server = \"\"\"x\"\"\"", "strings of several lines"),
                row("server = '''x'''", "strings of several lines"),
                row("server = \"\\x41\"", "unknown escape"),
                row("server = \"\\ud800\"", "no character"),
                row("server = \"\\U00110000\"", "no character"),
                row("server = \"\\u12g4\"", "broken escape"),
                row("server = \"a\u0001\"", "control character"),
                row("server = 1979-05-27", "no kind that is read"),
                row("server = 1.5", "no kind that is read"),
                row("server = 0x10", "no kind that is read"),
                row("server = 5", "server is no string"),
                row("server = [\"x\"]", "server is no string"),
                row("server = \"x\"\nserver = \"y\"", "line 2: server is given twice"),
                row("[[host]]", "arrays of tables"),
                row("[host", "']' was expected"),
                row("[host.]", "a key was expected"),
                row("[host.\"a\"]\n[host.\"a\"]", "line 2: table host.a is given twice"),
                row("[host.\"a\"]\nca = \"x\"\n[host.\"a\".ca]", "is no table"),
                row("host = \"x\"", "host is no table"),
                row("[host]\nx = \"y\"", "x is no table"),
                row("dial_timeout = \"5s\"", "dial_timeout is not supported"),
                row("[host.\"a\"]\nallow_http = true", "allow_http is not supported"),
                row("[host.\"a\"]\ncapabilities = [\"delete\"]", "unknown capability delete"),
                row("[host.\"a\"]\ncapabilities = [1]", "capabilities is no string"),
                row("[host.\"a\"]\ncapabilities = [\"pull\" \"push\"]", "a comma or ] was expected"),
                row("[host.\"a\"]\ncapabilities = [\"pull\"", "a comma or ] was expected"),
                row("[host.\"a\"]\nskip_verify = \"yes\"", "skip_verify is neither"),
                row("[host.\"a\"]\nskip_verify = yes", "no kind that is read"),
                row("[host.\"a\"]\nclient = [[\"a\",\"b\",\"c\"]]", "a certificate and its key"),
                row("[host.\"a\"]\nclient = true", "client is no string"),
                row("[host.\"a\"]\nheader = \"x\"", "header is no table"),
                row("[host.\"a\".header]\n\"a b\" = \"x\"", "cannot be sent"),
                row("[host.\"a\".header]\na = \"x\\r\\nHost: evil\"", "cannot be sent"),
                row("[host.\"a\"]\nheader = {a = \"x\", a = \"y\"}", "a is given twice"),
                row("[host.\"a\"]\nheader = {a = \"x\",}", "a key was expected"),
                row("a.b.c.d.e.f.g.h.i = 1", "more than 8 parts"),
                row("x = " + "[".repeat(20), "nested too deep"),
                row("x = [" + "1,".repeat(10_001) + "]", "too many values"),
                row("#" + "x".repeat(300_000), "more than 262144 characters"));
    }

    private static List<String> row(String text, String message) {
        return List.of(text, message);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void textIsRefused(List<String> row) {
        assertThatThrownBy(() -> parse(row.getFirst()))
                .isInstanceOf(InvalidDocumentException.class)
                .hasMessageStartingWith("hosts.toml")
                .hasMessageContaining(row.getLast());
    }

    private Hosts hosts(List<URI> mirrors, String... insecure) {
        return new Hosts(new RegistrySettings(List.of(directory), mirrors, List.of(insecure), "test"));
    }

    private void write(String folder, String file, String text) throws Exception {
        Files.createDirectories(directory.resolve(folder));
        Files.writeString(directory.resolve(folder).resolve(file), text);
    }

    private static List<String> places(List<Endpoint> endpoints) {
        return endpoints.stream()
                .map(e -> e.at(e.first(), "/x").toString() + (e.mirror() ? " mirror" : ""))
                .toList();
    }

    @Test
    void dockersRegistryIsServedElsewhereAndMayHaveMirrors() throws Exception {
        assertThat(places(hosts(List.of()).endpoints("docker.io")))
                .containsExactly("https://registry-1.docker.io/v2/x");
        assertThat(places(hosts(List.of(URI.create("https://m.example/base/"))).endpoints("docker.io")))
                .containsExactly("https://m.example/base/v2/x mirror", "https://registry-1.docker.io/v2/x");
        assertThat(places(hosts(List.of(URI.create("https://m.example"))).endpoints("quay.io")))
                .containsExactly("https://quay.io/v2/x");
    }

    @Test
    void anyRegistryMayHaveMirrors() throws Exception {
        write("quay.io", "hosts.toml", """
                server = "https://quay.io"
                [host."https://one.example"]
                [host."https://two.example/cache/v2"]
                override_path = true
                """);
        assertThat(places(hosts(List.of()).endpoints("quay.io")))
                .containsExactly(
                        "https://one.example/v2/x?ns=quay.io mirror",
                        "https://two.example/cache/v2/x?ns=quay.io mirror",
                        "https://quay.io/v2/x");
        write("_default", "hosts.toml", "[host.\"https://all.example\"]");
        assertThat(places(hosts(List.of()).endpoints("ghcr.io")))
                .containsExactly("https://all.example/v2/x?ns=ghcr.io mirror", "https://ghcr.io/v2/x");
    }

    @Test
    void dockersNameAsServerMeansItsServer() throws Exception {
        write("docker.io", "hosts.toml", "server = \"https://docker.io\"\n[host.\"https://m.example\"]");
        assertThat(places(hosts(List.of()).endpoints("docker.io")))
                .containsExactly("https://m.example/v2/x?ns=docker.io mirror", "https://registry-1.docker.io/v2/x");
    }

    @Test
    void certificatesAreFoundUnderTheHostsName() throws Exception {
        write("r.example:5000", "ca.crt", "");
        write("r.example:5000", "a.cert", "");
        write("r.example:5000", "a.key", "");
        Hosts hosts = hosts(List.of());
        Origin origin = new Origin(true, "r.example", 5000);
        assertThat(hosts.tls(origin).authorities()).containsExactly(directory.resolve("r.example:5000/ca.crt"));
        assertThat(hosts.tls(origin).clients()).hasSize(1);
        assertThat(hosts.tls(new Origin(true, "r.example", 443)).authorities()).isEmpty();
        Files.delete(directory.resolve("r.example:5000/a.key"));
        assertThatThrownBy(() -> hosts.tls(origin))
                .hasMessage(
                        "missing key a.key for client certificate a.cert. CA certificates must use the extension .crt");
    }

    @Test
    void certificatesAreLookedAtUnlessTheHostIsInsecure() throws Exception {
        Hosts hosts = hosts(List.of(), "listed.example", "10.1.0.0/16");
        assertThat(hosts.tls(new Origin(true, "r.example", 443)).verify()).isTrue();
        assertThat(hosts.tls(new Origin(true, "listed.example", 5000)).verify()).isFalse();
        assertThat(hosts.tls(new Origin(true, "10.1.2.3", 5000)).verify()).isFalse();
        assertThat(hosts.tls(new Origin(true, "10.2.2.3", 5000)).verify()).isTrue();
        assertThat(hosts.tls(new Origin(true, "localhost", 5000)).verify()).isFalse();
        assertThat(hosts.tls(new Origin(true, "127.0.0.1", 5000)).verify()).isFalse();
        write("localhost:5000", "ca.crt", "");
        assertThat(hosts.tls(new Origin(true, "localhost", 5000)).verify()).isTrue();
    }

    @Test
    void networkThatIsNoneIsRefused() {
        assertThatThrownBy(() -> hosts(List.of(), "10.0.0.0/99"))
                .hasMessage("insecure registry 10.0.0.0/99 is not valid: invalid CIDR address: 10.0.0.0/99");
    }
}
