package cairn.engine.image;

import cairn.engine.error.Problem;
import cairn.oci.Healthcheck;
import cairn.oci.RunConfig;
import cairn.oci.RunConfigBuilder;
import cairn.wire.Json;
import cairn.wire.JsonException;
import cairn.wire.Timestamps;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The {@code --change} instructions of import and commit: the Dockerfile instructions that only touch the config, as moby reads them. */
public final class ConfigChanges {
    private static final int MAX_PORT = 65535;
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private RunConfig config;
    private boolean commandSet;

    private ConfigChanges(RunConfig config) {
        this.config = config;
    }

    /**
     * The config after all of them, one after the other.
     *
     * @param changes a Dockerfile's lines
     * @throws cairn.engine.error.EngineException InvalidParameter in Docker's words for anything that is not such an instruction
     */
    public static RunConfig apply(RunConfig config, List<String> changes) {
        if (changes.isEmpty()) {
            return config;
        }
        List<String> lines = lines(String.join("\n", changes));
        if (lines.isEmpty()) {
            throw invalid("file with no instructions");
        }
        ConfigChanges changed = new ConfigChanges(config);
        lines.forEach(changed::apply);
        return changed.config;
    }

    /** Without comments; a backslash at a line's end joins it with the next. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String part : text.split("\n")) {
            String stripped = part.strip();
            if (stripped.isEmpty() || stripped.startsWith("#")) {
                continue;
            }
            boolean goesOn = stripped.endsWith("\\");
            line.append(goesOn ? stripped.substring(0, stripped.length() - 1) : stripped);
            if (!goesOn) {
                lines.add(line.toString().strip());
                line.setLength(0);
            }
        }
        if (!line.toString().isBlank()) {
            lines.add(line.toString().strip());
        }
        return lines;
    }

    private void apply(String line) {
        int space = 0;
        while (space < line.length() && !Character.isWhitespace(line.charAt(space))) {
            space++;
        }
        String word = line.substring(0, space);
        String rest = line.substring(space).strip();
        RunConfigBuilder changed = RunConfigBuilder.builder(config);
        switch (word.toUpperCase(Locale.ROOT)) {
            case "CMD" -> {
                changed.cmd(command(rest));
                commandSet = true;
            }
            case "ENTRYPOINT" -> {
                List<String> entrypoint = rest.isEmpty() ? List.of() : command(rest);
                changed.entrypoint(entrypoint.isEmpty() ? null : entrypoint);
                // Arguments of another program mean nothing to this one.
                changed.cmd(commandSet ? config.cmd() : null);
            }
            case "ENV" -> changed.env(environment(config.env(), pairs("ENV", rest)));
            case "LABEL" -> {
                Map<String, String> labels = new LinkedHashMap<>();
                if (config.labels() != null) {
                    labels.putAll(config.labels());
                }
                labels.putAll(pairs("LABEL", rest));
                changed.labels(labels);
            }
            case "USER" -> changed.user(one("USER", rest));
            case "WORKDIR" -> changed.workingDir(directory(expanded(needed("WORKDIR", rest, "exactly one argument"))));
            case "STOPSIGNAL" -> changed.stopSignal(one("STOPSIGNAL", rest));
            case "EXPOSE" -> changed.exposedPorts(union(config.exposedPorts(), ports(rest)));
            case "VOLUME" -> changed.volumes(union(config.volumes(), volumes(rest)));
            case "HEALTHCHECK" -> changed.healthcheck(healthcheck(rest));
            case "ONBUILD" -> changed.onBuild(triggers(rest));
            default -> throw invalid(word + " is not a valid change command");
        }
        config = changed.build();
    }

    // ---- commands

    /** The JSON form as it is, anything else as a shell's command. */
    private List<String> command(String rest) {
        List<String> json = json(rest);
        if (json != null) {
            return json;
        }
        List<String> shell = config.shell();
        List<String> command = new ArrayList<>(shell == null || shell.isEmpty() ? List.of("/bin/sh", "-c") : shell);
        if (!rest.isEmpty()) {
            command.add(rest);
        }
        return command;
    }

    private static @Nullable List<String> json(String rest) {
        if (!rest.startsWith("[")) {
            return null;
        }
        try {
            if (Json.tree(rest.getBytes(StandardCharsets.UTF_8)) instanceof List<?> list
                    && list.stream().allMatch(String.class::isInstance)) {
                return list.stream().map(String.class::cast).toList();
            }
        } catch (JsonException e) {
            // As in a Dockerfile: a broken JSON form is taken for a shell command.
        }
        return null;
    }

    private static Healthcheck healthcheck(String text) {
        String rest = needed("HEALTHCHECK", text, "at least one argument");
        Map<String, String> flags = new LinkedHashMap<>();
        while (rest.startsWith("--")) {
            String word = rest.split("\\s+", 2)[0];
            int equals = word.indexOf('=');
            flags.put(
                    word.substring(2, equals < 0 ? word.length() : equals),
                    equals < 0 ? "" : word.substring(equals + 1));
            rest = rest.substring(word.length()).strip();
        }
        String[] words = needed("HEALTHCHECK", rest, "at least one argument").split("\\s+", 2);
        String argument = words.length < 2 ? "" : words[1];
        List<String> test = new ArrayList<>();
        switch (words[0].toUpperCase(Locale.ROOT)) {
            case "NONE" -> {
                if (!argument.isEmpty()) {
                    throw invalid("HEALTHCHECK NONE takes no arguments");
                }
                test.add("NONE");
            }
            case "CMD" -> {
                List<String> json = json(argument);
                if (argument.isEmpty() || json != null && json.isEmpty()) {
                    throw invalid("Missing command after HEALTHCHECK CMD");
                }
                test.add(json == null ? "CMD-SHELL" : "CMD");
                test.addAll(json == null ? List.of(argument) : json);
            }
            default -> throw invalid("Unknown type \"" + words[0] + "\" in HEALTHCHECK (try CMD)");
        }
        Duration interval = duration("interval", flags);
        Duration timeout = duration("timeout", flags);
        Duration startPeriod = duration("start-period", flags);
        Duration startInterval = duration("start-interval", flags);
        int retries = retries(flags);
        if (!flags.isEmpty()) {
            throw invalid("unknown flag: --" + flags.keySet().iterator().next());
        }
        return new Healthcheck(test, interval, timeout, startPeriod, startInterval, retries);
    }

    private static Duration duration(String flag, Map<String, String> flags) {
        String text = flags.remove(flag);
        if (text == null || text.isEmpty()) {
            return Duration.ZERO;
        }
        Duration duration = Timestamps.duration(text);
        if (duration == null) {
            throw invalid("time: invalid duration \"" + text + "\"");
        }
        if (!duration.isZero() && duration.compareTo(SHORTEST) < 0) {
            throw invalid("Interval \"" + flag + "\" cannot be less than 1ms");
        }
        return duration;
    }

    private static int retries(Map<String, String> flags) {
        String text = flags.remove("retries");
        try {
            int retries = text == null || text.isEmpty() ? 0 : Integer.parseInt(text);
            if (retries < 0) {
                throw invalid("--retries cannot be negative (" + retries + ")");
            }
            return retries;
        } catch (NumberFormatException e) {
            throw invalid("strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
        }
    }

    private List<String> triggers(String rest) {
        String trigger = needed("ONBUILD", rest, "at least one argument");
        switch (trigger.split("\\s+", 2)[0].toUpperCase(Locale.ROOT)) {
            case "ONBUILD" -> throw invalid("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
            case "FROM" -> throw invalid("FROM isn't allowed as an ONBUILD trigger");
            case "MAINTAINER" -> throw invalid("MAINTAINER isn't allowed as an ONBUILD trigger");
            default -> {}
        }
        List<String> triggers = new ArrayList<>(config.onBuild() == null ? List.of() : config.onBuild());
        triggers.add(trigger);
        return triggers;
    }

    // ---- words

    private static String needed(String instruction, String rest, String how) {
        if (rest.isEmpty()) {
            throw invalid(instruction + " requires " + how);
        }
        return rest;
    }

    private String one(String instruction, String rest) {
        if (rest.isEmpty() || rest.split("\\s+").length > 1) {
            throw invalid(instruction + " requires exactly one argument");
        }
        return expanded(rest);
    }

    /** With variables of the config as it is by now. */
    private String expanded(String word) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String variable : config.env() == null ? List.<String>of() : config.env()) {
            int equals = variable.indexOf('=');
            if (equals >= 0) {
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return ShellWords.expand(word, variables);
    }

    private String directory(String path) {
        String before = config.workingDir().isEmpty() ? "/" : config.workingDir();
        return Path.of("/").resolve(before).resolve(path).normalize().toString();
    }

    private List<String> ports(String rest) {
        List<String> ports = new ArrayList<>();
        for (String word : needed("EXPOSE", rest, "at least one argument").split("\\s+")) {
            for (String port : expanded(word).strip().split("\\s+")) {
                addPorts(port, ports);
            }
        }
        return ports;
    }

    /** {@code 80}, {@code 53/udp}, {@code 8000-8010}. */
    private static void addPorts(String text, List<String> ports) {
        int slash = text.indexOf('/');
        String range = slash < 0 ? text : text.substring(0, slash);
        String protocol = slash < 0 ? "tcp" : text.substring(slash + 1).toLowerCase(Locale.ROOT);
        if (!Set.of("tcp", "udp", "sctp").contains(protocol)) {
            throw invalid("invalid proto: " + protocol);
        }
        int dash = range.indexOf('-');
        int first = port(dash < 0 ? range : range.substring(0, dash), range);
        int last = dash < 0 ? first : port(range.substring(dash + 1), range);
        if (last < first) {
            throw invalid("invalid containerPort: " + range);
        }
        for (int port = first; port <= last; port++) {
            ports.add(port + "/" + protocol);
        }
    }

    private static int port(String number, String range) {
        if (!number.matches("[0-9]{1,5}") || Integer.parseInt(number) > MAX_PORT) {
            throw invalid("invalid containerPort: " + range);
        }
        return Integer.parseInt(number);
    }

    private List<String> volumes(String rest) {
        List<String> json = json(rest);
        List<String> words = json != null ? json : rest.isEmpty() ? List.of() : List.of(rest.split("\\s+"));
        if (words.isEmpty()) {
            throw invalid("VOLUME requires at least one argument");
        }
        List<String> volumes = new ArrayList<>();
        for (String word : words) {
            String volume = expanded(word).strip();
            if (volume.isEmpty()) {
                throw invalid("VOLUME specified can not be an empty string");
            }
            volumes.add(volume);
        }
        return volumes;
    }

    private static Set<String> union(@Nullable Set<String> old, List<String> more) {
        Set<String> union = new LinkedHashSet<>();
        if (old != null) {
            union.addAll(old);
        }
        union.addAll(more);
        return union;
    }

    private static List<String> environment(@Nullable List<String> old, Map<String, String> pairs) {
        Map<String, String> rest = new LinkedHashMap<>(pairs);
        List<String> environment = new ArrayList<>();
        for (String variable : old == null ? List.<String>of() : old) {
            int equals = variable.indexOf('=');
            String name = equals < 0 ? variable : variable.substring(0, equals);
            String value = rest.remove(name);
            environment.add(value == null ? variable : name + "=" + value);
        }
        rest.forEach((name, value) -> environment.add(name + "=" + value));
        return environment;
    }

    /** {@code a=b c="d e"}, or the old form {@code name value}; all with the variables as they were before. */
    private Map<String, String> pairs(String instruction, String rest) {
        List<String> words = ShellWords.split(needed(instruction, rest, "at least one argument"));
        Map<String, String> pairs = new LinkedHashMap<>();
        if (words.getFirst().indexOf('=') < 0) {
            String[] parts = rest.split("\\s+", 2);
            if (parts.length < 2) {
                throw invalid(instruction + " must have two arguments");
            }
            pairs.put(expanded(parts[0]), expanded(parts[1]));
            return pairs;
        }
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw invalid("Syntax error - can't find = in \"" + word + "\". Must be of the form: name=value");
            }
            String name = expanded(word.substring(0, equals));
            if (name.isEmpty()) {
                throw invalid(instruction + " names can not be blank");
            }
            pairs.put(name, expanded(word.substring(equals + 1)));
        }
        return pairs;
    }

    static RuntimeException invalid(String why) {
        return new Problem.InvalidParameter(why).exception();
    }
}
