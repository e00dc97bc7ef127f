package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.log.ContainerLog;
import cairn.engine.log.LogFile;
import cairn.engine.plan.LogFormat;
import cairn.engine.plan.Op;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.LogConfig;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * How a container's output is kept, from the driver and its options as Docker knows them.
 *
 * @param maxSize bytes of a file before it is rotated; 0 for never
 * @param maxFiles how many files there are at most, the current one included
 * @param compressed whether all but that one are compressed
 */
record LogOptions(String driver, long maxSize, int maxFiles, boolean compressed) {
    static final String JSON_FILE = "json-file";
    static final String LOCAL = "local";
    static final String NONE = "none";

    /** Nobody's disk is filled by a container that was started without a thought: as much as two files of a gigabyte hold. */
    private static final LogOptions JSON_FILE_DEFAULT = new LogOptions(JSON_FILE, 1_000_000_000, 2, false);

    /** Docker's. */
    private static final LogOptions LOCAL_DEFAULT = new LogOptions(LOCAL, 20L << 20, 5, true);

    private static final Set<String> ATTRIBUTES = Set.of("labels", "labels-regex", "env", "env-regex", "tag");
    private static final Set<String> ROTATION = Set.of("max-size", "max-file", "compress");
    private static final Set<String> DELIVERY = Set.of("mode", "max-buffer-size");
    private static final int MOST_FILES = 10_000;

    /**
     * The options of a container, which may be of a time when combinations were allowed that are refused now.
     *
     * @throws cairn.engine.error.EngineException InvalidParameter in Docker's words, NotSupported
     */
    static LogOptions of(LogConfig config) {
        Map<String, String> options = config.config() == null ? Map.of() : config.config();
        LogOptions standard = switch (config.type()) {
            case "", JSON_FILE -> JSON_FILE_DEFAULT;
            case LOCAL -> LOCAL_DEFAULT;
            case NONE -> new LogOptions(NONE, 0, 1, false);
            case "syslog", "journald", "gelf", "fluentd", "awslogs", "splunk", "etwlogs", "gcplogs" ->
                throw new Problem.NotSupported(
                                "log driver " + config.type() + ": not supported by this version of Cairn")
                        .exception();
            default ->
                throw new Problem.InvalidParameter("logger: no log driver named '" + config.type() + "' is registered")
                        .exception();
        };
        if (standard.driver.equals(NONE)) {
            return standard;
        }
        for (String key : options.keySet()) {
            boolean known = ROTATION.contains(key)
                    || DELIVERY.contains(key)
                    || standard.driver.equals(JSON_FILE) && ATTRIBUTES.contains(key);
            if (!known) {
                throw invalid(
                        standard.driver.equals(LOCAL)
                                ? "unknown log opt '" + key + "' for log driver " + LOCAL
                                : "unknown log opt '" + key + "' for " + standard.driver + " log driver");
            }
        }
        delivery(options);
        long maxSize = size(options.get("max-size"), standard.maxSize);
        int maxFiles = files(
                options.get("max-file"),
                options.containsKey("max-size") && standard.driver.equals(JSON_FILE) ? 1 : standard.maxFiles);
        boolean compress = compress(options.get("compress"), standard);
        return new LogOptions(standard.driver, maxSize, maxFiles, compress && maxSize > 0 && maxFiles > 1);
    }

    /**
     * The options of a container to come, or of all of them.
     *
     * @throws cairn.engine.error.EngineException InvalidParameter in Docker's words, NotSupported
     */
    static void check(LogConfig config) {
        LogOptions checked = of(config);
        Map<String, String> options = config.config() == null ? Map.of() : config.config();
        boolean local = checked.driver.equals(LOCAL);
        boolean compress = !checked.driver.equals(NONE)
                && compress(options.get("compress"), local ? LOCAL_DEFAULT : JSON_FILE_DEFAULT);
        if (compress && local && checked.maxFiles <= 1) {
            throw invalid("compression cannot be enabled when max file count is 1");
        }
        if (compress && !local && !(checked.compressed && options.containsKey("max-size"))) {
            throw invalid("compress cannot be true when max-file is less than 2 or max-size is not set");
        }
    }

    /** Both are one thing here: a file takes what it is given, so nothing waits and nothing has to be dropped. */
    private static void delivery(Map<String, String> options) {
        String mode = options.getOrDefault("mode", "blocking");
        if (!mode.equals("blocking") && !mode.equals("non-blocking")) {
            throw invalid("logger: logging mode not supported: " + mode);
        }
        String buffer = options.get("max-buffer-size");
        if (buffer != null) {
            if (!mode.equals("non-blocking")) {
                throw invalid("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
            }
            Sizes.bytes(buffer);
        }
    }

    private static boolean compress(@Nullable String text, LogOptions standard) {
        return switch (text) {
            case null -> standard.compressed;
            case "1", "t", "T", "TRUE", "true", "True" -> true;
            case "0", "f", "F", "FALSE", "false", "False" -> false;
            default ->
                throw invalid((standard.driver.equals(LOCAL) ? "error reading compress log option: " : "")
                        + "strconv.ParseBool: parsing \"" + text + "\": invalid syntax");
        };
    }

    private static long size(@Nullable String text, long otherwise) {
        if (text == null) {
            return otherwise;
        }
        if (text.equals("-1")) {
            return 0;
        }
        long bytes = Sizes.decimal(text);
        if (bytes <= 0) {
            throw invalid("max-size must be a positive number");
        }
        return bytes;
    }

    private static int files(@Nullable String text, int otherwise) {
        if (text == null) {
            return otherwise;
        }
        try {
            int files = Integer.parseInt(text);
            if (files < 1) {
                throw invalid("max-file cannot be less than 1");
            }
            return Math.min(files, MOST_FILES);
        } catch (NumberFormatException e) {
            throw invalid("invalid value for max-file: " + text);
        }
    }

    /** Where a run of the container writes its output; null if it is not kept. */
    @Nullable
    LogFile file(ContainerFiles files) {
        return switch (driver) {
            case NONE -> null;
            case LOCAL -> new LogFile(files.localLog(), LogFormat.LOCAL);
            default -> new LogFile(files.jsonLog(), LogFormat.JSON_FILE);
        };
    }

    /** All that its runs have written, by this version and others; null if it is not kept. */
    @Nullable
    ContainerLog log(ContainerFiles files) {
        LogFile file = file(files);
        if (file == null) {
            return null;
        }
        LogFile former = new LogFile(files.formerLocalLog(), LogFormat.JSON_FILE);
        return new ContainerLog(file.format() == LogFormat.LOCAL ? List.of(former, file) : List.of(file));
    }

    /** What a container gets that asks for that: the daemon's driver if it names none, and the daemon's options for that driver which it does not name. */
    static LogConfig merged(LogConfig asked, LogConfig standard) {
        boolean same = asked.type().isEmpty() || asked.type().equals(standard.type());
        boolean plain = standard.config() == null || standard.config().isEmpty();
        if (!same || plain && (!asked.type().isEmpty() || standard.type().equals(JSON_FILE))) {
            return asked;
        }
        Map<String, String> options = new TreeMap<>(plain ? Map.of() : standard.config());
        if (asked.config() != null) {
            options.putAll(asked.config());
        }
        return new LogConfig(standard.type(), options);
    }

    // ---- what is logged along

    /**
     * {@link #attributes} as they stand in each record, empty where there are none.
     *
     * @throws cairn.engine.error.EngineException InvalidParameter if they are too long
     */
    static String attributesJson(Container container) {
        Map<String, String> attributes = attributes(container);
        if (attributes.isEmpty()) {
            return "";
        }
        StringBuilder json = new StringBuilder("\"attrs\":{");
        attributes.forEach((name, value) -> {
            json.append(json.charAt(json.length() - 1) == '{' ? "" : ",");
            quote(name, json);
            json.append(':');
            quote(value, json);
        });
        json.append("},");
        if (json.toString().getBytes(StandardCharsets.UTF_8).length > Op.MAX_ATTRIBUTES) {
            throw invalid("the labels and variables that are to be logged along are longer than " + Op.MAX_ATTRIBUTES
                    + " bytes");
        }
        return json.toString();
    }

    private static void quote(String text, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    /** Chosen labels and variables, and the tag, sorted by name; empty where none is asked for. */
    static Map<String, String> attributes(Container container) {
        LogConfig log = container.hostConfig().logConfig();
        Map<String, String> options = log.config() == null ? Map.of() : log.config();
        if (!log.type().equals(JSON_FILE) || ATTRIBUTES.stream().noneMatch(options::containsKey)) {
            return Map.of();
        }
        ContainerConfig config = container.config();
        Map<String, String> labels = config.labels() == null ? Map.of() : config.labels();
        Map<String, String> variables = new LinkedHashMap<>();
        for (String variable : config.env() == null ? List.<String>of() : config.env()) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        Map<String, String> found = new TreeMap<>();
        choose(labels, options.get("labels"), options.get("labels-regex"), found);
        choose(variables, options.get("env"), options.get("env-regex"), found);
        String tag = options.getOrDefault("tag", "");
        if (!tag.isEmpty()) {
            found.put("tag", tag(tag, container));
        }
        return found;
    }

    private static void choose(
            Map<String, String> from, @Nullable String names, @Nullable String expression, Map<String, String> found) {
        for (String name : names == null ? new String[0] : names.split(",", -1)) {
            String value = from.get(name);
            if (value != null) {
                found.put(name, value);
            }
        }
        if (expression != null && !expression.isEmpty()) {
            Pattern pattern = pattern(expression);
            from.forEach((name, value) -> {
                if (pattern.matcher(name).find()) {
                    found.put(name, value);
                }
            });
        }
    }

    private static Pattern pattern(String expression) {
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw invalid("error parsing regexp: " + e.getDescription() + ": `" + expression + "`");
        }
    }

    /** The fields that Docker's templates have, each plain: functions and conditions are refused. */
    private static String tag(String template, Container container) {
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (int open = template.indexOf("{{"); open >= 0; open = template.indexOf("{{", from)) {
            int close = template.indexOf("}}", open);
            String field = close < 0 ? "" : template.substring(open + 2, close).strip();
            text.append(template, from, open)
                    .append(
                            switch (field) {
                                case ".ID" -> container.shortId();
                                case ".FullID" -> container.id();
                                case ".Name" -> container.name();
                                case ".ImageID" ->
                                    container.image().digest().hex().substring(0, 12);
                                case ".ImageFullID" -> container.image().toString();
                                case ".ImageName" -> container.config().image();
                                case ".DaemonName" -> "docker";
                                default ->
                                    throw new Problem.NotSupported(
                                                    "log option tag=" + template
                                                            + ": only {{.ID}}, {{.FullID}}, {{.Name}}, {{.ImageID}}, {{.ImageFullID}},"
                                                            + " {{.ImageName}} and {{.DaemonName}} are supported by this version of Cairn")
                                            .exception();
                            });
            from = close + 2;
        }
        return text.append(template.substring(from)).toString();
    }

    private static EngineException invalid(String text) {
        return new Problem.InvalidParameter(text).exception();
    }
}
