package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Product;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.show.Times;
import cairn.cli.show.Tree;
import cairn.cli.template.Absent;
import cairn.cli.template.JsonText;
import cairn.cli.template.Template;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code cairn version}. */
public final class Version implements Verb {
    private static final int LABEL = 19;

    @Override
    public Usage usage() {
        return Usage.of("", 0, 0, new Flags().text("f,format", Texts.FORMAT_ONE))
                .with("Example:\n  cairn version --format '{{.Server.Version}}'");
    }

    @Override
    public int run(Arguments given, Session session) {
        Tree server = Tree.NOTHING;
        String fault = "";
        try {
            server = session.daemon().get(new Query("/version"));
        } catch (DaemonException e) {
            fault = e.shown();
        } catch (CliException e) {
            fault = e.getMessage();
        }
        String format = given.text("format");
        if (format.isEmpty()) {
            StringBuilder out = new StringBuilder();
            client(out);
            server(out, server);
            session.out().print(out);
        } else {
            Map<String, @Nullable Object> both = both(server, format.equals("json"));
            session.out()
                    .println(
                            format.equals("json")
                                    ? JsonText.compact(both)
                                    : Template.parse(format).render(both, Absent.STRICT));
        }
        if (!fault.isEmpty()) {
            throw new CliException(fault);
        }
        return 0;
    }

    private static String architecture() {
        String name = System.getProperty("os.arch", "");
        return name.equals("x86_64") ? "amd64" : name.equals("aarch64") ? "arm64" : name;
    }

    private static void client(StringBuilder out) {
        out.append("Client: Cairn\n");
        line(out, " Version:", Product.VERSION);
        line(out, " API version:", Product.API_VERSION);
        line(out, " Java version:", System.getProperty("java.version", ""));
        line(out, " OS/Arch:", "linux/" + architecture());
    }

    private static void server(StringBuilder out, Tree server) {
        if (!server.there()) {
            return;
        }
        String platform = server.at("Platform", "Name").text();
        out.append("\nServer:")
                .append(platform.isEmpty() ? "" : " ")
                .append(platform)
                .append('\n');
        for (Tree component : server.at("Components").items()) {
            Map<String, Tree> details = component.at("Details").members();
            out.append(' ').append(component.at("Name").text()).append(":\n");
            line(out, "  Version:", component.at("Version").text());
            if (component.at("Name").text().equals("Engine")) {
                engine(out, component.at("Details"));
            } else {
                for (Map.Entry<String, Tree> detail : details.entrySet()) {
                    line(out, "  " + detail.getKey() + ":", detail.getValue().text());
                }
            }
        }
    }

    private static void engine(StringBuilder out, Tree details) {
        line(
                out,
                "  API version:",
                details.at("ApiVersion").text() + " (minimum version "
                        + details.at("MinAPIVersion").text() + ")");
        optional(out, "  Go version:", details.at("GoVersion").text());
        optional(out, "  Java version:", details.at("JavaVersion").text());
        optional(out, "  Git commit:", details.at("GitCommit").text());
        String built = details.at("BuildTime").text();
        optional(out, "  Built:", built.isEmpty() ? "" : Times.ansic(built));
        line(
                out,
                "  OS/Arch:",
                details.at("Os").text() + "/" + details.at("Arch").text());
        optional(out, "  Kernel:", details.at("KernelVersion").text());
        optional(out, "  Experimental:", details.at("Experimental").text());
    }

    private static void optional(StringBuilder out, String label, String value) {
        if (!value.isEmpty()) {
            line(out, label, value);
        }
    }

    private static void line(StringBuilder out, String label, String value) {
        out.append(label)
                .repeat(' ', Math.max(1, LABEL + 1 - label.length()))
                .append(value)
                .append('\n');
    }

    /** Both ends as Docker's templates name them: APIVersion in templates, ApiVersion in JSON. */
    private static Map<String, @Nullable Object> both(Tree server, boolean json) {
        Map<String, @Nullable Object> client = new LinkedHashMap<>();
        client.put("Platform", Map.of("Name", "Cairn"));
        client.put("Version", Product.VERSION);
        client.put(json ? "ApiVersion" : "APIVersion", Product.API_VERSION);
        client.put("DefaultAPIVersion", Product.API_VERSION);
        client.put("GitCommit", "");
        client.put("GoVersion", "");
        client.put("JavaVersion", System.getProperty("java.version", ""));
        client.put("Os", "linux");
        client.put("Arch", architecture());
        client.put("BuildTime", "");
        client.put("Context", "default");
        Map<String, @Nullable Object> both = new LinkedHashMap<>();
        both.put("Client", client);
        if (!server.there()) {
            both.put("Server", null);
        } else {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            for (Map.Entry<String, Tree> member : server.members().entrySet()) {
                copy.put(member.getKey(), member.getValue().value());
            }
            if (!json) {
                copy.put("APIVersion", server.at("ApiVersion").text());
            }
            both.put("Server", copy);
        }
        return both;
    }
}
