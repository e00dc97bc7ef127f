package cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PushTest {
    @TempDir
    Path directory;

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The daemon copies a layer from the registry that the image has come from; no other one's password is any business of it. */
    @Test
    void credentialsOfTheRegistriesThatAnImageCameFromGoAlong() throws Exception {
        Files.writeString(directory.resolve("config.json"), """
                {"auths": {"from.example": {"auth": "%s"}, "to.example": {"auth": "%s"}, "other.example": {"auth": "%s"}}}
                """.formatted(
                        base64("fred:one"), base64("mary:two"), base64("nobody:three")));
        RecordingDaemon daemon = new RecordingDaemon(directory);
        daemon.answers.put(
                "/images/to.example/a:1/json",
                "{\"RepoDigests\": [\"from.example/a@sha256:%1$s\", \"to.example/a@sha256:%1$s\"]}"
                        .formatted("0".repeat(64)));
        daemon.cairn(Map.of("DOCKER_CONFIG", directory.toString()), "push", "to.example/a:1");
        Map<String, Object> push = daemon.calls.getLast();
        assertThat(push).containsEntry("method", "POST").containsEntry("path", "/images/to.example/a/push");
        assertThat(push.get("auth"))
                .isEqualTo(Map.of("username", "mary", "password", "two", "serveraddress", "to.example"));
        assertThat(push.get("auths"))
                .isEqualTo(Map.of(
                        "from.example",
                        Map.of("username", "fred", "password", "one", "serveraddress", "from.example")));
    }

    @Test
    void nothingGoesAlongForAnImageThatCameFromNowhere() throws Exception {
        RecordingDaemon daemon = new RecordingDaemon(directory);
        daemon.answers.put("/images/json", "[{\"Id\": \"sha256:1\"}, {\"Id\": \"sha256:2\"}]");
        daemon.cairn(Map.of("DOCKER_CONFIG", directory.toString()), "push", "-a", "to.example/a");
        assertThat(daemon.calls.stream().map(call -> call.get("path")).toList())
                .isEqualTo(List.of(
                        "/images/json", "/images/sha256:1/json", "/images/sha256:2/json", "/images/to.example/a/push"));
        assertThat(daemon.calls.getLast()).doesNotContainKey("auths");
    }
}
