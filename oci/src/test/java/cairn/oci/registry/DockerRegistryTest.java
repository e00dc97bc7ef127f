package cairn.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.oci.Descriptor;
import cairn.oci.Digest;
import cairn.oci.Manifest;
import cairn.oci.MediaTypes;
import cairn.oci.Reference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's docker-registry without any protection. */
final class DockerRegistryTest {
    @TempDir
    static Path directory;

    private static DockerRegistry registry;
    private static Registries registries;
    private static byte[] blob;
    private static Digest digest;
    private static byte[] manifest;

    @BeforeAll
    static void start() throws Exception {
        registry = DockerRegistry.plain(directory);
        registries = new Registries(new RegistrySettings(List.of(), List.of(), List.of(), "cairn-test"));
        blob = new byte[300_000];
        new Random(1).nextBytes(blob);
        digest = Digest.sha256(blob);
        registry.put("a/b", digest.toString(), blob);
        Descriptor descriptor = new Descriptor(MediaTypes.OCI_LAYER, digest, blob.length);
        manifest = new Manifest(
                        MediaTypes.OCI_MANIFEST,
                        new Descriptor(MediaTypes.OCI_CONFIG, digest, blob.length),
                        List.of(descriptor))
                .toJson();
        registry.putManifest("a/b", "one", MediaTypes.OCI_MANIFEST, manifest);
    }

    @AfterAll
    static void stop() {
        registries.close();
        registry.close();
    }

    private static Repository repository(String path) {
        return registries.repository(Reference.parseNormalized(registry.host() + "/" + path), Credentials.ANONYMOUS);
    }

    @Test
    void manifestComesByTagAndByDigest() throws Exception {
        RawManifest byTag = repository("a/b").manifest("one");
        assertThat(byTag.bytes()).isEqualTo(manifest);
        assertThat(byTag.descriptor().mediaType()).isEqualTo(MediaTypes.OCI_MANIFEST);
        assertThat(byTag.descriptor().digest()).isEqualTo(Digest.sha256(manifest));
        assertThat(repository("a/b")
                        .manifest(byTag.descriptor().digest().toString())
                        .bytes())
                .isEqualTo(manifest);
    }

    @Test
    void missingManifestIsToldAsDockerTellsIt() {
        assertThatThrownBy(() -> repository("a/b").manifest("none"))
                .hasMessage(
                        "manifest for " + registry.host() + "/a/b:none not found: manifest unknown: manifest unknown");
        assertThatThrownBy(() -> repository("x/y").manifest("latest"))
                .hasMessage("manifest for " + registry.host()
                        + "/x/y:latest not found: manifest unknown: manifest unknown");
    }

    @Test
    void blobComesWholeAndFromAPosition() throws Exception {
        try (BlobStream stream = repository("a/b").blob(digest, blob.length, 0)) {
            assertThat(stream.offset()).isZero();
            assertThat(stream.in().readAllBytes()).isEqualTo(blob);
        }
        try (BlobStream stream = repository("a/b").blob(digest, blob.length, 100_001)) {
            assertThat(stream.offset()).isEqualTo(100_001);
            assertThat(stream.in().readAllBytes()).isEqualTo(Arrays.copyOfRange(blob, 100_001, blob.length));
        }
    }

    @Test
    void everythingThatWasSentComesBack() throws Exception {
        Repository repository = repository("sent/there");
        byte[] bytes = new byte[2_000_000];
        new Random(2).nextBytes(bytes);
        Digest known = Digest.sha256(bytes);
        assertThat(repository.hasBlob(known)).isFalse();
        List<Long> seen = new ArrayList<>();
        repository.uploadBlob(known, bytes.length, () -> new ByteArrayInputStream(bytes), seen::add);
        assertThat(repository.hasBlob(known)).isTrue();
        assertThat(seen).isSorted().last().isEqualTo(2_000_000L);

        byte[] other = Arrays.copyOf(bytes, 1_500_000);
        Repository.Uploaded uploaded = repository.uploadBlob(() -> new ByteArrayInputStream(other), at -> {});
        assertThat(uploaded).isEqualTo(new Repository.Uploaded(Digest.sha256(other), other.length));
        try (BlobStream stream = repository.blob(uploaded.digest(), uploaded.size(), 0)) {
            assertThat(stream.in().readAllBytes()).isEqualTo(other);
        }

        byte[] document = new Manifest(
                        MediaTypes.DOCKER_MANIFEST,
                        new Descriptor(MediaTypes.DOCKER_CONFIG, uploaded.digest(), uploaded.size()),
                        List.of(new Descriptor(MediaTypes.DOCKER_LAYER_GZIP, known, bytes.length)))
                .toJson();
        assertThat(repository.putManifest("v1", MediaTypes.DOCKER_MANIFEST, document))
                .isEqualTo(Digest.sha256(document));
        repository.putManifest("v2", MediaTypes.DOCKER_MANIFEST, document);
        assertThat(repository.manifest("v1").bytes()).isEqualTo(document);
        assertThat(repository.tags()).containsExactlyInAnyOrder("v1", "v2");
    }

    @Test
    void blobIsTakenOverFromAnotherRepository() throws Exception {
        Repository repository = repository("taken/over");
        Reference from = Reference.parseNormalized(registry.host() + "/a/b");
        assertThat(repository.mountBlob(digest, from)).isTrue();
        assertThat(repository.hasBlob(digest)).isTrue();
        assertThat(repository.mountBlob(Digest.sha256(new byte[3]), from)).isFalse();
    }

    @Test
    void missingPartsOfAManifestAreNamed() {
        byte[] document = new Manifest(
                        MediaTypes.OCI_MANIFEST,
                        new Descriptor(MediaTypes.OCI_CONFIG, Digest.sha256(new byte[9]), 9),
                        List.of())
                .toJson();
        assertThatThrownBy(() -> repository("a/b").putManifest("bad", MediaTypes.OCI_MANIFEST, document))
                .hasMessageContaining("blob unknown to registry");
    }

    @Test
    void whatCannotBeReadIsTheCallersOwnFailure() {
        IOException own = new IOException("no such layer");
        assertThatThrownBy(() -> repository("a/b")
                        .uploadBlob(
                                digest,
                                blob.length,
                                () -> {
                                    throw own;
                                },
                                at -> {}))
                .isSameAs(own);
        assertThatThrownBy(() -> repository("a/b")
                        .uploadBlob(digest, blob.length, () -> new ByteArrayInputStream(new byte[7]), at -> {}))
                .hasMessage("there are 7 bytes to send instead of 300000");
    }

    @Test
    void loginAndSearchSayWhatThisRegistryHas() throws Exception {
        assertThat(registries.login(registry.host(), Credentials.ANONYMOUS))
                .isEqualTo(new LoginResult("Login Succeeded", ""));
        assertThatThrownBy(() -> registries.search(registry.host() + "/x", 25, Credentials.ANONYMOUS))
                .hasMessage("Unexpected status code 404: " + registry.host() + " offers no search");
    }
}
