package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.explain.TreePicture;
import cairn.cli.show.Tree;
import cairn.cli.template.JsonText;
import cairn.wire.Json;
import cairn.wire.upkeep.ImageTree;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/** {@code cairn image tree}. */
public final class ImageTrees implements Verb {
    private static final String PATH = "/cairn/images/tree";

    @Override
    public Usage usage() {
        return Usage.of("", 0, 0, new Flags().bool("json", "Print everything as JSON"))
                .with("""
                        Shows all images as a tree of the layers that they share: how large each part is, which images end
                        there, how much of an image is its own, when it was last used, and which containers have it.""");
    }

    @Override
    public int run(Arguments given, Session session) {
        byte[] answer = session.daemon().bytes("GET", PATH, null);
        session.out()
                .print(
                        given.on("json")
                                ? JsonText.indented(Tree.read(answer).value()) + "\n"
                                : TreePicture.of(
                                        Json.read(ImageTree.class, answer),
                                        Clock.systemUTC().millis() / 1000));
        return 0;
    }

    /** When each image was last used, by its ID. */
    static Map<String, String> lastUsed(Session session) {
        Map<String, String> times = new HashMap<>();
        for (Tree image : session.daemon().get(new Query(PATH)).at("Images").items()) {
            times.put(image.at("Id").text(), image.at("LastUsed").text());
        }
        return times;
    }
}
