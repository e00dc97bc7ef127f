package cairn.cli.create;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.cli.args.ArgumentParser;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.UsageException;
import cairn.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The oracle is what Docker's own client 28.2 sends for the same words: spelling, tab, "ok", tab, body. */
class CreateRequestTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("ORACLE_SET", "from-caller", "HOME", "/root");

    static Stream<String[]> spellings() throws IOException {
        try (InputStream in = CreateRequestTest.class.getResourceAsStream("docker-create.tsv")) {
            List<String[]> rows = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                String[] cells = line.split("\t", -1);
                rows.add(new String[] {cells[0], cells[2]});
            }
            return rows.stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spellings")
    void isWhatDockersClientSends(String spelling, String body) {
        Object ours = Json.tree(Json.write(request(spelling)));
        Object docker = Json.tree(body.getBytes(StandardCharsets.UTF_8));
        assertThat(plain(ours)).isEqualTo(plain(docker));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--pid foo busybox",
                "--uts foo busybox",
                "--userns foo busybox",
                "--cgroupns foo busybox",
                "--add-host foo busybox",
                "--device a:b:c:d busybox",
                "--device /dev/a:/dev/b:rwx busybox",
                "--security-opt foo busybox",
                "--security-opt seccomp=/nonexistent busybox",
                "--mount foo busybox",
                "--mount source=/x busybox",
                "--mount type=bind,target=/x busybox",
                "--mount type=tmpfs,target=/x,tmpfs-mode=9 busybox",
                "--mount target=/x,foo=bar busybox",
                "--mount type=bind,source=/a,target=/x,volume-nocopy busybox",
                "--mount type=bind,source=/a,target=/x,tmpfs-size=1m busybox",
                "--mount type=bind,source=/a,target=/x,image-subpath=y busybox",
                "--mount type=bind,source=/a,target=/x,bind-recursive=writable busybox",
                "--mount type=bind,source=/a,target=/x,ro,bind-recursive=readonly busybox",
                "--mount type=bind,source=/a,target=/x,idmap=uids busybox",
                "--mount target=/x,idmap busybox",
                "-l =x busybox",
                "-e =x busybox",
                "--env-file /nonexistent busybox",
                "-p x:y:z busybox",
                "-p 80:x busybox",
                "-p 80-81:80-82 busybox",
                "-p 80/foo busybox",
                "-p 70000 busybox",
                "--expose 90-80 busybox",
                "--restart foo:x busybox",
                "--restart :3 busybox",
                "--rm --restart always busybox",
                "--memory-swappiness 101 busybox",
                "--log-driver none --log-opt a=b busybox",
                "--network alias=x busybox",
                "--network name=n,foo=x busybox",
                "--network name=n,ip=1.2.3.4 --ip 1.2.3.5 busybox",
                "--blkio-weight-device sda:200 busybox",
                "--blkio-weight-device /dev/sda:5 busybox",
                "--device-read-bps /dev/sda:1x busybox",
                "--device-read-iops /dev/sda:1m busybox",
                "--gpus foo=1 busybox",
                "-a foo busybox",
            })
    void malformedValuesAreRefused(String spelling) {
        assertThatThrownBy(() -> request(spelling)).isInstanceOf(UsageException.class);
    }

    @Test
    void explicitlyNoInitIsNotTheSameAsNothingSaid() {
        assertThat(Json.text(request("--init=false busybox"))).contains("\"Init\":false");
        assertThat(Json.text(request("busybox"))).doesNotContain("\"Init\":");
    }

    /** Docker's client refuses it; the daemon is Cairn's. */
    @Test
    void userNamespacesOfOnesOwnCanBeAskedFor() {
        assertThat(Json.text(request("--userns private busybox"))).contains("\"UsernsMode\":\"private\"");
    }

    /** Docker's client does not know the word here, but passes it on with -v. */
    @Test
    void bindsCanBeIdmapped() {
        assertThat(Json.text(request("--mount type=bind,source=/a,target=/b,idmap busybox")))
                .contains("\"BindOptions\":{\"CairnIdmap\":true}");
        assertThat(Json.text(request("--mount type=bind,source=/a,target=/b,idmap=false busybox")))
                .doesNotContain("CairnIdmap");
        assertThat(Json.text(request("-v /a:/b:idmap,ro busybox"))).contains("\"/a:/b:idmap,ro\"");
    }

    @Test
    void unconfinedSystemPathsAreEmptyListsNotAbsentOnes() {
        assertThat(Json.text(request("--security-opt systempaths=unconfined busybox")))
                .contains("\"MaskedPaths\":[]", "\"ReadonlyPaths\":[]");
        assertThat(Json.text(request("busybox"))).doesNotContain("MaskedPaths");
    }

    @Test
    void relativeSourcesOfVolumesAreTakenFromTheWorkingDirectory() {
        String here = Path.of("").toAbsolutePath().toString();
        assertThat(Json.text(request("-v ./rel:/b busybox"))).contains("\"" + here + "/rel:/b\"");
    }

    private static Object request(String spelling) {
        String[] words = words(spelling);
        Flags flags = CreateFlags.add(new Flags()).bool("d,detach", "x");
        Arguments given = ArgumentParser.parse(flags, false, words, 0);
        return CreateRequest.of(given, ENVIRONMENT, given.on("detach") && !spelling.startsWith("-itd"), List.of(0, 0));
    }

    private static String file(String name) {
        try {
            return Path.of(CreateRequestTest.class.getResource(name).toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As a shell splits it; names of the files beside this test become their paths. */
    private static String[] words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean any = false;
        char quote = 0;
        for (char c : (line + " ").toCharArray()) {
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'') {
                quote = c;
                any = true;
            } else if (c != ' ') {
                word.append(c);
                any = true;
            } else if (any) {
                words.add(word.toString());
                word.setLength(0);
                any = false;
            }
        }
        words.replaceAll(w -> switch (w) {
            case "env.txt", "labels.txt" -> file(w);
            case "seccomp=seccomp.json" -> "seccomp=" + file("seccomp.json");
            default -> w;
        });
        return words.toArray(String[]::new);
    }

    /** Without members that say nothing: null, empty, zero and false mean the same to the daemon where we compare. */
    private static Object plain(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> kept = new TreeMap<>();
                map.forEach((key, member) -> {
                    Object inner = plain(member);
                    boolean marker =
                            member instanceof Map<?, ?> empty && empty.isEmpty() && ((String) key).contains("/");
                    boolean unset =
                            key.equals("MemorySwappiness") && Long.valueOf(-1).equals(member);
                    if (marker || (says(inner) && !unset)) {
                        kept.put((String) key, inner);
                    }
                });
                yield kept;
            }
            case List<?> list -> {
                List<Object> kept = new ArrayList<>();
                boolean any = false;
                for (Object item : list) {
                    Object inner = plain(item);
                    kept.add(inner);
                    any |= says(inner);
                }
                yield any ? kept : List.of();
            }
            case null -> "";
            default -> value;
        };
    }

    private static boolean says(Object value) {
        return switch (value) {
            case Boolean flag -> flag;
            case Number number -> number.longValue() != 0;
            case String text -> !text.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case List<?> list -> !list.isEmpty();
            default -> true;
        };
    }
}
