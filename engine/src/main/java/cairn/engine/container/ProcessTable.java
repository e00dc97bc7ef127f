package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.wire.container.TopResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code docker top}: the host's own ps(1), its rows cut down to one container's processes, as Docker does it. */
final class ProcessTable {
    private static final String DEFAULT = "-ef";

    private ProcessTable() {}

    static TopResponse of(List<Integer> pids, String psArguments) {
        String arguments = psArguments.isBlank() ? DEFAULT : psArguments;
        String[] lines = run(arguments).split("\n");
        List<String> titles = List.of(lines[0].strip().split("\\s+"));
        int pidColumn = titles.indexOf("PID");
        if (pidColumn < 0) {
            throw new Problem.InvalidParameter("couldn't find PID field in ps output").exception();
        }
        Set<String> wanted = new HashSet<>();
        for (int pid : pids) {
            wanted.add(Integer.toString(pid));
        }
        List<List<String>> rows = new ArrayList<>();
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            // The last column is the command and keeps its spaces.
            List<String> row = List.of(line.strip().split("\\s+", titles.size()));
            if (row.size() > pidColumn && wanted.contains(row.get(pidColumn))) {
                rows.add(row);
            }
        }
        return new TopResponse(rows, titles);
    }

    private static String run(String arguments) {
        List<String> command = new ArrayList<>(List.of("ps"));
        command.addAll(List.of(arguments.strip().split("\\s+")));
        try {
            Process ps = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (ps.waitFor() != 0) {
                throw new Problem.Internal("error running ps: " + output.strip()).exception();
            }
            return output;
        } catch (IOException e) {
            throw new Problem.Internal("error running ps: " + e.getMessage()).exception(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem.Internal("interrupted while ps ran").exception(e);
        }
    }
}
