package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cairn.linux.DeviceFilter.Rule;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceFilterTest {
    private static final String DENIED = "Operation not permitted";
    private static final String DONE = "done";

    /** What a container may: nodes of all devices, the standard devices, terminals. */
    private static final List<String> DEFAULTS = List.of(
            "c *:* m",
            "b *:* m",
            "c 1:3 rwm",
            "c 1:5 rwm",
            "c 1:7 rwm",
            "c 1:8 rwm",
            "c 1:9 rwm",
            "c 5:0 rwm",
            "c 5:1 rwm",
            "c 5:2 rwm",
            "c 136:* rwm");

    /**
     * Makes nodes on a file system of its own, which surely allows devices, enters the cgroup and says how each access to each of
     * the devices ends: {@code done} or the text of its error.
     */
    private static final String PROBE = """
            mount -t tmpfs none "$1" && cd "$1" || exit 1
            cgroup=$2
            shift 2
            for device; do mknod $device ${device%%-*} $(echo ${device#*-} | tr : ' ') || exit 1; done
            echo $$ > $cgroup/cgroup.procs || exit 1
            made() { mknod new ${1%%-*} $(echo ${1#*-} | tr : ' ') && rm new; }
            try() {
                name=$1
                shift
                if text=$("$@" 2>&1); then echo "$name=done"; else echo "$name=${text##*: }"; fi
            }
            readable() { true < $1; }
            writable() { true > $1; }
            both() { true <> $1; }
            for device; do
                try "$device m" made $device
                try "$device r" readable $device
                try "$device w" writable $device
                try "$device rw" both $device
            done
            """;

    @TempDir
    Path scratch;

    private static Path hierarchy() {
        Path v2 = Cgroups.detect().v2();
        assumeTrue(v2 != null, "cgroup v2 is not mounted");
        return v2;
    }

    /** Device and access, such as {@code c-1:3 rw}, with what became of it in this cgroup. */
    private Map<String, String> outcomes(Path cgroup, List<String> devices) {
        List<String> command = new ArrayList<>(List.of("env", "LC_ALL=C", "unshare", "-m", "sh", "-c", PROBE, "sh"));
        command.add(scratch.toString());
        command.add(cgroup.toString());
        command.addAll(devices);
        Map<String, String> outcomes = new LinkedHashMap<>();
        Program.output(command.toArray(String[]::new)).lines().forEach(line -> {
            String[] parts = line.split("=", 2);
            outcomes.put(parts[0], parts[1]);
        });
        return outcomes;
    }

    private Map<String, String> outcomes(List<String> rules, List<String> devices) throws Exception {
        Path cgroup = Files.createTempDirectory(hierarchy(), "cairn-device-filter-");
        try {
            DeviceFilter.attach(cgroup, rules.stream().map(Rule::parse).toList());
            return outcomes(cgroup, devices);
        } finally {
            remove(cgroup);
        }
    }

    /** A process may leave its cgroup a moment after it was waited for. */
    private static void remove(Path cgroup) throws Exception {
        for (int attempt = 0; ; attempt++) {
            try {
                Files.delete(cgroup);
                return;
            } catch (FileSystemException busy) {
                if (attempt == 100
                        || busy instanceof NoSuchFileException
                        || busy instanceof DirectoryNotEmptyException) {
                    throw busy;
                }
                Thread.sleep(10);
            }
        }
    }

    @Test
    void containersUseTheStandardDevicesButNoDisk() throws Exception {
        String number = MountTable.read().stream()
                .filter(mount -> mount.mountPoint().equals("/"))
                .findFirst()
                .orElseThrow()
                .deviceNumber();
        String disk = "b-" + (number.startsWith("0:") ? "8:0" : number);
        List<String> devices = List.of("c-1:3", "c-1:5", "c-1:11", disk);
        Map<String, String> unfiltered = outcomes(hierarchy(), List.of("c-1:3", "c-1:5", "c-1:11"));
        assertThat(unfiltered.values()).doesNotContain(DENIED).contains(DONE);

        Map<String, String> outcomes = outcomes(DEFAULTS, devices);
        for (String device : List.of("c-1:3", "c-1:5")) {
            assertThat(outcomes)
                    .containsEntry(device + " m", DONE)
                    .containsEntry(device + " r", DONE)
                    .containsEntry(device + " w", DONE)
                    .containsEntry(device + " rw", DONE);
        }
        for (String device : List.of("c-1:11", disk)) {
            assertThat(outcomes)
                    .containsEntry(device + " m", DONE)
                    .containsEntry(device + " r", DENIED)
                    .containsEntry(device + " w", DENIED)
                    .containsEntry(device + " rw", DENIED);
        }
    }

    /** No driver has the major number 60, so that an access that is allowed ends with another error than one that is not. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a *:* rwm",
                "c *:* rwm",
                "b *:* m",
                "c 1:* r",
                "a *:3 rm",
                "a 60:* w",
                "b 60:3 rw, c 60:3 w",
                "c 1:3 r, c 1:3 w",
                "c 1:3 r, a *:* rwm, b 60:3 r",
                "b 60:4 rwm, c 60:4294967295 rwm, c 4294967295:3 rwm, c 1:3 wm"
            })
    void kernelAllowsWhatOneRuleCoversAndNothingElse(String rules) throws Exception {
        List<String> list = rules.isEmpty() ? List.of() : List.of(rules.split(", "));
        Map<String, String> outcomes = outcomes(list, List.of("c-1:3", "c-1:5", "c-60:3", "b-60:3", "b-60:4"));
        assertThat(outcomes).hasSize(5 * 4);
        outcomes.forEach((request, outcome) -> assertThat(!outcome.equals(DENIED))
                .as("%s with %s: %s", request, list, outcome)
                .isEqualTo(list.stream().anyMatch(rule -> covers(rule, request))));
    }

    /** By the text of both, such as {@code a *:3 rm} and {@code c-1:3 rw}. */
    private static boolean covers(String rule, String request) {
        String[] allowed = rule.split("[ :]");
        String[] asked = request.split("[- :]");
        return (allowed[0].equals("a") || allowed[0].equals(asked[0]))
                && (allowed[1].equals("*") || allowed[1].equals(asked[1]))
                && (allowed[2].equals("*") || allowed[2].equals(asked[2]))
                && Stream.of(asked[3].split("")).allMatch(allowed[3]::contains);
    }

    @Test
    void severalFiltersMustAgree() throws Exception {
        Path cgroup = Files.createTempDirectory(hierarchy(), "cairn-device-filter-");
        try {
            Path below = Files.createDirectory(cgroup.resolve("below"));
            try {
                DeviceFilter.attach(cgroup, List.of(Rule.parse("c 1:* rw")));
                DeviceFilter.attach(below, List.of(Rule.parse("a *:3 rwm")));
                DeviceFilter.attach(below, List.of(Rule.parse("a *:* r")));
                assertThat(outcomes(below, List.of("c-1:3", "c-1:5")))
                        .containsEntry("c-1:3 r", DONE)
                        .containsEntry("c-1:3 w", DENIED)
                        .containsEntry("c-1:3 m", DENIED)
                        .containsEntry("c-1:5 r", DENIED);
                assertThat(outcomes(cgroup, List.of("c-1:3")))
                        .containsEntry("c-1:3 rw", DONE)
                        .containsEntry("c-1:3 m", DENIED);
            } finally {
                remove(below);
            }
        } finally {
            remove(cgroup);
        }
    }

    @Test
    void noDescriptorStaysOpen() throws Exception {
        Path cgroup = Files.createTempDirectory(hierarchy(), "cairn-device-filter-");
        try {
            DeviceFilter.attach(cgroup, List.of());
            assertThatThrownBy(() -> DeviceFilter.attach(scratch, List.of()))
                    .isInstanceOfSatisfying(
                            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADF))
                    .hasMessageContaining("attach device filter " + scratch);
            assertThat(openFiles())
                    .noneMatch(file -> file.contains("bpf") || file.equals(cgroup.toString()))
                    .doesNotContain(scratch.toString());
        } finally {
            remove(cgroup);
        }
    }

    private static List<String> openFiles() throws IOException {
        List<String> files = new ArrayList<>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)) {
                    files.add(Files.readSymbolicLink(descriptor).toString());
                }
            }
        }
        return files;
    }

    @Test
    void refusedProgramIsExplained() {
        // It ends without a verdict.
        byte[] exit = {(byte) 0x95, 0, 0, 0, 0, 0, 0, 0};
        assertThatThrownBy(() -> DeviceFilter.load(exit, "/x"))
                .isInstanceOf(LinuxException.class)
                .hasMessageMatching("load device filter /x \\(R0 !read_ok\\): .+")
                .hasStackTraceContaining("0: (95) exit");
    }

    @Test
    void rulesAreRead() {
        assertThat(Rule.parse("c 1:3 rwm")).isEqualTo(new Rule('c', 1, 3, "rwm"));
        assertThat(Rule.parse("b *:* m")).isEqualTo(new Rule('b', -1, -1, "m"));
        assertThat(Rule.parse("a 4294967295:* wr")).isEqualTo(new Rule('a', 0xffff_ffffL, -1, "wr"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "c 1:3",
                "p 1:3 r",
                "c 1:3 x",
                "c 1:3 ",
                "c 1 r",
                "c -1:3 r",
                "c 4294967296:3 r",
                "c 1:99999999999 r",
                "c 1:3 r\n",
                " c 1:3 r"
            })
    void whatIsNoRuleIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Rule.parse(text));
    }
}
