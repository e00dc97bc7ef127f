package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.args.Arguments;
import cairn.cli.args.UsageException;
import cairn.cli.create.CreateRequest;
import cairn.cli.daemon.Daemon;
import cairn.cli.daemon.Query;
import cairn.cli.progress.Progress;
import cairn.cli.registry.Account;
import cairn.cli.registry.Credentials;
import cairn.cli.registry.ImageName;
import cairn.cli.registry.Registry;
import cairn.cli.show.Tree;
import cairn.cli.stream.Console;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** The first half of {@code run}, and all of {@code create}: the image, the container, its id file. */
final class Creation {
    /** The status of everything that goes wrong before the container's own program runs. */
    static final int FAILED = 125;

    private static final int NOT_FOUND = 404;

    private Creation() {}

    /** Docker's text and status for what the daemon, or this program, refuses. */
    static CliException refused(String verb, String message) {
        return refused(verb, FAILED, message);
    }

    static CliException refused(String verb, int status, String message) {
        return new CliException(
                status, "cairn: " + message + "\n\nRun 'cairn " + verb + " --help' for more information");
    }

    /**
     * Makes the container; an image that is missing is fetched first, unless {@code --pull never}.
     *
     * @return the container's id
     */
    static String create(Arguments given, Session session, boolean detached) throws IOException {
        String pull = given.text("pull");
        if (!pull.equals("always") && !pull.equals("missing") && !pull.equals("never") && !pull.isEmpty()) {
            throw new UsageException(
                    "invalid pull option: '" + pull + "': must be one of \"always\", \"missing\" or \"never\"");
        }
        String idFile = given.text("cidfile");
        if (!idFile.isEmpty() && Files.exists(Path.of(idFile))) {
            throw new CliException(
                    "container ID file found, make sure the other container isn't running or delete " + idFile);
        }
        List<Integer> console = given.on("tty") ? Console.size() : List.of(0, 0);
        Map<String, Object> request = CreateRequest.of(given, session.environment(), detached, console);
        if (pull.equals("always")) {
            fetch(given.positional(0), given, session);
        }
        Tree made = make(request, given, session);
        for (String warning : made.at("Warnings").texts()) {
            session.err().println("WARNING: " + warning);
        }
        String id = made.at("Id").text();
        if (!idFile.isEmpty()) {
            Files.writeString(Path.of(idFile), id, StandardOpenOption.CREATE_NEW);
        }
        return id;
    }

    private static Tree make(Map<String, Object> request, Arguments given, Session session) throws IOException {
        Query query = new Query("/containers/create")
                .given("name", given.text("name"))
                .given("platform", PlatformFlag.wanted(given, session));
        Daemon daemon = session.daemon();
        try {
            return daemon.call("POST", query, request);
        } catch (DaemonException e) {
            boolean missing = e.status() == NOT_FOUND && e.getMessage().startsWith("No such image");
            if (!missing || given.text("pull").equals("never")) {
                throw e;
            }
        }
        if (!given.on("quiet")) {
            String name = ImageName.parse(given.positional(0)).tagged().familiar();
            session.err().println("Unable to find image '" + name + "' locally");
        }
        if (FromHost.embedded(given.positional(0))) {
            FromHost.makeEmbedded(session);
        } else {
            fetch(given.positional(0), given, session);
        }
        return daemon.call("POST", query, request);
    }

    private static void fetch(String image, Arguments given, Session session) throws IOException {
        ImageName name = ImageName.parse(image).tagged();
        Account account = Credentials.open(session.environment()).get(Registry.key(name.domain()));
        try (Reply stream = Pull.begin(name, account, PlatformFlag.wanted(given, session), session)) {
            if (given.on("quiet")) {
                Progress.await(stream);
            } else {
                Progress.showAside(stream, session);
            }
        }
    }
}
