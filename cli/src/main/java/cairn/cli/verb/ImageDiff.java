package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.explain.DifferencePicture;
import cairn.cli.show.Tree;
import cairn.cli.template.JsonText;
import cairn.wire.Json;
import cairn.wire.explain.ImageDifference;

/** {@code cairn image diff}. */
public final class ImageDiff implements Verb {
    @Override
    public Usage usage() {
        return Usage.of("IMAGE IMAGE", 2, 2, new Flags().bool("json", "Print everything as JSON"))
                .with("""
                        Compares the files of two images: what the second one has in addition (A), what it lacks (D), what
                        it has differently (C), how large that is, and which layer brings it. A different time alone is no
                        difference. Layers are numbered as in 'cairn explain', the topmost being 0.

                        Example:
                          cairn image diff app:1 app:2""");
    }

    @Override
    public int run(Arguments given, Session session) {
        Query query = new Query("/cairn/images/diff")
                .with("from", given.positional(0))
                .with("to", given.positional(1));
        byte[] answer = session.daemon().bytes("GET", query.toString(), null);
        session.out()
                .print(
                        given.on("json")
                                ? JsonText.indented(Tree.read(answer).value()) + "\n"
                                : DifferencePicture.of(Json.read(ImageDifference.class, answer)));
        return 0;
    }
}
