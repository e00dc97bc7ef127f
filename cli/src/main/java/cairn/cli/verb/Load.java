package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.progress.Progress;
import cairn.cli.stream.Console;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** {@code cairn load}. */
public final class Load implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .text("i,input", "Read this file instead of standard input")
                .text("platform", "Load only this variant: os[/arch[/variant]]")
                .bool("q,quiet", "Print only what was loaded");
        return Usage.of("", 0, 0, flags).with("""
                        Reads what 'docker save' writes, or an OCI image layout in a tar.

                        Example:
                          cairn load -i busybox.tar""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        String file = given.text("input");
        if (file.isEmpty() && Console.typed()) {
            throw new CliException("requested load from stdin, but stdin is empty");
        }
        Query query = new Query("/images/load")
                .with("quiet", given.on("quiet") || !Console.shown() ? "1" : "0")
                .given("platform", PlatformFlag.json(given.text("platform")));
        try (InputStream archive = file.isEmpty() ? session.in() : open(file);
                Reply stream = session.daemon().upload(query, archive)) {
            Progress.show(stream, session);
        }
        return 0;
    }

    static InputStream open(String file) throws IOException {
        try {
            if (Files.isDirectory(Path.of(file))) {
                throw new CliException("read " + file + ": is a directory");
            }
            return Files.newInputStream(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new CliException("open " + file + ": no such file or directory");
        }
    }
}
