package cairn.cli.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.cli.CliException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
    private Path config;
    private Map<String, String> environment;

    @BeforeEach
    void places() {
        config = directory.resolve("docker/config.json");
        environment =
                Map.of("DOCKER_CONFIG", config.getParent().toString(), "PATH", directory + ":" + System.getenv("PATH"));
    }

    private void write(String text) throws IOException {
        Files.createDirectories(config.getParent());
        Files.writeString(config, text);
    }

    /** A helper that does this; the question is in $input. */
    private void helper(String name, String script) throws IOException {
        Path program = directory.resolve("docker-credential-" + name);
        Files.writeString(program, "#!/bin/sh\ninput=$(cat)\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void whatIsNotKnownOfTheFileStaysAsItIs() throws IOException {
        write(
                "{\"zebra\":{\"deep\":[1,2.50,null,true,\"\\u00e9\"]},\"auths\":{},\"HttpHeaders\":{\"X\":\"1\"},\"big\":12345678901234567890}");
        Credentials.open(environment).store(new Account("r.example", "fred", "secret", ""), err);
        assertThat(Files.readString(config)).isEqualTo("""
                {
                \t"zebra": {
                \t\t"deep": [
                \t\t\t1,
                \t\t\t2.50,
                \t\t\tnull,
                \t\t\ttrue,
                \t\t\t"é"
                \t\t]
                \t},
                \t"auths": {
                \t\t"r.example": {
                \t\t\t"auth": "ZnJlZDpzZWNyZXQ="
                \t\t}
                \t},
                \t"HttpHeaders": {
                \t\t"X": "1"
                \t},
                \t"big": 12345678901234567890
                }""");
    }

    @Test
    void theFileIsForItsOwnerAloneAndNothingIsLeftBeside() throws IOException {
        Credentials credentials = Credentials.open(environment);
        credentials.store(new Account("r.example", "fred", "pass:word", ""), err);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config.getParent())))
                .isEqualTo("rwx------");
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("WARNING! Your credentials are stored unencrypted in '" + config + "'.");
        assertThat(Credentials.open(environment).get("r.example").password()).isEqualTo("pass:word");
        Credentials.open(environment).erase("r.example");
        assertThat(Credentials.open(environment).get("r.example")).isEqualTo(Account.NONE);
        try (Stream<Path> files = Files.list(config.getParent())) {
            assertThat(files).containsExactly(config);
        }
    }

    @Test
    void behindALinkTheFileItselfIsReplaced() throws IOException {
        Path real = directory.resolve("real.json");
        Files.writeString(real, "{}");
        Files.createDirectories(config.getParent());
        Files.createSymbolicLink(config, real);
        Credentials.open(environment).store(new Account("r.example", "", "", "token"), err);
        assertThat(config).isSymbolicLink();
        assertThat(Files.readString(real)).contains("\"identitytoken\": \"token\"");
        assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void aMalformedFileIsNeverOverwrittenAndOnlyAWarningForAPull() throws IOException {
        for (String text : new String[] {"{\"auths\":", "[]", "{\"auths\":{\"r.example\":{\"auth\":\"!!\"}}}"}) {
            write(text);
            assertThatThrownBy(() -> Credentials.open(environment).get("r.example"))
                    .isInstanceOf(CliException.class)
                    .hasMessageStartingWith("parsing config file (" + config + "): ");
            said.reset();
            assertThat(Credentials.known("r.example", environment, err)).isEqualTo(Account.NONE);
            assertThat(said.toString(StandardCharsets.UTF_8)).startsWith("WARNING: parsing config file");
            assertThat(Files.readString(config)).isEqualTo(text);
        }
        write("");
        assertThat(Credentials.open(environment).get("r.example")).isEqualTo(Account.NONE);
    }

    @Test
    void aHelperOfTheServerGoesBeforeTheOneForAll() throws IOException {
        write("{\"credsStore\":\"all\",\"credHelpers\":{\"r.example\":\"own\"}}");
        helper("all", "echo '{\"Username\":\"all\",\"Secret\":\"1\"}'");
        helper("own", "echo \"{\\\"Username\\\":\\\"own $input\\\",\\\"Secret\\\":\\\"2\\\"}\"");
        Credentials credentials = Credentials.open(environment);
        assertThat(credentials.get("r.example")).isEqualTo(new Account("r.example", "own r.example", "2", ""));
        assertThat(credentials.get("s.example")).isEqualTo(new Account("s.example", "all", "1", ""));
    }

    @Test
    void aHelperThatMisbehavesIsStoppedAndNamed() throws IOException {
        helper("slow", "sleep 60");
        helper("talks", "yes '{\"Username\":'");
        helper("mad", "echo hello");
        helper("gone", "exit 7");
        assertThatThrownBy(() -> new CredentialProgram("slow", environment, 300).get("x"))
                .hasMessageContaining("docker-credential-slow did not answer within 300 ms");
        assertThatThrownBy(() -> new CredentialProgram("talks", environment, 60_000).get("x"))
                .hasMessageContaining("docker-credential-talks answered with more than 1048576 bytes");
        assertThatThrownBy(() -> new CredentialProgram("mad", environment, 60_000).get("x"))
                .hasMessageContaining("docker-credential-mad answered with no JSON");
        assertThatThrownBy(
                        () -> new CredentialProgram("gone", environment, 60_000).store(new Account("x", "u", "p", "")))
                .hasMessage("error storing credentials - err: exit status 7, out: ``");
        assertThatThrownBy(() -> new CredentialProgram("../evil", environment, 60_000))
                .hasMessageContaining("not a path");
    }

    @Test
    void noTextOfAnAccountHoldsItsSecrets() {
        assertThat(new Account("r.example", "fred", "secret", "token").toString())
                .doesNotContain("secret", "token", "fred");
    }
}
