package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Daemon;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;
import cairn.cli.template.JsonText;
import cairn.cli.template.Template;
import cairn.cli.template.TemplateException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code cairn inspect}, and the same in the groups container, image, network and volume. */
public final class Inspect implements Verb {
    private static final int NOT_FOUND = 404;
    private static final String TYPES =
            "\"config\", \"container\", \"image\", \"network\", \"node\", \"plugin\", \"secret\","
                    + " \"service\", \"task\", \"volume\"";
    /** What docker exits with when the template cannot be read. */
    private static final int BAD_TEMPLATE = 64;

    private final String only;

    /** {@code only} is "container", "image", "network", "volume" or "" for whatever has the name. */
    public Inspect(String only) {
        this.only = only;
    }

    @Override
    public Usage usage() {
        Flags flags = new Flags().text("f,format", Texts.FORMAT_ONE);
        if (only.equals("volume")) {
            return Usage.of("VOLUME [VOLUME...]", 1, Usage.MANY, flags).with("""
                        Status says which containers have it and when it was last used.""");
        }
        if (only.equals("network")) {
            flags.bool("v,verbose", "Taken for the sake of scripts: there is nothing more to be shown");
        } else if (!only.equals("image")) {
            flags.bool("s,size", "Show how much a container has written, and its size as a whole");
        } else {
            flags.text("platform", "Show this variant: os[/arch[/variant]]");
        }
        if (only.isEmpty()) {
            flags.text("type", "Look only for this: container, image, network, volume");
        }
        String what = only.isEmpty()
                ? "NAME|ID [NAME|ID...]"
                : only.toUpperCase(java.util.Locale.ROOT) + " [" + only.toUpperCase(java.util.Locale.ROOT) + "...]";
        return Usage.of(what, 1, Usage.MANY, flags).with("""
                        Examples:
                          cairn inspect web                                        everything, as JSON
                          cairn inspect -f '{{.State.Status}} {{.State.Pid}}' web
                          cairn inspect -f '{{json .GraphDriver}}' busybox         the directories of an image
                          cairn inspect -f '{{range .Mounts}}{{.Source}}{{println}}{{end}}' web""");
    }

    @Override
    public int run(Arguments given, Session session) {
        String type = only.isEmpty() ? given.text("type") : only;
        String format = given.text("format");
        Template template = format.isEmpty() || format.equals("json") ? null : template(format);
        List<@Nullable Object> found = new ArrayList<>();
        StringBuilder faults = new StringBuilder();
        for (String name : given.positionals()) {
            try {
                found.add(find(type, name, given, session.daemon()).value());
            } catch (DaemonException e) {
                faults.append(faults.isEmpty() ? "" : "\n").append(fault(e, type, name));
            }
        }
        if (template == null) {
            session.out().println(format.equals("json") ? JsonText.compact(found) : JsonText.indented(found));
        } else {
            render(template, found, session, faults);
        }
        if (!faults.isEmpty()) {
            throw new CliException(faults.toString());
        }
        return 0;
    }

    private static Template template(String format) {
        try {
            return Template.parse(format);
        } catch (TemplateException e) {
            throw new CliException(BAD_TEMPLATE, "template parsing error: " + e.getMessage());
        }
    }

    private static void render(Template template, List<@Nullable Object> found, Session session, StringBuilder faults) {
        try {
            for (Object item : found) {
                session.out().println(template.render(InspectTypes.typed(item), InspectTypes.ABSENT));
            }
        } catch (TemplateException e) {
            session.out().println();
            faults.append(faults.isEmpty() ? "" : "\n")
                    .append("template parsing error: ")
                    .append(e.getMessage());
        }
    }

    private static String fault(DaemonException e, String type, String name) {
        return type.isEmpty() && e.status() == NOT_FOUND ? "Error: No such object: " + name : e.shown();
    }

    private Tree find(String type, String name, Arguments given, Daemon daemon) {
        boolean image = only.equals("image");
        boolean size = !image && !only.equals("network") && !only.equals("volume") && given.on("size");
        String platform = image ? PlatformFlag.json(given.text("platform")) : "";
        return switch (type) {
            case "container" -> daemon.get(Query.container(name, "/json").flag("size", size));
            case "image" -> daemon.get(Query.image(name, "/json").given("platform", platform));
            case "network", "volume" -> daemon.get(new Query("/" + type + "s/").then(name));
            case "" -> any(name, size, daemon);
            default -> throw new CliException("unknown type: \"" + type + "\": must be one of " + TYPES);
        };
    }

    private static Tree any(String name, boolean size, Daemon daemon) {
        DaemonException last = null;
        for (String kind : List.of("container", "image", "network", "volume")) {
            try {
                return switch (kind) {
                    case "container" ->
                        daemon.get(Query.container(name, "/json").flag("size", size));
                    case "image" -> daemon.get(Query.image(name, "/json"));
                    default -> daemon.get(new Query("/" + kind + "s/").then(name));
                };
            } catch (DaemonException e) {
                // What this daemon does not have at all, it does not have under this name either.
                if (e.status() != NOT_FOUND && e.status() != 501) {
                    throw e;
                }
                last = e;
            }
        }
        throw new DaemonException(NOT_FOUND, last == null ? "" : last.getMessage());
    }
}
