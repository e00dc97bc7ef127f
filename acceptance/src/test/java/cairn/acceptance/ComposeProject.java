package cairn.acceptance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cairn.acceptance.Command.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A compose project in a directory of its own. {@link #close} takes it down, with its volumes and orphans. */
final class ComposeProject implements AutoCloseable {
    /** Which compose. */
    enum Client {
        /** The plugin of the docker CLI. */
        V2,
        /** Debian's, in Python. */
        V1
    }

    private static final Path OLD = Path.of("/usr/bin/docker-compose");

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

    /** A project with files of its own, which stand in the resources of these tests. */
    static ComposeProject copyOf(TestDaemon daemon, Client client, String name, String folder) {
        Path directory = TestDaemon.newDirectory();
        Path source = TestDaemon.tree()
                .resolve("acceptance/src/test/resources/compose")
                .resolve(folder);
        Command.run("cp", "-a", source + "/.", directory.toString()).ok();
        return new ComposeProject(daemon, client, name, directory);
    }

    /** The composes that there are, the plugin first. It is made one of the daemon's CLI. */
    static List<Client> clients(TestDaemon daemon) {
        List<Client> clients = new ArrayList<>();
        Result plugin =
                Command.run(TestDaemon.tree().resolve("packaging/compose").toString(), "built");
        if (plugin.exit() == 0) {
            link(daemon, Path.of(plugin.text()));
            clients.add(Client.V2);
        }
        if (Files.isExecutable(OLD)) {
            clients.add(Client.V1);
        }
        return clients;
    }

    /** All of some, in the long run, else the first; the test is skipped where there is none. */
    static Stream<Client> preferred(List<Client> some) {
        return available(System.getenv("CAIRN_LONG") == null ? some.subList(0, Math.min(1, some.size())) : some);
    }

    static Stream<Client> available(List<Client> some) {
        assumeTrue(!some.isEmpty(), "there is neither the compose plugin (packaging/compose) nor docker-compose");
        return some.stream();
    }

    /** Makes the plugin one of the daemon's CLI. */
    private static void link(TestDaemon daemon, Path plugin) {
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
                // With it the plugin builds nothing before it has fetched BuildKit from a registry.
                "DOCKER_BUILDKIT",
                "0",
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

    /** Where a port of a service's container is published. */
    int published(String service, int port) {
        String text = ok("port", service, Integer.toString(port));
        return Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
    }

    /** What a service's published web server answers. */
    String get(String service, int port) {
        return get(published(service, port));
    }

    static String get(int port) {
        try (HttpClient http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body()
                    .strip();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        run("down", "-v", "--remove-orphans", "-t", "0");
        TestDaemon.deleteTree(directory);
    }
}
