package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.stream.Console;
import cairn.linux.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Questions to whoever sits at the terminal. */
final class Prompt {
    private static final int LONGEST = 64 << 10;

    private final Session session;

    Prompt(Session session) {
        this.session = session;
    }

    /** Whether the answer is yes; anything else, and the end of the input, is a no. */
    boolean confirmed(String question) throws IOException {
        ask(question + " [y/N] ");
        return line().strip().equalsIgnoreCase("y");
    }

    /** A name; an empty answer is the one that is offered. */
    String name(String offered) throws IOException {
        ask(offered.isEmpty() ? "Username: " : "Username (" + offered + "): ");
        String answer = line().strip();
        String name = answer.isEmpty() ? offered : answer;
        if (name.isEmpty()) {
            throw new CliException("Error: Non-null Username Required");
        }
        return name;
    }

    /** Typed unseen. */
    String password() throws IOException {
        ask("Password: ");
        String answer;
        try (Terminal.RawMode _ = Console.unseen()) {
            answer = line().strip();
        }
        session.out().println();
        session.out().flush();
        if (answer.isEmpty()) {
            throw new CliException("Error: Password Required");
        }
        return answer;
    }

    private void ask(String question) {
        session.out().print(question);
        session.out().flush();
    }

    /** Byte by byte: what follows the line is somebody else's. */
    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = session.in().read();
                c >= 0 && c != '\n' && line.size() < LONGEST;
                c = session.in().read()) {
            line.write(c);
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
