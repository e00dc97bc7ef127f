package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.wire.lab.UnionRequest;
import cairn.wire.lab.UnionUndoRequest;
import java.util.ArrayList;
import java.util.List;

/** {@code cairn lab union}. */
public final class Union implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .text("at", "Directory to see the union in")
                .text("undo", "Take the union in this directory away again");
        return Usage.of("BRANCH BRANCH [BRANCH...] --at DIRECTORY", 0, Usage.MANY, flags)
                .with("""
                        Shows several directories as one: files of an earlier branch hide those of later ones, and all
                        writes go to the first branch. This is what joins a container's layers.

                        Examples:
                          cairn lab union A B --at C
                          cairn lab union --undo C""");
    }

    @Override
    public int run(Arguments given, Session session) {
        String undo = given.text("undo");
        if (!undo.isEmpty()) {
            session.daemon()
                    .call("POST", new Query("/cairn/lab/union/undo"), new UnionUndoRequest(LabRun.absolute(undo)));
            return 0;
        }
        if (given.positionals().size() < 2 || given.text("at").isEmpty()) {
            throw new CliException("cairn: 'cairn lab union' needs two branches or more, and --at DIRECTORY\n\n"
                    + "See 'cairn lab union --help' for more information");
        }
        List<String> branches = new ArrayList<>();
        for (String branch : given.positionals()) {
            branches.add(LabRun.absolute(branch));
        }
        UnionRequest request = new UnionRequest(branches, LabRun.absolute(given.text("at")));
        session.out()
                .println(session.daemon()
                        .call("POST", new Query("/cairn/lab/union"), request)
                        .at("Line")
                        .text());
        return 0;
    }
}
