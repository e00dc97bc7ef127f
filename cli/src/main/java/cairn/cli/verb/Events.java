package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.daemon.JsonLines;
import cairn.cli.daemon.Query;
import cairn.cli.show.Times;
import cairn.cli.show.Tree;
import cairn.cli.template.Absent;
import cairn.cli.template.JsonText;
import cairn.cli.template.Template;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code cairn events}. */
public final class Events implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .of(Kind.FILTER, "f,filter", Texts.FILTER)
                .text("format", Texts.FORMAT_ONE)
                .text("since", "Start with what happened since then: a time or a span (10m)")
                .text("until", "End at this time");
        return Usage.of("", 0, 0, flags).with("""
                        Examples:
                          cairn events --filter type=container --filter event=die
                          cairn events --since 10m --until 0s --format '{{.Action}} {{.Actor.Attributes.name}}'""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        String format = given.text("format");
        Template template = format.isEmpty() || format.equals("json") ? null : Template.parse(format);
        Instant now = Instant.now();
        Query query = new Query("/events")
                .given("since", Times.since(given.text("since"), now))
                .given("until", Times.since(given.text("until"), now))
                .given("filters", FilterFlag.encode(given.texts("filter")));
        try (Reply stream = session.daemon().open("GET", query, null)) {
            JsonLines lines = new JsonLines(stream.body());
            for (@Nullable Tree event = lines.next(); event != null; event = lines.next()) {
                session.out().println(shown(event, format, template));
                session.out().flush();
            }
        }
        return 0;
    }

    private static String shown(Tree event, String format, @Nullable Template template) {
        if (template != null) {
            return template.render(event.value(), Absent.LENIENT);
        }
        return format.equals("json") ? JsonText.compact(event.value()) : line(event);
    }

    private static String line(Tree event) {
        StringBuilder out = new StringBuilder(Times.nanos(event.at("timeNano").number()));
        out.append(' ').append(event.at("Type").text());
        out.append(' ').append(event.at("Action").text());
        out.append(' ').append(event.at("Actor", "ID").text());
        Map<String, Tree> attributes =
                new TreeMap<>(event.at("Actor", "Attributes").members());
        boolean first = true;
        for (Map.Entry<String, Tree> attribute : attributes.entrySet()) {
            out.append(first ? " (" : ", ")
                    .append(attribute.getKey())
                    .append('=')
                    .append(attribute.getValue().text());
            first = false;
        }
        return first ? out.toString() : out.append(')').toString();
    }
}
