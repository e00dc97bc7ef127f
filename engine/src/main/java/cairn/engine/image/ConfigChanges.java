package cairn.engine.image;

import cairn.engine.error.Problem;
import cairn.oci.RunConfig;
import cairn.oci.RunConfigBuilder;
import cairn.wire.Json;
import cairn.wire.JsonException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The {@code --change} instructions of import and commit: the Dockerfile instructions that only touch the config. */
public final class ConfigChanges {
    private ConfigChanges() {}

    /** @throws cairn.engine.error.EngineException InvalidParameter for anything that is not such an instruction */
    public static RunConfig apply(RunConfig config, List<String> changes) {
        RunConfig changed = config;
        for (String change : changes) {
            String line = change.strip();
            int space = 0;
            while (space < line.length() && !Character.isWhitespace(line.charAt(space))) {
                space++;
            }
            String rest = line.substring(space).strip();
            if (rest.isEmpty()) {
                throw invalid(change);
            }
            changed = apply(changed, line.substring(0, space).toUpperCase(Locale.ROOT), rest, change);
        }
        return changed;
    }

    private static RunConfig apply(RunConfig c, String instruction, String rest, String change) {
        RunConfigBuilder changed = RunConfigBuilder.builder(c);
        switch (instruction) {
            case "CMD" -> changed.cmd(command(rest));
            case "ENTRYPOINT" -> changed.entrypoint(command(rest));
            case "ENV" -> changed.env(environment(c.env(), pairs(rest, change)));
            case "USER" -> changed.user(rest);
            case "WORKDIR" -> changed.workingDir(rest);
            case "STOPSIGNAL" -> changed.stopSignal(rest);
            case "LABEL" -> {
                Map<String, String> labels = new LinkedHashMap<>();
                if (c.labels() != null) {
                    labels.putAll(c.labels());
                }
                labels.putAll(pairs(rest, change));
                changed.labels(labels);
            }
            case "EXPOSE" -> changed.exposedPorts(union(c.exposedPorts(), ports(rest)));
            case "VOLUME" -> changed.volumes(union(c.volumes(), words(rest)));
            default -> throw invalid(change);
        }
        return changed.build();
    }

    /** The JSON form as it is, anything else as a shell's command. */
    private static List<String> command(String rest) {
        List<String> json = json(rest);
        return json != null ? json : List.of("/bin/sh", "-c", rest);
    }

    private static List<String> words(String rest) {
        List<String> json = json(rest);
        return json != null ? json : List.of(rest.split("\\s+"));
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

    private static List<String> ports(String rest) {
        List<String> ports = new ArrayList<>();
        for (String port : rest.split("\\s+")) {
            ports.add(port.indexOf('/') < 0 ? port + "/tcp" : port);
        }
        return ports;
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
        List<String> environment = new ArrayList<>();
        for (String variable : old == null ? List.<String>of() : old) {
            int equals = variable.indexOf('=');
            if (!pairs.containsKey(equals < 0 ? variable : variable.substring(0, equals))) {
                environment.add(variable);
            }
        }
        pairs.forEach((name, value) -> environment.add(name + "=" + value));
        return environment;
    }

    /** {@code a=b c="d e"}, or the old form {@code name value}. */
    private static Map<String, String> pairs(String rest, String change) {
        Map<String, String> pairs = new LinkedHashMap<>();
        int firstSpace = rest.indexOf(' ');
        int firstEquals = rest.indexOf('=');
        if (firstEquals < 0 || firstSpace >= 0 && firstSpace < firstEquals) {
            if (firstSpace < 0) {
                throw invalid(change);
            }
            pairs.put(
                    rest.substring(0, firstSpace),
                    rest.substring(firstSpace + 1).strip());
            return pairs;
        }
        for (String word : quotedWords(rest)) {
            int equals = word.indexOf('=');
            if (equals <= 0) {
                throw invalid(change);
            }
            pairs.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return pairs;
    }

    private static List<String> quotedWords(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == ' ' || c == '\t') {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                    word.setLength(0);
                }
            } else {
                word.append(c);
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    private static RuntimeException invalid(String change) {
        return new Problem.InvalidParameter("invalid change: \"" + change
                        + "\": CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME and WORKDIR can be given")
                .exception();
    }
}
