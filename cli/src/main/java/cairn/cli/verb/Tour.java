package cairn.cli.verb;

import static java.nio.file.attribute.PosixFilePermission.OWNER_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;

import cairn.cli.CliException;
import cairn.cli.Main;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.stream.Console;
import cairn.cli.tour.Stage;
import cairn.cli.tour.Steps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code cairn tour}. */
public final class Tour implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .of(Kind.INT, "step", "Take only this step")
                .bool("no-pause", "Do not wait for Enter after each step");
        return Usage.of("", 0, 0, flags).with("""
                        Walks from a bare process to a container in ten steps: namespaces, private mounts, chroot, union
                        mounts, image layers, and the container that all of them make. Each step shows real commands and
                        their real output, and says in a sentence what was to be seen. Everything that the tour makes is
                        removed at its end, also after Ctrl-C.""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        int step = (int) given.number("step");
        if (given.given("step") && (step < 1 || step > Steps.count())) {
            throw new CliException("there are steps 1 to " + Steps.count());
        }
        String mark = Integer.toHexString(new SecureRandom().nextInt(0x10000, 0x100000));
        Path directory = Files.createDirectory(
                Path.of("/var/tmp/cairn-tour-" + mark),
                PosixFilePermissions.asFileAttribute(Set.of(OWNER_READ, OWNER_WRITE, OWNER_EXECUTE)));
        boolean pauses = !given.on("no-pause") && Console.typed() && Console.shown();
        Stage stage = new Stage(session, caller(session), Console.shown(), pauses, directory, mark);
        Thread hook = new Thread(stage::clear, "clear-up");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            for (int number = 1; number <= Steps.count(); number++) {
                if (step == 0 || step == number) {
                    Steps.play(number, stage);
                }
            }
        } finally {
            stage.clear();
        }
        session.out().println("\nThe image, the container and the directory of this tour are removed again.");
        return 0;
    }

    /** Further commands talk to the same daemon as this one. */
    private static Stage.Cairn caller(Session session) {
        return (out, err, words) -> {
            List<String> all =
                    new ArrayList<>(List.of("--host", session.endpoint().toString()));
            all.addAll(List.of(words));
            return Main.call(all.toArray(new String[0]), session, out, err);
        };
    }
}
