package cairn.acceptance;

import cairn.acceptance.Command.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The stock docker CLI, pointed at one engine, with an empty configuration of its own. */
final class DockerCli {
    private final String program;
    private final Map<String, String> environment;

    DockerCli(Path socket, Path configuration) {
        this(program(), socket, configuration);
    }

    DockerCli(String program, Path socket, Path configuration) {
        this.program = program;
        environment = Map.of(
                "DOCKER_HOST",
                "unix://" + socket,
                "DOCKER_CONFIG",
                configuration.toString(),
                "DOCKER_CLI_HINTS",
                "false",
                "DOCKER_API_VERSION",
                "");
    }

    private static String program() {
        return System.getProperty(
                "cairn.docker",
                Files.isExecutable(Path.of("/usr/local/bin/docker")) ? "/usr/local/bin/docker" : "/usr/bin/docker");
    }

    Result run(String... words) {
        return Command.run(environment, command(words), "");
    }

    Result runWithInput(String input, String... words) {
        return Command.run(environment, command(words), input);
    }

    /** Standard output, without the line end, of a command that must succeed. */
    String ok(String... words) {
        return run(words).ok().text();
    }

    String inspect(String target, String format) {
        return ok("inspect", "--format", format, target);
    }

    /** Leaves the command running; its standard input stays open. */
    Command start(String... words) {
        return Command.start(environment, command(words));
    }

    /** The same on a terminal of its own, of 80 columns and 24 rows. */
    Command terminal(String... words) {
        String line = "stty rows 24 cols 80; exec "
                + String.join(
                        " ", command(words).stream().map(DockerCli::quoted).toList());
        return Command.start(environment, List.of("script", "-qefc", line, "/dev/null"));
    }

    private List<String> command(String... words) {
        List<String> command = new ArrayList<>();
        command.add(program);
        command.addAll(List.of(words));
        return command;
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
