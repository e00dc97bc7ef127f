package cairn.cli.verb;

import cairn.cli.Product;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;
import cairn.cli.template.Absent;
import cairn.cli.template.JsonText;
import cairn.cli.template.Template;
import cairn.wire.Sizes;
import java.util.List;
import java.util.Map;

/** {@code cairn info}. */
public final class Info implements Verb {
    @Override
    public Usage usage() {
        return Usage.of("", 0, 0, new Flags().text("f,format", Texts.FORMAT_ONE));
    }

    @Override
    public int run(Arguments given, Session session) {
        Tree info = session.daemon().get(new Query("/info"));
        String format = given.text("format");
        if (!format.isEmpty()) {
            session.out()
                    .println(
                            format.equals("json")
                                    ? JsonText.compact(info.value())
                                    : Template.parse(format).render(InspectTypes.typed(info.value()), Absent.STRICT));
            return 0;
        }
        StringBuilder out = new StringBuilder("Client: Cairn\n Version:    ").append(Product.VERSION);
        out.append("\n Debug Mode: false\n\nServer:\n");
        counts(out, info);
        storage(out, info);
        runtime(out, info);
        machine(out, info);
        rest(out, info);
        session.out().print(out);
        for (String warning : info.at("Warnings").texts()) {
            session.out().flush();
            session.err().println(warning);
        }
        return 0;
    }

    private static void counts(StringBuilder out, Tree info) {
        line(out, " Containers", info.at("Containers"));
        line(out, "  Running", info.at("ContainersRunning"));
        line(out, "  Paused", info.at("ContainersPaused"));
        line(out, "  Stopped", info.at("ContainersStopped"));
        line(out, " Images", info.at("Images"));
        line(out, " Server Version", info.at("ServerVersion"));
    }

    private static void storage(StringBuilder out, Tree info) {
        line(out, " Storage Driver", info.at("Driver"));
        for (Tree pair : info.at("DriverStatus").items()) {
            List<String> texts = pair.texts();
            if (texts.size() == 2) {
                out.append("  ")
                        .append(texts.get(0))
                        .append(": ")
                        .append(texts.get(1))
                        .append('\n');
            }
        }
        line(out, " Logging Driver", info.at("LoggingDriver"));
        line(out, " Cgroup Driver", info.at("CgroupDriver"));
        line(out, " Cgroup Version", info.at("CgroupVersion"));
        out.append(" Plugins:\n");
        for (String kind : List.of("Volume", "Network", "Log")) {
            out.append("  ")
                    .append(kind)
                    .append(": ")
                    .append(String.join(" ", info.at("Plugins", kind).texts()))
                    .append('\n');
        }
    }

    private static void runtime(StringBuilder out, Tree info) {
        line(out, " Swarm", info.at("Swarm", "LocalNodeState"));
        out.append(" Runtimes: ")
                .append(String.join(" ", info.at("Runtimes").members().keySet()))
                .append('\n');
        line(out, " Default Runtime", info.at("DefaultRuntime"));
        line(out, " Init Binary", info.at("InitBinary"));
        List<String> options = info.at("SecurityOptions").texts();
        if (!options.isEmpty()) {
            out.append(" Security Options:\n");
        }
        for (String option : options) {
            securityOption(out, option);
        }
    }

    /** {@code name=seccomp,profile=builtin}. */
    private static void securityOption(StringBuilder out, String option) {
        for (String part : option.split(",", -1)) {
            int equals = part.indexOf('=');
            String key = part.substring(0, Math.max(0, equals));
            String value = part.substring(equals + 1);
            if (key.equals("name")) {
                out.append("  ").append(value).append('\n');
            } else if (!key.isEmpty()) {
                out.append("   ").append(Character.toUpperCase(key.charAt(0))).append(key, 1, key.length());
                out.append(": ").append(value).append('\n');
            }
        }
    }

    private static void machine(StringBuilder out, Tree info) {
        line(out, " Kernel Version", info.at("KernelVersion"));
        line(out, " Operating System", info.at("OperatingSystem"));
        line(out, " OSType", info.at("OSType"));
        line(out, " Architecture", info.at("Architecture"));
        line(out, " CPUs", info.at("NCPU"));
        out.append(" Total Memory: ")
                .append(Sizes.binary(info.at("MemTotal").number()))
                .append('\n');
        line(out, " Name", info.at("Name"));
        line(out, " ID", info.at("ID"));
        line(out, " Docker Root Dir", info.at("DockerRootDir"));
    }

    private static void rest(StringBuilder out, Tree info) {
        line(out, " Debug Mode", info.at("Debug"));
        List<String> labels = info.at("Labels").texts();
        if (!labels.isEmpty()) {
            out.append(" Labels:\n  ").append(String.join("\n  ", labels)).append('\n');
        }
        line(out, " Experimental", info.at("ExperimentalBuild"));
        list(out, " Insecure Registries:", info.at("RegistryConfig", "InsecureRegistryCIDRs"));
        list(out, " Registry Mirrors:", info.at("RegistryConfig", "Mirrors"));
        line(out, " Live Restore Enabled", info.at("LiveRestoreEnabled"));
        List<Tree> pools = info.at("DefaultAddressPools").items();
        if (!pools.isEmpty()) {
            out.append(" Default Address Pools:\n");
        }
        for (Tree pool : pools) {
            out.append("   Base: ")
                    .append(pool.at("Base").text())
                    .append(", Size: ")
                    .append(pool.at("Size").number())
                    .append('\n');
        }
        Map<String, Tree> firewall = info.at("FirewallBackend").members();
        if (!firewall.isEmpty()) {
            line(out, " Firewall Backend", info.at("FirewallBackend", "Driver"));
        }
    }

    private static void list(StringBuilder out, String title, Tree list) {
        List<String> texts = list.texts();
        if (!texts.isEmpty()) {
            out.append(title).append("\n  ").append(String.join("\n  ", texts)).append('\n');
        }
    }

    private static void line(StringBuilder out, String label, Tree value) {
        if (value.there()) {
            out.append(label).append(": ").append(value.value()).append('\n');
        }
    }
}
