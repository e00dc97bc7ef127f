package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Bytes;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.daemon.Query;
import cairn.cli.explain.GcPicture;
import cairn.cli.show.Tree;
import cairn.cli.template.JsonText;
import cairn.wire.Json;
import cairn.wire.upkeep.GcReport;

/** {@code cairn image gc}. */
public final class ImageGc implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .of(Kind.BYTES, "keep", "Disk space that images may take, such as 20GB")
                .bool("dry-run", "Only say what would be done, and why")
                .bool("json", "Print everything as JSON");
        return Usage.of("", 0, 0, flags).with("""
                        Removes images, those first that were not used for the longest time, until the layers of all images
                        and containers fit into the space given. Images of containers stay, and so do pinned ones ('cairn
                        image pin', or the label cairn.pin=true) and those whose going would free nothing.

                        Example:
                          cairn image gc --keep 20GB --dry-run""");
    }

    @Override
    public int run(Arguments given, Session session) {
        if (!given.given("keep")) {
            throw new CliException("cairn: say how much may stay: --keep 20GB");
        }
        long keep = Bytes.onDisk(given.text("keep"));
        if (keep < 0) {
            throw new CliException("cairn: no size: --keep " + given.text("keep"));
        }
        Query query =
                new Query("/cairn/images/gc").with("keep", Long.toString(keep)).flag("dry-run", given.on("dry-run"));
        byte[] answer = session.daemon().bytes("POST", query.toString(), null);
        session.out()
                .print(
                        given.on("json")
                                ? JsonText.indented(Tree.read(answer).value()) + "\n"
                                : GcPicture.of(Json.read(GcReport.class, answer)));
        return 0;
    }
}
