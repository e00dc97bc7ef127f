package cairn.acceptance;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A compose project in a directory of its own. {@link #close} takes it down, with its volumes and orphans. */
final class ComposeProject implements AutoCloseable {
    /** Which compose. */
    enum Client {
        /** The plugin of the docker CLI. */
        V2,
        /** Debian's, in Python. */
        V1
    }

    private final TestDaemon daemon;
    private final Client client;
    private final String name;
    private final Path directory;

    private ComposeProject(TestDaemon daemon, Client client, String name, Path directory) {
        this.daemon = daemon;
        this.client = client;
        this.name = name;
        this.directory = directory;
    }

    static ComposeProject of(TestDaemon daemon, Client client, String name, String file) {
        ComposeProject project = new ComposeProject(daemon, client, name, TestDaemon.newDirectory());
        project.file("compose.yaml", file);
        return project;
    }

    /** Makes the plugin one of the daemon's CLI. */
    static void link(TestDaemon daemon, Path plugin) {
        try {
            Path plugins = Files.createDirectories(daemon.directory().resolve("cli-plugins"));
            Files.createSymbolicLink(plugins.resolve("docker-compose"), plugin);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path directory() {
        return directory;
    }

    /** A file beside the project's. */
    void file(String path, String content) {
        try {
            Path file = directory.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command(String... words) {
        List<String> command = new ArrayList<>(
                client == Client.V2 ? List.of("/usr/local/bin/docker", "compose") : List.of("docker-compose"));
        command.addAll(List.of(
                "--project-directory",
                directory.toString(),
                "-f",
                directory.resolve("compose.yaml").toString(),
                "-p",
                name));
        command.addAll(List.of(words));
        return command;
    }

    private Map<String, String> environment() {
        return Map.of(
                "DOCKER_HOST",
                "unix://" + daemon.socket(),
                "DOCKER_CONFIG",
                daemon.directory().toString(),
                "COMPOSE_MENU",
                "false",
                "COMPOSE_PROGRESS",
                "plain");
    }

    Result run(String... words) {
        return Command.run(environment(), command(words), "");
    }

    /** Standard output of a command that must succeed. */
    String ok(String... words) {
        return run(words).ok().text();
    }

    /** Leaves the command running. */
    Command start(String... words) {
        return Command.start(environment(), command(words));
    }

    /** In a service's container. */
    String exec(String service, String script) {
        return ok("exec", "-T", service, "sh", "-c", script);
    }

    /** The container of a service, by the number that compose gave it. */
    String container(String service, int number) {
        return (client == Client.V2 ? "%s-%s-%d" : "%s_%s_%d").formatted(name, service, number);
    }

    String resource(String resource) {
        return name + "_" + resource;
    }

    @Override
    public void close() {
        run("down", "-v", "--remove-orphans", "-t", "0");
        TestDaemon.deleteTree(directory);
    }
}
