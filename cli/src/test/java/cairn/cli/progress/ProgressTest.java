package cairn.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.cli.show.Tree;
import cairn.linux.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Recorded and made-up streams, and what a person sees of them. The golden files are renewed by {@code -Dgolden.renew=true} and to be read
 * by somebody then.
 */
class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private Terminal.WindowSize size = new Terminal.WindowSize(24, 100);
    private long now;

    private Live live() {
        return new Live(out, false, () -> size, () -> now);
    }

    private static List<Message> stream(String name) throws IOException {
        List<Message> messages = new ArrayList<>();
        for (String line : resource(name).lines().toList()) {
            if (line.indexOf("\"aux\"") < 0) {
                messages.add(message(line));
            }
        }
        return messages;
    }

    private static Message message(String json) {
        return Message.of(Tree.read(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static Message counted(String id, String status, long current, long total) {
        return new Message(id, status, "", true, current, total, "");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ProgressTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String output() {
        String text = bytes.toString(StandardCharsets.UTF_8);
        bytes.reset();
        return text;
    }

    private static void golden(String name, String actual) throws IOException {
        if (Boolean.getBoolean("golden.renew")) {
            Files.writeString(Path.of("src/test/resources/cairn/cli/progress", name), actual);
        }
        assertThat(actual).isEqualTo(resource(name));
    }

    /** The oracle is what Docker's own client 28.2 prints for the same stream into a file. */
    @Test
    void intoAFileItIsWhatDockerPrints() throws IOException {
        for (String name : List.of("pull", "push", "pull-again")) {
            PlainLines lines = new PlainLines(out);
            stream(name + ".jsonl").forEach(lines::show);
            lines.end();
            assertThat(output()).isEqualTo(resource(name + ".txt"));
        }
    }

    @Test
    void framesOfAPullAreGolden() throws IOException {
        TerminalEmulator terminal = new TerminalEmulator(24, 100);
        Live live = live();
        StringBuilder frames = new StringBuilder();
        int count = 0;
        for (Message message : stream("pull-slow.jsonl")) {
            live.show(message);
            now += 50_000_000;
            if (++count % 8 == 0) {
                live.tick();
                terminal.write(output());
                frames.append("--- ").append(now / 1_000_000).append(" ms\n").append(terminal.seen());
            }
        }
        live.end();
        terminal.write(output());
        frames.append("--- end\n").append(terminal.seen());
        golden("pull-slow.frames", frames.toString());
    }

    @Test
    void nothingIsLeftOfEarlierFrames() {
        TerminalEmulator terminal = new TerminalEmulator(24, 100);
        Live live = live();
        for (int i = 0; i <= 100; i++) {
            live.show(counted("aaaaaaaaaaaa", "Downloading", i * 1_000_000L, 100_000_000));
            live.show(counted("bbbbbbbbbbbb", "Downloading", i * 2_000_000L, 200_000_000));
            now += 100_000_000;
            live.tick();
        }
        live.show(counted("aaaaaaaaaaaa", "Pull complete", 0, 0));
        live.show(counted("bbbbbbbbbbbb", "Pull complete", 0, 0));
        live.show(message("{\"status\":\"Status: Downloaded newer image for x:1\"}"));
        live.end();
        terminal.write(output());
        assertThat(terminal.seen())
                .isEqualTo("aaaaaaaaaaaa: Pull complete\nbbbbbbbbbbbb: Pull complete\n"
                        + "Status: Downloaded newer image for x:1\n");
    }

    @Test
    void aBarFillsWithTheBytesAndTheRestIsTold() {
        Live live = live();
        live.show(counted("aaaaaaaaaaaa", "Downloading", 10_000_000, 100_000_000));
        now = 2_000_000_000L;
        live.show(counted("aaaaaaaaaaaa", "Downloading", 50_000_000, 100_000_000));
        live.tick();
        assertThat(output())
                .isEqualTo("\raaaaaaaaaaaa: Downloading   [================>                ]     50MB/100MB "
                        + "       20MB/s     3s\033[K\n\033[J");
    }

    @Test
    void onANarrowTerminalLinesAreCutAndBarsLeftOut() {
        size = new Terminal.WindowSize(24, 40);
        Live live = live();
        live.show(counted("aaaaaaaaaaaa", "Downloading", 50_000_000, 100_000_000));
        live.tick();
        assertThat(output()).isEqualTo("\raaaaaaaaaaaa: Downloading       50MB/10\033[K\n\033[J");
    }

    @Test
    void whatIsPaintedFollowsTheTerminalWhenItIsMadeNarrowerAndWider() {
        TerminalEmulator terminal = new TerminalEmulator(24, 100);
        terminal.write("$ cairn pull x\n");
        Live live = live();
        for (int width : List.of(100, 45, 100, 70, 120, 30, 100)) {
            terminal.resize(width);
            size = new Terminal.WindowSize(24, width);
            live.show(counted("aaaaaaaaaaaa", "Downloading", now / 1000, 100_000_000));
            live.show(counted("bbbbbbbbbbbb", "Downloading", now / 2000, 100_000_000));
            now += 1_000_000_000L;
            live.tick();
            terminal.write(output());
        }
        List<String> lines = terminal.seen().lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).isEqualTo("$ cairn pull x");
        assertThat(lines.get(1)).startsWith("aaaaaaaaaaaa: Downloading");
        assertThat(lines.get(2)).startsWith("bbbbbbbbbbbb: Downloading");
        assertThat(lines.get(3)).startsWith("0 of 2 layers, ");
    }

    @Test
    void moreLayersThanRowsAreCountedAndAllAreThereAtTheEnd() {
        size = new Terminal.WindowSize(10, 100);
        TerminalEmulator terminal = new TerminalEmulator(10, 100);
        Live live = live();
        for (int i = 0; i < 40; i++) {
            live.show(counted("layer-" + i, i < 30 ? "Pull complete" : "Downloading", i < 30 ? 0 : 5, i < 30 ? 0 : 9));
        }
        for (int i = 0; i < 5; i++) {
            live.tick();
            terminal.write(output());
        }
        assertThat(terminal.seen().lines().toList())
                .hasSize(9)
                .contains("and 33 more layers", "30 of 40 layers, 50B of 90B")
                .allMatch(line -> !line.startsWith("layer-0:"));
        for (int i = 30; i < 40; i++) {
            live.show(counted("layer-" + i, "Pull complete", 0, 0));
        }
        live.end();
        terminal.write(output());
        List<String> seen = terminal.seen().lines().toList();
        assertThat(seen).hasSize(40).allMatch(line -> line.endsWith(": Pull complete"));
    }

    @Test
    void aRegistryCannotMoveTheCursor() {
        Live live = live();
        live.show(counted("a\033[2Jb", "Waiting\r\n", 0, 0));
        live.tick();
        assertThat(output()).isEqualTo("\ra?[2Jb: Waiting??\033[K\n\033[J");
    }

    @Test
    void coloursAreOnlyThereWhenTheyAreWanted() {
        Live plain = live();
        plain.show(counted("aaaaaaaaaaaa", "Pull complete", 0, 0));
        plain.end();
        assertThat(output()).doesNotContain("\033[32m");
        Live coloured = new Live(out, true, () -> size, () -> now);
        coloured.show(counted("aaaaaaaaaaaa", "Pull complete", 0, 0));
        coloured.end();
        assertThat(output()).contains("\033[32mPull complete\033[0m");
    }

    @Test
    void aResumedDownloadIsNotTakenForAFastOne() {
        Rate rate = new Rate();
        rate.note(900_000_000, 0);
        rate.note(901_000_000, 1_000_000_000L);
        assertThat(rate.perSecond(1_000_000_000L)).isEqualTo(1_000_000);
        assertThat(rate.perSecond(10_000_000_000L)).isZero();
    }

    @Test
    void spansAreBrief() {
        assertThat(List.of(Spans.of(0.2), Spans.of(59), Spans.of(80), Spans.of(7500), Spans.of(1e9)))
                .containsExactly("1s", "59s", "1m20s", "2h05m", "days");
    }
}
