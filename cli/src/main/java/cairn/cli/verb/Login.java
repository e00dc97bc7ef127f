package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.registry.Account;
import cairn.cli.registry.Credentials;
import cairn.cli.registry.Registry;
import cairn.cli.show.Tree;
import cairn.cli.stream.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** {@code cairn login}. */
public final class Login implements Verb {
    private static final int UNAUTHORIZED = 401;
    /** Bytes of a password or token from standard input. */
    private static final int SECRET_LIMIT = 1 << 20;

    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .text("p,password", "Password or token; others can see it, so rather use --password-stdin")
                .bool("password-stdin", "Read the password or token from standard input")
                .text("u,username", "Name");
        return Usage.of("[SERVER]", 0, 1, flags).with("""
                        Asks the registry whether name and password are right, and keeps them for pull and push: in the
                        credential helper that ~/.docker/config.json names, else in that file itself. Docker's command
                        uses the same file. Without a server, it is Docker Hub.

                        Example:
                          cairn login -u fred --password-stdin registry.example:5000 < password.txt""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        check(given);
        String user = given.text("username").strip();
        String password = password(given, session);
        String server = server(given.positionals().isEmpty() ? "" : given.positional(0));
        Credentials credentials = Credentials.open(session.environment());
        Account known = user.isEmpty() && password.isEmpty() ? credentials.get(server) : Account.NONE;
        String status =
                known.username().isEmpty() || known.password().isEmpty() ? "" : again(known, credentials, session);
        if (status.isEmpty()) {
            if ((user.isEmpty() || password.isEmpty()) && !Console.typed()) {
                throw new CliException("Error: Cannot perform an interactive login from a non TTY device");
            }
            Prompt prompt = new Prompt(session);
            String name = user.isEmpty() ? prompt.name(known.username()) : user;
            String secret = password.isEmpty() ? prompt.password() : password;
            status = login(new Account(server, name, secret, ""), credentials, session);
        }
        session.out().println(status);
        return 0;
    }

    private static void check(Arguments given) {
        if (given.given("password-stdin")) {
            if (given.given("password")) {
                throw new CliException("conflicting options: cannot specify both --password and --password-stdin");
            }
            if (!given.given("username")) {
                throw new CliException("the --password-stdin option requires --username to be set");
            }
        }
        if (given.given("username") && given.text("username").isEmpty()) {
            throw new CliException("username is empty");
        }
        if (given.given("password") && given.text("password").isEmpty()) {
            throw new CliException("password is empty");
        }
    }

    private static String password(Arguments given, Session session) throws IOException {
        if (given.on("password-stdin")) {
            byte[] bytes = session.in().readNBytes(SECRET_LIMIT);
            String text = new String(bytes, StandardCharsets.UTF_8);
            text = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        }
        if (given.given("password")) {
            session.err().println("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
        }
        return given.text("password").strip();
    }

    private static String server(String named) {
        return named.isEmpty() || named.equals("docker.io") ? Registry.DOCKER_KEY : Registry.host(named);
    }

    /** With what is kept; "" when that is not accepted any more. */
    private static String again(Account known, Credentials credentials, Session session) throws IOException {
        session.err().println("Authenticating with existing credentials... [Username: " + known.username() + "]");
        Note.print(session.err(), "To login with a different account, run 'cairn logout' followed by 'cairn login'");
        session.err().print("\n\n");
        try {
            return login(known, credentials, session);
        } catch (DaemonException e) {
            session.err()
                    .println(
                            e.status() == UNAUTHORIZED
                                    ? "Stored credentials invalid or expired"
                                    : "Login did not succeed, error: " + e.shown());
            return "";
        }
    }

    private static String login(Account account, Credentials credentials, Session session) throws IOException {
        Tree answer = session.daemon().call("POST", new Query("/auth"), account.body());
        String token = answer.at("IdentityToken").text();
        credentials.store(
                token.isEmpty() ? account : new Account(account.server(), account.username(), "", token),
                session.err());
        return answer.at("Status").text();
    }
}
