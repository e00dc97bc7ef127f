package cairn.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import cairn.hostile.ImageParts;
import cairn.hostile.LyingRegistry;
import cairn.hostile.LyingReplies;
import cairn.hostile.LyingReplies.Lie;
import cairn.oci.Digest;
import cairn.oci.Reference;
import cairn.oci.http.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replies that no honest registry sends: an error of the declared kind comes of each, soon, and no secret goes where it should not. */
@Timeout(30)
class LyingRegistryTest {
    private static final String REPOSITORY = "/v2/lies/x";

    private static final Duration SOON = Duration.ofSeconds(2);

    private static LyingRegistry server;
    private static Registries registries;
    private static Repository repository;
    private static int told;

    @BeforeAll
    static void start() throws IOException {
        server = new LyingRegistry();
        registries = new Registries(
                new RegistrySettings(List.of(), List.of(), List.of(), "cairn-test"),
                new Timeouts(SOON, SOON, SOON, SOON, SOON, SOON),
                new Retry(2, Duration.ofMillis(1), Duration.ofMillis(1)));
        repository = registries.repository(Reference.parseNormalized(server.host() + "/lies/x"), Credentials.ANONYMOUS);
    }

    @AfterAll
    static void end() {
        System.out.println("FIGURE lying registry replies = " + told + " refused");
        registries.close();
        server.close();
    }

    static List<Lie> manifests() {
        return LyingReplies.manifests();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("manifests")
    void manifestIsNotBelieved(Lie lie) {
        told++;
        String digest = "sha256:" + ImageParts.sha256(ImageParts.bytes(LyingReplies.manifest()));
        server.clear();
        server.answer(REPOSITORY + "/manifests/" + digest, lie.reply());
        isRefused(lie, catchThrowable(() -> repository.manifest(digest)));
    }

    static List<Lie> blobs() {
        return LyingReplies.blobs();
    }

    /** That the bytes are others is found by whoever has the digest; here it is about everything else. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("blobs")
    void blobIsNotBelieved(Lie lie) {
        told++;
        Digest digest = Digest.parse(LyingReplies.blobDigest());
        server.clear();
        server.answer(REPOSITORY + "/blobs/" + digest, lie.reply());
        isRefused(lie, catchThrowable(() -> {
            try (BlobStream blob = repository.blob(digest, LyingReplies.blob().length, 0)) {
                byte[] all = blob.in().readAllBytes();
                if (!Digest.sha256(all).equals(digest)) {
                    throw new RegistryException(RegistryException.Kind.INVALID, "wrong digest");
                }
            }
        }));
    }

    private static void isRefused(Lie lie, Throwable thrown) {
        assertThat(thrown).as("%s", lie).isInstanceOf(RegistryException.class);
        assertThat(thrown.getMessage()).as("%s", lie).isNotBlank().doesNotContain("\u001b");
        assertThat(thrown.getMessage().length())
                .as("%s: length of the message", lie)
                .isLessThan(10_000);
        assertThat(server.asked().size()).as("%s: requests", lie).isLessThan(20);
    }
}
