package cairn.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.linux.InRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Spellings of users that other engines misread: CVE-2026-30892, CVE-2024-40635, CVE-2026-46680, CVE-2022-36109, CVE-2026-47262. */
@Timeout(20)
class UsersTest {
    @TempDir
    Path root;

    @BeforeEach
    void accounts() throws IOException {
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc/passwd"), """
                root:x:0:0:root:/root:/bin/sh
                user:x:1000:1001:user:/home/user:/bin/sh
                1234:x:0:0:a number for a name:/:/bin/sh
                +1:x:0:0:a sign in a name:/plus:/bin/sh
                wraps:x:4294967296:0:0 in 32 bits:/:/bin/sh
                large:x:2147483648:0::/:/bin/sh
                negative:x:-1:0::/:/bin/sh
                octal:x:010:0::/octal:/bin/sh
                hex:x:0x0:0::/:/bin/sh
                blank:x: 0:0::/:/bin/sh
                none:x::0::/:/bin/sh
                short:x:0
                user:x:0:0:a second line of the same name:/:/bin/sh
                """);
        Files.writeString(root.resolve("etc/group"), """
                root:x:0:
                user:x:1001:
                extra:x:2000:root,user
                5678:x:0:
                more:x:2001:other,user,users
                wraps:x:4294967296:user
                negative:x:-1:user
                """);
    }

    private Users.Resolved resolve(String spec, String... more) {
        try (InRoot files = InRoot.open(root)) {
            return Users.resolve(files, spec, List.of(more));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            value = {
                "''             | 0          | 0          | 0 2000",
                "root           | 0          | 0          | 0 2000",
                "0              | 0          | 0          | 0 2000",
                "00             | 0          | 0          | 0 2000",
                "':'            | 0          | 0          | 0 2000",
                "'0:'           | 0          | 0          | 0 2000",
                "':0'           | 0          | 0          | 0",
                "':1'           | 0          | 1          | 1",
                "':extra'       | 0          | 2000       | 2000",
                "'root:'        | 0          | 0          | 0 2000",
                "user           | 1000       | 1001       | 1001 2000 2001",
                "1000           | 1000       | 1001       | 1001 2000 2001",
                "01000          | 1000       | 1001       | 1001 2000 2001",
                "user:user      | 1000       | 1001       | 1001",
                "user:extra     | 1000       | 2000       | 2000",
                "user:0         | 1000       | 0          | 0",
                "1000:1000      | 1000       | 1000       | 1000",
                "1              | 1          | 0          | 0",
                "01             | 1          | 0          | 0",
                "1:1            | 1          | 1          | 1",
                // Digits are never a name.
                "1234           | 1234       | 0          | 0",
                "0:5678         | 0          | 5678       | 5678",
                "octal          | 10         | 0          | 0",
                "+1             | 0          | 0          | 0",
                "2147483647     | 2147483647 | 0          | 0",
                "7:2147483647   | 7          | 2147483647 | 2147483647",
            })
    void whoThatIs(String spec, long uid, long gid, String groups) {
        Users.Resolved resolved = resolve(spec);
        assertThat(resolved.user().uid()).isEqualTo(uid);
        assertThat(resolved.user().gid()).isEqualTo(gid);
        assertThat(resolved.user().groups().stream().map(String::valueOf).toList())
                .containsExactlyInAnyOrder(groups.split(" "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2147483648",
                "4294967295",
                "4294967296",
                "18446744073709551616",
                "99999999999999999999999",
                "-1",
                "-0",
                "0x0",
                "1e0",
                "1.0",
                " 0",
                "0 ",
                "root ",
                "Root",
                "nobody",
                "wraps",
                "large",
                "negative",
                "hex",
                "blank",
                "none",
                "short",
                "0:2147483648",
                "0:4294967296",
                "0:-1",
                "0:+1",
                "0:none",
                "0:wraps",
                "0:negative",
                "0:0:0",
                "user:extra:",
                "root\n",
                "\u0661",
                "\uff11",
                "0\u0000",
            })
    void whoIsNobody(String spec) {
        assertThatThrownBy(() -> resolve(spec)).isInstanceOf(EngineException.class);
    }

    @Test
    void groupsAskedForBesides() {
        assertThat(resolve("7", "extra", "9").user().groups()).containsExactly(0L, 9L, 2000L);
        assertThat(resolve("user:0", "extra").user().groups()).containsExactly(0L, 2000L);
        assertThatThrownBy(() -> resolve("7", "4294967296")).isInstanceOf(EngineException.class);
    }

    @Test
    void filesOfAccountsAreSmallPlainFilesOfTheRoot() throws Exception {
        Path passwd = root.resolve("etc/passwd");
        Files.delete(passwd);
        assertThatThrownBy(() -> resolve("user")).hasMessageContaining("no matching entries in passwd file");
        // Outside, and what never ends.
        for (String target :
                List.of("/etc/passwd", "../../../../../../etc/passwd", "/dev/zero", "/proc/self/environ")) {
            Files.createSymbolicLink(passwd, Path.of(target));
            assertThatThrownBy(() -> resolve("root")).hasMessageContaining("no matching entries");
            assertThat(resolve("0").user().uid()).isZero();
            Files.delete(passwd);
        }
        assertThat(new ProcessBuilder("mkfifo", passwd.toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> resolve("root")).hasMessageContaining("no matching entries");
        Files.delete(passwd);
        assertThat(new ProcessBuilder("truncate", "-s", "1G", passwd.toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThatThrownBy(() -> resolve("root")).hasMessageContaining("larger than 1 MiB");
        assertThatThrownBy(() -> resolve("0")).hasMessageContaining("larger than 1 MiB");
        Files.delete(passwd);
        Files.createDirectory(passwd);
        assertThatThrownBy(() -> resolve("root")).hasMessageContaining("no matching entries");
    }
}
