package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;
import cairn.cli.template.JsonText;

/** {@code cairn image pin} and {@code unpin}. */
public final class ImagePin implements Verb {
    private final boolean pin;

    public ImagePin(boolean pin) {
        this.pin = pin;
    }

    @Override
    public Usage usage() {
        Flags flags = new Flags().bool("json", "Print the answers as JSON");
        return Usage.of("IMAGE [IMAGE...]", 1, Usage.MANY, flags)
                .with(pin ? """
                        'cairn image gc' leaves pinned images alone; nothing else minds. A pinned name stands for whatever
                        image has it, a pinned ID for that image.""" : "Takes back what 'cairn image pin' has done.");
    }

    @Override
    public int run(Arguments given, Session session) {
        String method = pin ? "POST" : "DELETE";
        return Each.of(given.positionals(), session, name -> {
            String path = new Query("/cairn/images/").then(name).slash("pin").toString();
            Tree answer = Tree.read(session.daemon().bytes(method, path, null));
            return given.on("json")
                    ? JsonText.compact(answer.value())
                    : answer.at("Name").text();
        });
    }
}
