package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.registry.Credentials;
import cairn.cli.registry.Registry;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code cairn logout}. */
public final class Logout implements Verb {
    @Override
    public Usage usage() {
        return Usage.of("[SERVER]", 0, 1, new Flags()).with("Without a server, it is Docker Hub.");
    }

    @Override
    public int run(Arguments given, Session session) {
        boolean docker = given.positionals().isEmpty();
        String server = docker ? Registry.DOCKER_KEY : given.positional(0);
        String host = docker ? server : Registry.host(server);
        // Old files have the registry in one of these forms.
        Set<String> forms = new LinkedHashSet<>(
                docker ? List.of(server) : List.of(server, host, "http://" + host, "https://" + host));
        Credentials credentials = Credentials.open(session.environment());
        session.out().println("Removing login credentials for " + host);
        Map<String, String> faults = new LinkedHashMap<>();
        for (String form : forms) {
            try {
                credentials.erase(form);
            } catch (CliException | IOException e) {
                faults.put(form, String.valueOf(e.getMessage()));
            }
        }
        if (faults.size() == forms.size()) {
            session.out().flush();
            session.err().println("WARNING: could not erase credentials:");
            faults.forEach((form, fault) -> session.err().println(form + ": " + fault));
        }
        return 0;
    }
}
