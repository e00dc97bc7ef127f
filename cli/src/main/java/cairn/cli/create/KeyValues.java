package cairn.cli.create;

import cairn.cli.args.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists of {@code key=value}, from flags and from files. */
public final class KeyValues {
    private KeyValues() {}

    /** Later ones win; a key without {@code =} has the value "". */
    public static Map<String, String> map(List<String> texts) {
        Map<String, String> map = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            map.put(equals < 0 ? text : text.substring(0, equals), equals < 0 ? "" : text.substring(equals + 1));
        }
        return map;
    }

    static Map<String, String> labels(List<String> files, List<String> texts) {
        List<String> all = new ArrayList<>();
        for (String file : files) {
            all.addAll(lines(file, "label"));
        }
        all.addAll(texts);
        for (String label : all) {
            if (label.isEmpty() || label.charAt(0) == '=') {
                throw new UsageException("invalid label '" + label + "': empty name");
            }
        }
        return map(all);
    }

    /**
     * Environment variables from files, then from flags. A name alone stands for the caller's value; where he has none, one
     * from a file is dropped and one from a flag is passed as it is, which removes the image's.
     */
    static List<String> environment(List<String> files, List<String> texts, Map<String, String> own) {
        // One entry for each name: the last value, in the first one's place.
        Map<String, String> all = new LinkedHashMap<>();
        for (String file : files) {
            for (String line : lines(file, "environment")) {
                String value = own.get(line);
                if (line.indexOf('=') >= 0) {
                    all.put(name(line), line);
                } else if (value != null) {
                    all.put(line, line + "=" + value);
                }
            }
        }
        for (String text : texts) {
            if (text.isEmpty() || text.charAt(0) == '=') {
                throw new UsageException("invalid environment variable: " + text);
            }
            String value = text.indexOf('=') < 0 ? own.get(text) : null;
            all.put(name(text), value == null ? text : text + "=" + value);
        }
        return new ArrayList<>(all.values());
    }

    private static String name(String variable) {
        int equals = variable.indexOf('=');
        return equals < 0 ? variable : variable.substring(0, equals);
    }

    private static List<String> lines(String file, String what) {
        List<String> lines = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(Path.of(file))) {
                String text = line.stripLeading();
                if (text.isEmpty() || text.charAt(0) == '#') {
                    continue;
                }
                int equals = text.indexOf('=');
                String name = equals < 0 ? text : text.substring(0, equals);
                if (name.isEmpty() || name.indexOf(' ') >= 0 || name.indexOf('\t') >= 0) {
                    throw new UsageException(
                            name.isEmpty()
                                    ? "poorly formatted " + what + ": no variable name on line '" + text + "'"
                                    : "poorly formatted " + what + ": variable '" + name + "' contains whitespaces");
                }
                lines.add(text);
            }
        } catch (NoSuchFileException e) {
            throw new UsageException("open " + file + ": no such file or directory");
        } catch (IOException e) {
            throw new UsageException("cannot read " + file + ": " + e.getMessage());
        }
        return lines;
    }

    /** {@code a=b,c} split at commas; a field in double quotes may contain them. */
    static List<String> fields(String text) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }

    static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, start)) {
            parts.add(text.substring(start, at));
            start = at + 1;
        }
        parts.add(text.substring(start));
        return parts;
    }
}
