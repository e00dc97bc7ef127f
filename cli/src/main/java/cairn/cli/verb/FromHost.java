package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.wire.Json;
import cairn.wire.Sizes;
import cairn.wire.lab.FromHostRequest;
import cairn.wire.lab.FromHostResponse;
import java.nio.file.Path;
import java.util.List;

/** {@code cairn image from-host}, and the image {@code host} that {@code cairn run host} makes when it is missing. */
public final class FromHost implements Verb {
    @Override
    public Usage usage() {
        return Usage.of("NAME[:TAG] [PROGRAM...]", 1, Usage.MANY, new Flags()).with("""
                        Copies the programs, and the libraries that they need, into a new image, as one would by hand with
                        cp and ldd before a chroot. A program is a path, or a name that is looked up; without any, a shell
                        and the usual small tools are taken.

                        Example:
                          cairn image from-host shell bash ls cat && cairn run --rm -it shell bash""");
    }

    @Override
    public int run(Arguments given, Session session) {
        List<String> words = given.positionals();
        List<String> programs = words.stream().skip(1).map(FromHost::absolute).toList();
        FromHostResponse made = make(words.getFirst(), programs, session);
        session.out().println(made.id());
        session.err().println(report(made));
        return 0;
    }

    /** A name without a slash is looked up by the daemon; a path is one of the caller's. */
    private static String absolute(String program) {
        return program.indexOf('/') < 0
                ? program
                : Path.of(program).toAbsolutePath().normalize().toString();
    }

    private static FromHostResponse make(String name, List<String> programs, Session session) {
        FromHostRequest request = new FromHostRequest(name, programs);
        String path = new Query("/cairn/images/from-host").toString();
        return Json.read(FromHostResponse.class, session.daemon().bytes("POST", path, request));
    }

    private static String report(FromHostResponse made) {
        return made.name() + " holds " + made.programs().size()
                + (made.programs().size() == 1 ? " program and " : " programs and ") + made.libraries()
                + " libraries of this machine, " + Sizes.decimal(made.size());
    }

    /** Whether this names the image that is made on demand. */
    static boolean embedded(String image) {
        return image.equals("host") || image.equals("host:latest");
    }

    static void makeEmbedded(Session session) {
        session.err().println("Making it from this machine's own programs");
        session.err().println(report(make("host", List.of(), session)));
    }
}
