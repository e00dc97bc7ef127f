package cairn.engine.volume;

import cairn.engine.error.Problem;
import cairn.wire.volume.StoredVolumeOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the local driver is asked to mount at a volume's directory, or how much to let into it. All texts are empty for a directory on this
 * disk.
 *
 * @param options comma-separated, as for mount(8)
 * @param size the most bytes that its files may take up, 0 for no limit
 */
record LocalOptions(String type, String options, String device, long size) {
    static final LocalOptions NONE = new LocalOptions("", "", "", 0);

    private static final Set<String> KNOWN = Set.of("type", "o", "device", "size");
    private static final Map<String, List<String>> NEEDED =
            Map.of("device", List.of("type"), "type", List.of("device"), "o", List.of("device", "type"));
    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?) ?([kKmMgGtTpP])?[iI]?[bB]?");

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
        for (String option : new TreeSet<>(options.keySet())) {
            for (String needed : NEEDED.getOrDefault(option, List.of())) {
                if (!options.containsKey(needed)) {
                    throw new Problem.InvalidVolume(volume, "missing required option: \"" + needed + "\"").exception();
                }
            }
        }
        return new LocalOptions(
                options.getOrDefault("type", ""),
                options.getOrDefault("o", ""),
                options.getOrDefault("device", ""),
                options.containsKey("size") ? bytes(volume, options.get("size")) : 0);
    }

    /** Units are powers of 1024, as Docker has them here. */
    private static long bytes(String volume, String size) {
        Matcher matcher = SIZE.matcher(size.strip());
        if (!matcher.matches()) {
            throw new Problem.InvalidVolume(volume, "invalid size: '" + size + "'").exception();
        }
        double bytes = Double.parseDouble(matcher.group(1));
        String unit = matcher.group(2);
        int thousands = unit == null ? 0 : "kmgtp".indexOf(unit.toLowerCase(Locale.ROOT)) + 1;
        return (long) (bytes * Math.pow(1024, thousands));
    }

    static LocalOptions of(StoredVolumeOptions stored) {
        long size = stored.quota() == null ? 0 : stored.quota().size();
        return new LocalOptions(stored.mountType(), stored.mountOpts(), stored.mountDevice(), size);
    }

    StoredVolumeOptions stored() {
        return new StoredVolumeOptions(type, options, device, new StoredVolumeOptions.Quota(size));
    }

    /** As the user must have given them. */
    Map<String, String> asGiven() {
        Map<String, String> given = new LinkedHashMap<>();
        put(given, "device", device);
        put(given, "o", options);
        put(given, "size", size == 0 ? "" : Long.toString(size));
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

    boolean isLimited() {
        return size > 0;
    }
}
