package cairn.cli.registry;

import cairn.cli.CliException;
import cairn.cli.show.Tree;
import cairn.cli.template.JsonText;
import cairn.wire.JsonException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A program {@code docker-credential-NAME}, which keeps credentials in a key chain. It is called with {@code get}, {@code store} or
 * {@code erase}; the question goes to its standard input, the answer, or what went wrong, comes from its standard output.
 */
final class CredentialProgram {
    private static final String PREFIX = "docker-credential-";
    private static final int ANSWER_LIMIT = 1 << 20;
    /** The name that says that the secret is an identity token. */
    private static final String TOKEN = "<token>";

    private static final String NOT_FOUND = "credentials not found in native keychain";

    private final String program;
    private final Map<String, String> environment;
    private final long patienceMillis;

    /**
     * Takes the name without its prefix.
     *
     * @param patienceMillis how long one call may take: it may have to ask somebody to unlock the key chain
     */
    CredentialProgram(String name, Map<String, String> environment, long patienceMillis) {
        // A path would run a program from wherever the file says.
        if (name.indexOf('/') >= 0) {
            throw new CliException("invalid credential helper '" + name + "': must be a name, not a path");
        }
        this.program = PREFIX + name;
        this.environment = environment;
        this.patienceMillis = patienceMillis;
    }

    private record Answer(int status, String text) {}

    /** The server's credentials, or null when it has none. */
    @Nullable
    Account get(String server) {
        Answer answer = call("get", "getting", server);
        if (answer.text().equals(NOT_FOUND)) {
            return null;
        }
        check("getting", answer);
        try {
            Tree found = Tree.read(answer.text().getBytes(StandardCharsets.UTF_8));
            String name = found.at("Username").text();
            String secret = found.at("Secret").text();
            return name.equals(TOKEN) ? new Account(server, "", "", secret) : new Account(server, name, secret, "");
        } catch (JsonException e) {
            throw new CliException(
                    "error getting credentials - err: " + program + " answered with no JSON: " + e.getMessage());
        }
    }

    void store(Account account) {
        boolean token = !account.identityToken().isEmpty();
        Map<String, Object> credentials = new LinkedHashMap<>();
        credentials.put("ServerURL", account.server());
        credentials.put("Username", token ? TOKEN : account.username());
        credentials.put("Secret", token ? account.identityToken() : account.password());
        check("storing", call("store", "storing", JsonText.compact(credentials) + "\n"));
    }

    void erase(String server) {
        check("erasing", call("erase", "erasing", server));
    }

    private static void check(String doing, Answer answer) {
        if (answer.status() != 0) {
            throw fault(doing, "exit status " + answer.status(), answer.text());
        }
    }

    private static CliException fault(String doing, String why, String output) {
        return new CliException("error " + doing + " credentials - err: " + why + ", out: `" + output + "`");
    }

    private Answer call(String action, String doing, String input) {
        ProcessBuilder builder =
                new ProcessBuilder(found(doing), action).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        builder.environment().putAll(environment);
        AtomicBoolean late = new AtomicBoolean();
        try {
            Process process = builder.start();
            Thread guard = guard(process, late);
            try (InputStream out = process.getInputStream()) {
                question(process, input);
                byte[] bytes = out.readNBytes(ANSWER_LIMIT + 1);
                if (bytes.length > ANSWER_LIMIT) {
                    throw fault(doing, program + " answered with more than " + ANSWER_LIMIT + " bytes", "");
                }
                int status = process.waitFor();
                if (late.get()) {
                    throw fault(doing, program + " did not answer within " + patienceMillis + " ms", "");
                }
                return new Answer(status, new String(bytes, StandardCharsets.UTF_8).strip());
            } finally {
                guard.interrupt();
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw fault(doing, String.valueOf(e.getMessage()), "");
        } catch (InterruptedException e) {
            throw new CliException(130, "");
        }
    }

    /** The program's path, by the caller's PATH. */
    private String found(String doing) {
        for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
            Path candidate = Path.of(directory, program);
            if (!directory.isEmpty() && Files.isExecutable(candidate)) {
                return candidate.toString();
            }
        }
        throw fault(doing, "exec: \"" + program + "\": executable file not found in $PATH", "");
    }

    private static void question(Process process, String input) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It has ended without reading; its status and output say why.
        }
    }

    /** Ends the program when it takes too long, with its children, which would hold its output open. */
    private Thread guard(Process process, AtomicBoolean late) {
        Thread guard = new Thread(
                () -> {
                    try {
                        Thread.sleep(patienceMillis);
                        late.set(true);
                        process.descendants().forEach(ProcessHandle::destroyForcibly);
                        process.destroyForcibly();
                    } catch (InterruptedException e) {
                        // it has answered in time
                    }
                },
                "credential-helper");
        guard.setDaemon(true);
        guard.start();
        return guard;
    }
}
