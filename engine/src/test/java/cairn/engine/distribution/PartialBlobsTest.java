package cairn.engine.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PartialBlobsTest {
    private static final Digest BLOB = Digest.sha256(new byte[] {1});

    @TempDir
    Path directory;

    private PartialBlobs partials;

    @BeforeEach
    void open() {
        partials = new PartialBlobs(directory);
    }

    private Path file(int number, long length, Duration age) throws IOException {
        Path file = directory.resolve(Digest.sha256(new byte[] {(byte) number}).hex());
        try (var sparse = new java.io.RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(length);
        }
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
        return file;
    }

    @Test
    void whatWasAppendedIsThereForTheNextHolder() throws Exception {
        try (PartialBlobs.Partial partial = partials.hold(BLOB)) {
            assertThat(partial.length(10)).isZero();
            partial.append(new byte[] {1, 2, 3}, 0, 3);
        }
        try (PartialBlobs.Partial partial = partials.hold(BLOB)) {
            assertThat(partial.length(10)).isEqualTo(3);
            assertThat(partial.read().readAllBytes()).containsExactly(1, 2, 3);
            partial.append(new byte[] {4, 5}, 1, 1);
        }
        assertThat(directory.resolve(BLOB.hex())).hasBinaryContent(new byte[] {1, 2, 3, 5});
    }

    @Test
    void aFileThatIsLongerThanItsBlobIsNoPartOfIt() throws Exception {
        Path file = file(1, 11, Duration.ZERO);
        try (PartialBlobs.Partial partial = partials.hold(BLOB)) {
            assertThat(partial.length(10)).isZero();
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void theSecondHolderWaitsForTheFirst() throws Exception {
        Thread second;
        try (PartialBlobs.Partial first = partials.hold(BLOB)) {
            second = Thread.ofPlatform().start(() -> {
                try (PartialBlobs.Partial partial = partials.hold(BLOB)) {
                    partial.append(new byte[] {2}, 0, 1);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            second.join(Duration.ofMillis(200));
            assertThat(second.isAlive()).isTrue();
            first.append(new byte[] {1}, 0, 1);
        }
        second.join();
        assertThat(directory.resolve(BLOB.hex())).hasBinaryContent(new byte[] {1, 2});
    }

    @Test
    void whatIsOldOrTooMuchIsSweptAndWhatIsWorkedOnIsNot() throws Exception {
        Path held = file(1, 1, PartialBlobs.KEPT.plusHours(1));
        Path old = file(2, 1, PartialBlobs.KEPT.plusHours(1));
        Path recent = file(3, 100, Duration.ofDays(1));
        Path large = file(4, PartialBlobs.MAX_BYTES, Duration.ofDays(2));
        try (PartialBlobs.Partial partial = partials.hold(BLOB)) {
            partials.sweep();
            assertThat(held).exists();
            assertThat(partial.length(1)).isOne();
        }
        assertThat(old).doesNotExist();
        assertThat(recent).exists();
        assertThat(large).doesNotExist();
        assertThat(partials.prune()).isEqualTo(101);
        assertThat(directory).isEmptyDirectory();
    }
}
