package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import java.nio.file.Path;

/** {@code cairn image unpack}. */
public final class Unpack implements Verb {
    @Override
    public Usage usage() {
        return Usage.of("IMAGE DIRECTORY", 2, 2, new Flags()).with("""
                        Writes the image's file system, all layers together, into a directory, which must be empty or not
                        exist yet.

                        Example:
                          cairn image unpack busybox rootfs && cairn lab chroot rootfs /bin/sh""");
    }

    @Override
    public int run(Arguments given, Session session) {
        Path directory = Path.of(given.positional(1)).toAbsolutePath().normalize();
        session.daemon()
                .get(new Query("/cairn/images/")
                        .then(given.positional(0))
                        .slash("unpack")
                        .with("directory", directory.toString()));
        session.out().println(directory);
        return 0;
    }
}
