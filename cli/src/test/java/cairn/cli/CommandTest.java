package cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CommandTest {
    private record Result(int status, String out, String err) {}

    private static Result cairn(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
        PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Map<String, String> environment = Map.of("CAIRN_HOST", "unix:///nonexistent/cairn.sock");
        int status = new Main(new ByteArrayInputStream(new byte[0]), outStream, errStream, environment).run(words);
        outStream.flush();
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @EnumSource
    void everySpellingShowsHelp(Command command) {
        for (String spelling : command.spellings()) {
            List<String> words = new ArrayList<>(List.of(spelling.split(" ", -1)));
            words.add("--help");
            Result result = cairn(words.toArray(String[]::new));
            assertThat(result.status()).as(spelling).isZero();
            assertThat(result.out()).startsWith("Usage:  cairn " + spelling).contains(command.summary());
            assertThat(result.out().lines()).as("lines of %s", spelling).allMatch(line -> line.length() <= 120);
        }
    }

    @Test
    void noSpellingNamesTwoCommands() {
        List<String> all = new ArrayList<>();
        for (Command command : Command.values()) {
            all.addAll(List.of(command.spellings()));
        }
        assertThat(all).doesNotHaveDuplicates();
    }

    @Test
    void theHelpListsEveryCommand() {
        Result result = cairn("--help");
        for (Command command : Command.values()) {
            assertThat(result.out()).contains("  " + command.words() + " ");
        }
        assertThat(cairn().out()).isEqualTo(result.out());
        assertThat(cairn("help").out()).isEqualTo(result.out());
    }

    @Test
    void runHasEveryFlagOfDockers() {
        assertThat(cairn("run", "--help").out())
                .contains(
                        "--add-host",
                        "--annotation",
                        "--attach",
                        "--blkio-weight",
                        "--cap-add",
                        "--cgroupns",
                        "--cidfile",
                        "--cpus",
                        "--detach-keys",
                        "--device",
                        "--dns",
                        "--entrypoint",
                        "--env-file",
                        "--expose",
                        "--gpus",
                        "--health-cmd",
                        "--init",
                        "--label-file",
                        "--link",
                        "--log-opt",
                        "--mount",
                        "--network-alias",
                        "--oom-kill-disable",
                        "--pids-limit",
                        "--platform",
                        "--publish-all",
                        "--pull",
                        "--read-only",
                        "--restart",
                        "--rm",
                        "--security-opt",
                        "--shm-size",
                        "--sig-proxy",
                        "--stop-timeout",
                        "--storage-opt",
                        "--sysctl",
                        "--tmpfs",
                        "--ulimit",
                        "--userns",
                        "--uts",
                        "--volumes-from",
                        "--workdir");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "foo|1|cairn: unknown command: cairn foo",
                "container foo|1|cairn: unknown command: cairn container foo",
                "imges|1|Did you mean 'cairn images'?",
                "--foo|125|unknown flag: --foo",
                "run --foo x|125|unknown flag: --foo",
                "ps --foo|125|unknown flag: --foo",
                "run|1|'cairn run' requires at least 1 argument",
                "ps x|1|'cairn ps' accepts no arguments",
                "tag a|1|'cairn tag' requires 2 arguments",
                "images a b|1|'cairn images' requires at most 1 argument",
                "exec x|1|'cairn exec' requires at least 2 arguments",
                "run -d -a stdout x|1|conflicting options: cannot specify both --attach and --detach",
                "run --rm --restart=always x|125|conflicting options: cannot specify both --restart and --rm",
                "run --pull=x i|125|invalid pull option: 'x': must be one of",
                "run -p x:y:z i|125|cairn: invalid IP address: x",
                "run --detach-keys ctrl-foo i|125|invalid detach keys (ctrl-foo)",
                "run i|125|Cannot connect to the Cairn daemon at unix:///nonexistent/cairn.sock. Is the daemon running?",
                "create i|1|Cannot connect to the Cairn daemon at unix:///nonexistent/cairn.sock",
                "create --pull=x i|125|Run 'cairn create --help' for more information",
                "ps|1|Cannot connect to the Cairn daemon",
                "inspect -f {{ x|64|template parsing error: template: :1: unclosed action",
                "start -a x y|1|you cannot start and attach multiple containers at once",
                "completion tcsh|1|unknown shell: tcsh",
                "lab union A|1|needs two branches or more",
                "logs --since foo x|1|Cannot connect to the Cairn daemon",
                "-H tcp://x ps|125|invalid host",
            })
    void faultsHaveDockersStatusAndWords(String words, int status, String message) {
        Result result = cairn(words.split(" ", -1));
        assertThat(result.err()).contains(message);
        assertThat(result.status()).isEqualTo(status);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void theVersionIsTheProjects() throws IOException {
        assertThat(Files.readString(Path.of("../pom.xml"))).contains("<version>" + Product.VERSION + "</version>");
        assertThat(cairn("--version").out()).isEqualTo("Cairn version " + Product.VERSION + "\n");
    }
}
