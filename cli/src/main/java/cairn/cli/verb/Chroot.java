package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.wire.lab.ChrootRequest;
import java.io.IOException;
import java.util.List;

/** {@code cairn lab chroot}. */
public final class Chroot implements Verb {
    @Override
    public Usage usage() {
        return Usage.before("DIRECTORY [COMMAND] [ARG...]", 1, new Flags()).with("""
                        Runs the command, or a shell, with the directory as its root, and changes nothing else. What it needs
                        has to be in there: see 'cairn image from-host' and 'cairn image unpack'.

                        Example:
                          cairn image unpack busybox rootfs && cairn lab chroot rootfs /bin/sh""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        List<String> words = given.positionals();
        ChrootRequest request = new ChrootRequest(
                LabRun.absolute(words.getFirst()), words.subList(1, words.size()), LabRun.environment(session));
        return LabRun.run(session, "chroot", request);
    }
}
