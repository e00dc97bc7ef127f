package cairn.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ChallengeTest {
    /** A header, and how it is read: schemes in angle brackets with what follows them, parameters in the order of their names. */
    static Stream<List<String>> understood() {
        return Stream.of(
                row("Basic", "<basic>"),
                row("basic realm=\"x\"", "<basic>realm=x"),
                row("BASIC realm=x", "<basic>realm=x"),
                row("Basic realm=\"Registry Realm\"", "<basic>realm=Registry Realm"),
                row("Basic realm=\"\"", "<basic>realm="),
                row("Basic  realm=\"x\"", "<basic>realm=x"),
                row("  Basic realm=\"x\"  ", "<basic>realm=x"),
                row("Basic realm = \"x\"", "<basic>realm=x"),
                row("Basic realm=\t\"x\"", "<basic>realm=x"),
                row("Basic REALM=\"X\"", "<basic>realm=X"),
                row("Basic realm=\"a\\\"b\"", "<basic>realm=a\"b"),
                row("Basic realm=\"a\\\\b\"", "<basic>realm=a\\b"),
                row("Basic realm=\"a\\b\"", "<basic>realm=ab"),
                row("Basic realm=\"a,b\"", "<basic>realm=a,b"),
                row("Basic realm=\"a=b\"", "<basic>realm=a=b"),
                row("Basic realm=\"x\", charset=\"UTF-8\"", "<basic>charset=UTF-8;realm=x"),
                row("Basic realm=\"x\",charset=UTF-8", "<basic>charset=UTF-8;realm=x"),
                row("Basic realm=\"x\" ,  charset=UTF-8", "<basic>charset=UTF-8;realm=x"),
                row("Basic realm=\"x\",,charset=UTF-8", "<basic>charset=UTF-8;realm=x"),
                row("Basic realm=\"x\",", "<basic>realm=x"),
                row(",Basic realm=\"x\"", "<basic>realm=x"),
                row(", ,Basic realm=\"x\", ,", "<basic>realm=x"),
                row("", ""),
                row(",", ""),
                row("  ", ""),
                row(
                        "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
                                + "scope=\"repository:library/busybox:pull\"",
                        "<bearer>realm=https://auth.docker.io/token;scope=repository:library/busybox:pull;"
                                + "service=registry.docker.io"),
                row(
                        "Bearer realm=\"https://h/t\",service=\"s\",scope=\"a:b:pull c:d:push\",error=\"invalid_token\"",
                        "<bearer>error=invalid_token;realm=https://h/t;scope=a:b:pull c:d:push;service=s"),
                row("Bearer", "<bearer>"),
                row("Bearer realm=\"x\", Basic realm=\"y\"", "<bearer>realm=x|<basic>realm=y"),
                row("Basic realm=\"y\", Bearer realm=\"x\",service=s", "<basic>realm=y|<bearer>realm=x;service=s"),
                row("Basic, Bearer realm=\"x\"", "<basic>|<bearer>realm=x"),
                row("Negotiate, Basic realm=\"x\"", "<negotiate>|<basic>realm=x"),
                row("Negotiate,NTLM", "<negotiate>|<ntlm>"),
                row("Negotiate abc=, Basic realm=x", "<negotiate>(abc=)|<basic>realm=x"),
                row("Negotiate abc==", "<negotiate>(abc==)"),
                row("Basic realm=", "<basic>(realm=)"),
                row("Basic realm=,", "<basic>(realm=)"),
                row("NTLM TlRMTVNTUAACAAAA/+~._-", "<ntlm>(TlRMTVNTUAACAAAA/+~._-)"),
                row(
                        "Digest realm=\"x\", qop=\"auth,auth-int\", nonce=abc",
                        "<digest>nonce=abc;qop=auth,auth-int;realm=x"),
                row("Custom a=1, b=2, Other c=3", "<custom>a=1;b=2|<other>c=3"),
                row("Custom a=1, Other", "<custom>a=1|<other>"),
                row("Custom a=1, Other tok68", "<custom>a=1|<other>(tok68)"),
                row("X!#$%&'*+-.^_`|~9 a=b", "<x!#$%&'*+-.^_`|~9>a=b"),
                row("Bearer realm=\"\u00e9\"", "<bearer>realm=\u00e9"),
                row("Bearer realm=\"a\tb\"", "<bearer>realm=a\tb"));
    }

    private static List<String> row(String header, String expected) {
        return List.of(header, expected);
    }

    @ParameterizedTest
    @MethodSource("understood")
    void headerIsUnderstood(List<String> row) throws Exception {
        assertThat(text(Challenge.parse(row.getFirst()))).isEqualTo(row.getLast());
    }

    static Stream<String> refused() {
        return Stream.of(
                "Basic realm=\"x",
                "Basic realm=\"x\\",
                "Basic realm=\"x\\\"",
                "Basic realm==\"x\"",
                "Basic realm=\"x\" charset=y",
                "Basic realm=\"x\"y",
                "Basic realm=\"x\", realm=\"y\"",
                "Basic realm=\"x\", REALM=\"y\"",
                "Basic realm=\"x\";charset=y",
                "Basic realm='x y'",
                "Basic realm=https://h/t",
                "Basic realm=\"a\u0001b\"",
                "Basic realm=\"a\u007fb\"",
                "=x",
                "Basic =x",
                "\"Basic\"",
                "Basic \"realm\"=x",
                "(Basic)",
                "Basic realm=\"x\", (y)",
                "Basic/realm",
                "Bearer a b",
                "Bearer abc=def=",
                "\u00e9",
                "Basic\trealm=x",
                "A ,".repeat(17),
                "X " + "a=b,".repeat(2),
                "X "
                        + Stream.iterate(0, n -> n + 1)
                                .limit(40)
                                .map(n -> "p" + n + "=v")
                                .collect(Collectors.joining(",")),
                "Basic realm=\"" + "x".repeat(9000) + "\"");
    }

    @ParameterizedTest
    @MethodSource("refused")
    void headerIsRefused(String header) {
        assertThatThrownBy(() -> Challenge.parse(header))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.kind()).isEqualTo(RegistryException.Kind.INVALID))
                .hasMessageContaining("WWW-Authenticate");
    }

    /** Whatever comes is read or refused, and never anything else. */
    @Test
    void anyTextIsReadOrRefused() {
        Random random = new Random(7);
        String alphabet = "Basic,realm =\"\\=x/:\t;Bearer\u00e9\u0000";
        int read = 0;
        for (int round = 0; round < 50_000; round++) {
            StringBuilder header = new StringBuilder(random.nextBoolean() ? "Bearer realm=\"x\"," : "");
            int length = random.nextInt(30);
            for (int i = 0; i < length; i++) {
                header.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                Challenge.parse(header.toString());
                read++;
            } catch (RegistryException e) {
                assertThat(e.kind()).isEqualTo(RegistryException.Kind.INVALID);
            }
        }
        assertThat(read).isPositive();
    }

    private static String text(List<Challenge> challenges) {
        return challenges.stream()
                .map(challenge -> "<" + challenge.scheme() + ">"
                        + (challenge.token().isEmpty() ? "" : "(" + challenge.token() + ")")
                        + parameters(challenge.parameters()))
                .collect(Collectors.joining("|"));
    }

    private static String parameters(Map<String, String> parameters) {
        return new TreeMap<>(parameters)
                .entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(";"));
    }
}
