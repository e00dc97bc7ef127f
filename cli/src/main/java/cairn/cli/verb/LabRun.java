package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.daemon.Query;
import cairn.cli.stream.Signals;
import cairn.wire.Json;
import cairn.wire.lab.LabPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A launch plan carried out right here: the daemon only plans, the shim runs as a child of this program and with its
 * streams, so that what one sees is a process and its parent and nothing in between.
 */
final class LabRun {
    private LabRun() {}

    /** The program's exit status. */
    static int run(Session session, String kind, Object request) throws IOException {
        byte[] answer = session.daemon().bytes("POST", new Query("/cairn/lab/" + kind).toString(), request);
        LabPlan plan = Json.read(LabPlan.class, answer);
        session.out().flush();
        Path file = Files.createTempFile("cairn-lab-", ".plan");
        // Keys that send signals are for the program, which is in the same foreground group.
        try (Signals.Handling _ = Signals.handle(List.of("INT", "TSTP"), _ -> {})) {
            Files.write(file, Base64.getDecoder().decode(plan.plan()));
            return new ProcessBuilder(plan.shim(), "run", file.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            throw new CliException(130, "");
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** What is set when the daemon was asked, in {@code NAME=value}. */
    static List<String> environment(Session session) {
        List<String> variables = new ArrayList<>();
        for (Map.Entry<String, String> variable : session.environment().entrySet()) {
            variables.add(variable.getKey() + "=" + variable.getValue());
        }
        return variables;
    }

    static String absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize().toString();
    }
}
