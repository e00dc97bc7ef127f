package cairn.cli.registry;

import cairn.cli.CliException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Credentials of registries, each kept by its helper or by the config file itself. */
public final class Credentials {
    private static final long PATIENCE_MILLIS = 120_000;

    private final ConfigFile file;
    private final Map<String, String> environment;

    private Credentials(ConfigFile file, Map<String, String> environment) {
        this.file = file;
        this.environment = environment;
    }

    /**
     * Opens the config file that the environment names.
     *
     * @throws CliException when it is malformed
     */
    public static Credentials open(Map<String, String> environment) {
        return new Credentials(ConfigFile.open(environment), environment);
    }

    /** What is known of the server, or nothing. Whatever keeps it from being read is a warning: the registry may need none. */
    public static Account known(String server, Map<String, String> environment, PrintStream err) {
        try {
            return open(environment).get(server);
        } catch (CliException e) {
            err.println("WARNING: " + e.getMessage());
            return Account.NONE;
        }
    }

    /** What every prune is to be filtered by, according to the config file. */
    public static List<String> pruneFilters(Map<String, String> environment) {
        return ConfigFile.open(environment).pruneFilters();
    }

    private @Nullable CredentialProgram helper(String server) {
        String name = file.helper(server);
        return name.isEmpty() ? null : new CredentialProgram(name, environment, PATIENCE_MILLIS);
    }

    /** The server's credentials; {@link Account#NONE} when there are none. */
    public Account get(String server) {
        CredentialProgram helper = helper(server);
        Account found = helper == null ? file.account(server) : helper.get(server);
        return found == null ? Account.NONE : found;
    }

    /** Keeps them, and warns when that is in a file for all who can read it. */
    public void store(Account account, PrintStream err) throws IOException {
        CredentialProgram helper = helper(account.server());
        if (helper != null) {
            helper.store(account);
            // The entry tells other programs that somebody is logged in there.
            file.put(new Account(account.server(), "", "", ""));
        } else if (file.put(account) && !account.password().isEmpty()) {
            err.println("\nWARNING! Your credentials are stored unencrypted in '" + file.path() + "'.\n"
                    + "Configure a credential helper to remove this warning. See\n"
                    + "https://docs.docker.com/go/credential-store/\n");
        }
    }

    /** Forgets them, wherever they are. */
    public void erase(String server) throws IOException {
        CredentialProgram helper = helper(server);
        if (helper != null) {
            helper.erase(server);
        }
        file.remove(server);
    }
}
