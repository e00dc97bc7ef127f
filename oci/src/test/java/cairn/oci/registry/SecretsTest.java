package cairn.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.oci.Digest;
import cairn.oci.MediaTypes;
import cairn.oci.Reference;
import cairn.oci.http.HttpClient;
import cairn.oci.http.HttpFailure;
import cairn.oci.http.Origin;
import cairn.oci.http.Proxies;
import cairn.oci.http.Timeouts;
import cairn.oci.http.Zone;
import cairn.oci.registry.ScriptedServer.Request;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told to whom: a second server, on another address of the loopback, writes down what it hears. */
final class SecretsTest {
    private static final byte[] MANIFEST = ("{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.OCI_MANIFEST
                    + "\",\"config\":{},\"layers\":[]}")
            .getBytes(StandardCharsets.UTF_8);
    private static final String TYPE = "Content-Type: " + MediaTypes.OCI_MANIFEST;
    private static final Credentials USER = new Credentials("user", "secret", "", "");
    private static final String BASIC = "Basic dXNlcjpzZWNyZXQ=";

    @TempDir
    private Path directory;

    private Registries registries(URI... mirrors) {
        return MisbehaviourTest.impatient(
                new RegistrySettings(List.of(directory), List.of(mirrors), List.of(), "cairn-test"));
    }

    private static Repository repository(Registries registries, ScriptedServer server, Credentials credentials) {
        return registries.repository(Reference.parseNormalized(server.host() + "/a/b"), credentials);
    }

    private static ScriptedServer listener() {
        return new ScriptedServer("127.0.0.2", (q, a) -> a.reply("200 OK", MANIFEST, TYPE));
    }

    @Test
    void anotherHostHearsNothingOfTheCredentials() throws Exception {
        try (ScriptedServer other = listener();
                ScriptedServer registry = new ScriptedServer((q, a) -> {
                    if (q.header("authorization").isEmpty()) {
                        a.reply("401 Unauthorized", "", "WWW-Authenticate: Basic realm=\"x\"");
                    } else {
                        a.reply("307 Temporary Redirect", "", "Location: " + other.url("/cdn"));
                    }
                });
                Registries registries = registries()) {
            repository(registries, registry, USER).manifest("latest");
            assertThat(registry.requests().getLast().header("authorization")).isEqualTo(BASIC);
            Request heard = other.requests().getFirst();
            assertThat(heard.headers().keySet()).containsExactlyInAnyOrder("host", "accept", "user-agent");
        }
    }

    @Test
    void anotherPortIsAnotherServerForARedirect() throws Exception {
        try (ScriptedServer other = new ScriptedServer((q, a) -> a.reply("200 OK", MANIFEST, TYPE));
                ScriptedServer registry =
                        new ScriptedServer((q, a) -> a.reply("302 Found", "", "Location: " + other.url("/x")));
                Registries registries = registries()) {
            Credentials token = new Credentials("", "", "", "as-it-is");
            repository(registries, registry, token).manifest("latest");
            assertThat(registry.requests().getFirst().header("authorization")).isEqualTo("Bearer as-it-is");
            assertThat(other.requests().getFirst().header("authorization")).isEmpty();
        }
    }

    private static ScriptedServer tokenRegistry(String realm) {
        return new ScriptedServer((q, a) -> {
            if (q.header("authorization").equals("Bearer good")) {
                a.reply("200 OK", MANIFEST, TYPE);
            } else {
                a.reply(
                        "401 Unauthorized",
                        "",
                        "WWW-Authenticate: Bearer realm=\"" + realm + "\",service=\"s\",scope=\"repository:a/b:pull\"");
            }
        });
    }

    @Test
    void realmOnTheSameHostGetsThePasswordAndEachTokenIsAskedForOnce() throws Exception {
        try (ScriptedServer realm =
                        new ScriptedServer((q, a) -> a.reply("200 OK", "{\"token\":\"good\",\"expires_in\":300}"));
                ScriptedServer registry = tokenRegistry(realm.url("/token?x=y"));
                Registries registries = registries()) {
            Repository repository = repository(registries, registry, USER);
            repository.manifest("latest");
            repository.manifest("latest");
            repository(registries, registry, USER).manifest("latest");
            assertThat(realm.requests()).hasSize(1);
            Request asked = realm.requests().getFirst();
            assertThat(asked.target()).isEqualTo("/token?x=y&account=user&scope=repository%3Aa%2Fb%3Apull&service=s");
            assertThat(asked.header("authorization")).isEqualTo(BASIC);
            // One to be told where; none to be told again.
            assertThat(registry.requests()).hasSize(4);
        }
    }

    @Test
    void realmOnAnotherHostIsAskedWithoutCredentials() throws Exception {
        try (ScriptedServer realm =
                        new ScriptedServer("127.0.0.2", (q, a) -> a.reply("200 OK", "{\"access_token\":\"good\"}"));
                ScriptedServer registry = tokenRegistry(realm.url("/token"));
                Registries registries = registries()) {
            repository(registries, registry, USER).manifest("latest");
            assertThat(realm.requests().getFirst().header("authorization")).isEmpty();
            assertThat(realm.requests().getFirst().target()).doesNotContain("user");
        }
    }

    @Test
    void realmOnAHostThatTheUserNamedGetsThePassword() throws Exception {
        try (ScriptedServer realm =
                        new ScriptedServer("127.0.0.2", (q, a) -> a.reply("200 OK", "{\"token\":\"good\"}"));
                ScriptedServer registry = tokenRegistry(realm.url("/token"));
                Registries registries = registries()) {
            Files.createDirectories(directory.resolve(realm.host()));
            repository(registries, registry, USER).manifest("latest");
            assertThat(realm.requests().getFirst().header("authorization")).isEqualTo(BASIC);
        }
    }

    @Test
    void identityTokenGoesInABodyThatIsSentToTheRealmAlone() throws Exception {
        try (ScriptedServer other = listener();
                ScriptedServer realm = new ScriptedServer((q, a) -> a.reply("200 OK", "{\"access_token\":\"good\"}"));
                ScriptedServer registry = tokenRegistry(realm.url("/token"));
                ScriptedServer redirecting = new ScriptedServer(
                        (q, a) -> a.reply("307 Temporary Redirect", "", "Location: " + other.url("/")));
                ScriptedServer second = tokenRegistry(redirecting.url("/token"));
                Registries registries = registries()) {
            Credentials identity = new Credentials("user", "", "refresh-me", "");
            repository(registries, registry, identity).manifest("latest");
            Request asked = realm.requests().getFirst();
            assertThat(asked.line()).isEqualTo("POST /token");
            assertThat(new String(asked.body(), StandardCharsets.UTF_8))
                    .contains(
                            "grant_type=refresh_token",
                            "refresh_token=refresh-me",
                            "scope=repository%3Aa%2Fb%3Apull",
                            "service=s");
            assertThatThrownBy(() -> repository(registries, second, identity).manifest("latest"))
                    .isInstanceOf(RegistryException.class)
                    .message()
                    .doesNotContain("refresh-me");
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void loginSendsNoPasswordToAnotherHost() {
        try (ScriptedServer other = listener();
                ScriptedServer registry = tokenRegistry(other.url("/token"));
                Registries registries = registries()) {
            assertThatThrownBy(() -> registries.login(registry.host(), USER))
                    .hasMessageContaining(
                            "asks for credentials of http://" + registry.host() + " to be sent to " + other.url(""));
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void loginKeepsAnIdentityToken() throws Exception {
        try (ScriptedServer realm = new ScriptedServer(
                        (q, a) -> a.reply("200 OK", "{\"token\":\"good\",\"refresh_token\":\"lasting\"}"));
                ScriptedServer registry = tokenRegistry(realm.url("/token"));
                Registries registries = registries()) {
            assertThat(registries.login("http://" + registry.host() + "/v1/", USER))
                    .isEqualTo(new LoginResult("Login Succeeded", "lasting"));
            assertThat(realm.requests().getFirst().target()).contains("offline_token=true", "client_id=docker");
        }
    }

    @Test
    void uploadOnAnotherHostIsSentWithoutAuthorization() throws Exception {
        byte[] blob = new byte[1000];
        try (ScriptedServer other = new ScriptedServer("127.0.0.2", (q, a) -> a.reply("201 Created", ""));
                ScriptedServer registry =
                        new ScriptedServer((q, a) -> a.reply("202 Accepted", "", "Location: " + other.url("/up")));
                Registries registries = registries()) {
            repository(registries, registry, new Credentials("", "", "", "as-it-is"))
                    .uploadBlob(Digest.sha256(blob), blob.length, () -> new ByteArrayInputStream(blob), at -> {});
            assertThat(registry.requests().getFirst().header("authorization")).isEqualTo("Bearer as-it-is");
            assertThat(other.requests().getFirst().header("authorization")).isEmpty();
            assertThat(other.requests().getFirst().body()).hasSize(1000);
        }
    }

    @Test
    void mirrorsAreAskedInTheirOrderAndNeverWithTheCallersCredentials() throws Exception {
        try (ScriptedServer empty = new ScriptedServer((q, a) -> a.reply("404 Not Found", ""));
                ScriptedServer greedy = new ScriptedServer(
                        (q, a) -> a.reply("401 Unauthorized", "", "WWW-Authenticate: Basic realm=\"give\""));
                ScriptedServer liar = new ScriptedServer((q, a) -> a.reply("200 OK", "{}", TYPE));
                ScriptedServer registry = new ScriptedServer((q, a) -> a.reply("200 OK", MANIFEST, TYPE));
                Registries registries = registries()) {
            Path folder = Files.createDirectories(directory.resolve(registry.host()));
            Files.writeString(folder.resolve("hosts.toml"), """
                    server = "http://%s"
                    [host."http://127.0.0.1:1"]
                    [host."http://%s"]
                    [host."http://%s"]
                    header = {x-key = "of the mirror"}
                    [host."http://%s"]
                    capabilities = ["pull"]
                    """.formatted(
                            registry.host(), empty.host(), greedy.host(), liar.host()));
            Digest digest = Digest.sha256(MANIFEST);
            assertThat(repository(registries, registry, USER)
                            .manifest(digest.toString())
                            .bytes())
                    .isEqualTo(MANIFEST);
            assertThat(List.of(empty.count(), greedy.count(), liar.count(), registry.count()))
                    .containsExactly(1, 1, 1, 1);
            assertThat(greedy.requests().getFirst().headers())
                    .doesNotContainKey("authorization")
                    .containsEntry("x-key", "of the mirror");
            assertThat(empty.requests().getFirst().target()).endsWith("?ns=" + registry.host());
            assertThat(registry.requests().getFirst().headers()).doesNotContainKey("x-key");
            // A tag is no business of who has only content, and writing is nobody's but the registry's.
            repository(registries, registry, USER).manifest("latest");
            assertThat(liar.count()).isEqualTo(1);
            repository(registries, registry, USER).hasBlob(digest);
            assertThat(empty.count()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "8.8.8.8, PUBLIC",
        "1.1.1.1, PUBLIC",
        "2606:4700::1111, PUBLIC",
        "10.0.0.1, PRIVATE",
        "172.16.0.1, PRIVATE",
        "172.31.255.255, PRIVATE",
        "172.32.0.1, PUBLIC",
        "192.168.1.1, PRIVATE",
        "100.64.0.1, PRIVATE",
        "100.128.0.1, PUBLIC",
        "198.18.0.1, PRIVATE",
        "fd00::1, PRIVATE",
        "fc00::1, PRIVATE",
        "fec0::1, PRIVATE",
        "240.0.0.1, PRIVATE",
        "127.0.0.1, LOOPBACK",
        "127.255.0.1, LOOPBACK",
        "::1, LOOPBACK",
        "::ffff:127.0.0.1, LOOPBACK",
        "64:ff9b::7f00:1, LOOPBACK",
        "::127.0.0.1, LOOPBACK",
        "2002:7f00:1::, LOOPBACK",
        "169.254.169.254, LINK",
        "fe80::1, LINK",
        "224.0.0.1, LINK",
        "ff02::1, LINK",
        "0.0.0.0, LINK",
        "::, LINK",
        "255.255.255.255, LINK",
        "0.1.2.3, LINK",
        "64:ff9b::a9fe:a9fe, LINK",
        "::ffff:10.0.0.1, PRIVATE"
    })
    void addressIsOfItsZone(String address, Zone zone) {
        assertThat(Zone.of(InetAddress.ofLiteral(address))).isEqualTo(zone);
    }

    /** From where, to where, and whether one may be led there. */
    @ParameterizedTest
    @CsvSource({
        "8.8.8.8, 1.1.1.1, true", "8.8.8.8, 10.0.0.1, false", "8.8.8.8, 127.0.0.1, false",
                "8.8.8.8, 169.254.169.254, false",
        "10.0.0.1, 10.9.9.9, true", "10.0.0.1, 8.8.8.8, true", "10.0.0.1, 127.0.0.1, false",
                "10.0.0.1, 169.254.169.254, false",
        "127.0.0.1, 127.0.0.2, true", "127.0.0.1, 10.0.0.1, true", "127.0.0.1, 8.8.8.8, true",
                "127.0.0.1, 169.254.169.254, false",
        "169.254.1.1, 169.254.1.1, true", "169.254.1.1, 169.254.1.2, false"
    })
    void nobodyIsLedFurtherIn(String from, String to, boolean allowed) throws Exception {
        try (HttpClient client = new HttpClient(Timeouts.USUAL, Proxies.NONE)) {
            Redirects redirects =
                    new Redirects(client, new Hosts(new RegistrySettings(List.of(), List.of(), List.of(), "x")));
            Origin registry = new Origin(true, "registry.example", 443);
            Origin target = new Origin(true, "target.example", 443);
            String objection = redirects
                    .reach(registry, InetAddress.ofLiteral(from), target)
                    .objection(InetAddress.ofLiteral(to));
            assertThat(objection == null).isEqualTo(allowed);
        }
    }

    @Test
    void nothingLeadsAwayFromTls() throws Exception {
        try (HttpClient client = new HttpClient(Timeouts.USUAL, Proxies.NONE)) {
            Redirects redirects =
                    new Redirects(client, new Hosts(new RegistrySettings(List.of(), List.of(), List.of(), "x")));
            InetAddress peer = InetAddress.ofLiteral("127.0.0.1");
            assertThatThrownBy(() -> redirects.reach(
                            new Origin(true, "localhost", 443), peer, new Origin(false, "localhost", 80)))
                    .isInstanceOf(HttpFailure.class)
                    .hasMessage("refused to go on from https://localhost to http://localhost without TLS");
        }
    }

    @Test
    void credentialsAreNotPrinted() {
        assertThat(Map.of("c", USER).toString()).doesNotContain("secret");
    }
}
