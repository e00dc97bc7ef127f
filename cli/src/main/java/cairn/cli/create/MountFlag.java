package cairn.cli.create;

import cairn.cli.args.Bytes;
import cairn.cli.args.UsageException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code --mount type=bind,source=/a,target=/b,readonly} and its further keys. */
final class MountFlag {
    /** What keys begin with that mean something for one type alone, in Docker's order. */
    private static final List<String> FAMILIES = List.of("volume", "image", "bind", "tmpfs");

    private String type = "volume";
    private String source = "";
    private String target = "";
    private boolean readOnly;
    private String propagation = "";
    private boolean nonRecursive;
    private boolean createMountpoint;
    private boolean idmap;
    private String readOnlyRecursion = "";
    private boolean noCopy;
    private String subpath = "";
    private String driver = "";
    private final Set<String> families = new HashSet<>();
    private final Map<String, String> driverOptions = new LinkedHashMap<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private long size;
    private long mode;

    private MountFlag() {}

    static Map<String, Object> parse(String text) {
        MountFlag flag = new MountFlag();
        for (String field : KeyValues.fields(text)) {
            flag.read(field.strip());
        }
        if (flag.target.isEmpty()) {
            throw fault(text, "target is required");
        }
        if (flag.source.isEmpty() && (flag.type.equals("bind") || flag.type.equals("image"))) {
            throw fault(text, "source is required when specifying a " + flag.type + " mount");
        }
        flag.check(text);
        return flag.mount();
    }

    /** What would go unheard if it were sent. */
    private void check(String text) {
        for (String family : FAMILIES) {
            if (families.contains(family) && !type.equals(family)) {
                throw fault(text, "cannot mix '" + family + "-*' options with mount type '" + type + "'");
            }
        }
        String recursive = "option 'bind-recursive=" + readOnlyRecursion + "' requires '";
        if (!readOnlyRecursion.isEmpty() && !readOnly) {
            throw fault(text, recursive + "readonly' to be specified in conjunction");
        }
        if (readOnlyRecursion.equals("readonly") && !propagation.equals("rprivate")) {
            throw fault(text, recursive + "bind-propagation=rprivate' to be specified in conjunction");
        }
    }

    private void read(String field) {
        int equals = field.indexOf('=');
        String key = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(java.util.Locale.ROOT);
        String value = equals < 0 ? "" : field.substring(equals + 1);
        families.add(key.equals("idmap") ? "bind" : key.substring(0, Math.max(0, key.indexOf('-'))));
        if (equals < 0 && !switched(key, true)) {
            throw fault(field, "invalid field '" + field + "' must be a key=value pair");
        }
        if (equals >= 0 && !named(key, value, field)) {
            boolean on = value.equals("true") || value.equals("1");
            if (!on && !value.equals("false") && !value.equals("0")) {
                throw fault(field, "invalid value for " + key + ": " + value);
            }
            if (!switched(key, on)) {
                throw fault(field, "unexpected key '" + key + "' in '" + field + "'");
            }
        }
    }

    private boolean switched(String key, boolean on) {
        switch (key) {
            case "readonly", "ro" -> readOnly = on;
            case "volume-nocopy" -> noCopy = on;
            case "bind-nonrecursive" -> nonRecursive = on;
            case "bind-create-src" -> createMountpoint = on;
            case "idmap" -> idmap = on;
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean named(String key, String value, String field) {
        switch (key) {
            case "type" -> type = value.toLowerCase(java.util.Locale.ROOT);
            case "source", "src" -> source = Paths.absolute(value);
            case "target", "dst", "destination" -> target = value;
            case "bind-propagation" -> propagation = value;
            case "bind-recursive" -> recursive(value, field);
            case "volume-subpath", "image-subpath" -> subpath = value;
            case "volume-driver" -> driver = value;
            case "volume-opt" -> put(driverOptions, value);
            case "volume-label" -> put(labels, value);
            case "tmpfs-size" -> size = Bytes.parse(value);
            case "tmpfs-mode" -> mode = octal(value, field);
            case "consistency" -> {}
            default -> {
                return false;
            }
        }
        return true;
    }

    private void recursive(String value, String field) {
        switch (value) {
            case "enabled" -> {}
            case "disabled" -> nonRecursive = true;
            case "writable", "readonly" -> readOnlyRecursion = value;
            default ->
                throw fault(
                        field,
                        "invalid value for bind-recursive: " + value
                                + " (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")");
        }
    }

    private static void put(Map<String, String> map, String value) {
        int equals = value.indexOf('=');
        map.put(equals < 0 ? value : value.substring(0, equals), equals < 0 ? "" : value.substring(equals + 1));
    }

    private static long octal(String value, String field) {
        try {
            return Long.parseLong(value, 8);
        } catch (NumberFormatException e) {
            throw fault(field, "invalid value for tmpfs-mode: " + value);
        }
    }

    private Map<String, Object> mount() {
        Body bind = new Body()
                .with("Propagation", propagation)
                .with("NonRecursive", nonRecursive)
                .with("CreateMountpoint", createMountpoint)
                .with("ReadOnlyNonRecursive", readOnlyRecursion.equals("writable"))
                .with("ReadOnlyForceRecursive", readOnlyRecursion.equals("readonly"))
                .with("CairnIdmap", idmap);
        Body volume = new Body()
                .with("NoCopy", noCopy)
                .with("Labels", labels)
                .with("Subpath", subpath)
                .with("DriverConfig", new Body().with("Name", driver).with("Options", driverOptions));
        return new Body()
                .with("Type", type)
                .with("Source", source)
                .with("Target", target)
                .with("ReadOnly", readOnly)
                .with("BindOptions", bind)
                .with("VolumeOptions", type.equals("volume") ? volume : null)
                .with("ImageOptions", type.equals("image") ? new Body().with("Subpath", subpath) : null)
                .with(
                        "TmpfsOptions",
                        type.equals("tmpfs")
                                ? new Body().with("SizeBytes", size).with("Mode", mode)
                                : null)
                .members();
    }

    private static UsageException fault(String value, String why) {
        return new UsageException("invalid argument \"" + value + "\" for \"--mount\" flag: " + why);
    }
}
