package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.create.UpdateRequest;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/** {@code cairn update}. */
public final class Update implements Verb {
    @Override
    public Usage usage() {
        return Usage.of("CONTAINER [CONTAINER...]", 1, Usage.MANY, UpdateRequest.flags());
    }

    @Override
    public int run(Arguments given, Session session) {
        boolean asked = UpdateRequest.flags().all().stream().anyMatch(flag -> given.given(flag.name()));
        if (!asked) {
            throw new CliException("you must provide one or more flags when using this command");
        }
        Map<String, Object> body = UpdateRequest.of(given);
        ConcurrentLinkedQueue<String> warnings = new ConcurrentLinkedQueue<>();
        int status = Each.of(given.positionals(), session, name -> {
            Tree answer = session.daemon().call("POST", Query.container(name, "/update"), body);
            warnings.addAll(answer.at("Warnings").texts());
            return name;
        });
        List.copyOf(warnings).forEach(session.out()::println);
        return status;
    }
}
