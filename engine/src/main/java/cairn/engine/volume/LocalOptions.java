package cairn.engine.volume;

import cairn.engine.error.Problem;
import cairn.wire.volume.StoredVolumeOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the local driver is asked to mount at a volume's directory. All parts are empty for a plain directory.
 *
 * @param options comma-separated, as for mount(8)
 */
record LocalOptions(String type, String options, String device) {
    static final LocalOptions NONE = new LocalOptions("", "", "");

    private static final Set<String> KNOWN = Set.of("type", "o", "device", "size");
    private static final Map<String, List<String>> NEEDED =
            Map.of("device", List.of("type"), "type", List.of("device"), "o", List.of("device", "type"));
    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)*) ?([kKmMgGtTpP])?[iI]?[bB]?");

    /** @throws cairn.engine.error.EngineException InvalidVolume with Docker's words */
    static LocalOptions parse(String volume, @Nullable Map<String, String> options) {
        if (options == null || options.isEmpty()) {
            return NONE;
        }
        for (String option : new TreeSet<>(options.keySet())) {
            if (!KNOWN.contains(option)) {
                throw new Problem.InvalidVolume(volume, "invalid option: \"" + option + "\"").exception();
            }
        }
        String size = options.get("size");
        if (size != null && isLimit(volume, size)) {
            throw new Problem.InvalidVolume(volume, "quota size requested but no quota support").exception();
        }
        for (String option : new TreeSet<>(options.keySet())) {
            for (String needed : NEEDED.getOrDefault(option, List.of())) {
                if (!options.containsKey(needed)) {
                    throw new Problem.InvalidVolume(volume, "missing required option: \"" + needed + "\"").exception();
                }
            }
        }
        return new LocalOptions(
                options.getOrDefault("type", ""), options.getOrDefault("o", ""), options.getOrDefault("device", ""));
    }

    private static boolean isLimit(String volume, String size) {
        Matcher matcher = SIZE.matcher(size.strip());
        if (!matcher.matches()) {
            throw new Problem.InvalidVolume(volume, "invalid size: '" + size + "'").exception();
        }
        return matcher.group(1).chars().anyMatch(digit -> digit >= '1' && digit <= '9');
    }

    static LocalOptions of(StoredVolumeOptions stored) {
        return new LocalOptions(stored.mountType(), stored.mountOpts(), stored.mountDevice());
    }

    StoredVolumeOptions stored() {
        return new StoredVolumeOptions(type, options, device, new StoredVolumeOptions.Quota(0));
    }

    /** As the user must have given them. */
    Map<String, String> asGiven() {
        Map<String, String> given = new LinkedHashMap<>();
        put(given, "device", device);
        put(given, "o", options);
        put(given, "type", type);
        return given;
    }

    private static void put(Map<String, String> given, String name, String value) {
        if (!value.isEmpty()) {
            given.put(name, value);
        }
    }

    boolean needsMount() {
        return !type.isEmpty() || !device.isEmpty();
    }
}
