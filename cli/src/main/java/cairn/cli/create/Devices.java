package cairn.cli.create;

import cairn.cli.args.Bytes;
import cairn.cli.args.UsageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The flags about devices: {@code --device}, {@code --gpus} and the limits of single devices. */
final class Devices {
    private Devices() {}

    /** {@code vendor.com/class=name} asks for a device by its CDI name. */
    static boolean qualified(String text) {
        int slash = text.indexOf('/');
        return slash > 0 && text.indexOf('=', slash) > slash + 1;
    }

    static Map<String, Object> byName(List<String> names) {
        return new Body().with("Driver", "cdi").with("DeviceIDs", names).members();
    }

    static Map<String, Object> mapping(String text) {
        List<String> parts = KeyValues.split(text, ':');
        String host = parts.getFirst();
        String inside = host;
        String access = "rwm";
        switch (parts.size()) {
            case 1 -> {}
            case 2 -> {
                if (access(parts.get(1))) {
                    access = parts.get(1);
                } else {
                    inside = parts.get(1);
                }
            }
            case 3 -> {
                inside = parts.get(1);
                access = parts.get(2);
                if (!access(access)) {
                    throw new UsageException("invalid device mode: " + access);
                }
            }
            default -> throw new UsageException("bad format for path: " + text);
        }
        return new Body()
                .with("PathOnHost", host)
                .with("PathInContainer", inside.isEmpty() ? host : inside)
                .with("CgroupPermissions", access)
                .members();
    }

    private static boolean access(String text) {
        for (int i = 0; i < text.length(); i++) {
            if ("rwm".indexOf(text.charAt(i)) < 0 || text.indexOf(text.charAt(i)) != i) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    static Map<String, Object> weight(String text) {
        int colon = colon(text);
        int weight = (int) number(text, text.substring(colon + 1));
        if (weight != 0 && (weight < 10 || weight > 1000)) {
            throw new UsageException("invalid weight for device: " + text);
        }
        return new Body()
                .with("Path", text.substring(0, colon))
                .always("Weight", weight)
                .members();
    }

    /** {@code bytes}: the rate has a unit; otherwise it counts operations. */
    static List<Object> throttles(List<String> texts, boolean bytes) {
        List<Object> throttles = new ArrayList<>();
        for (String text : texts) {
            int colon = colon(text);
            String rate = text.substring(colon + 1);
            long number = bytes ? Bytes.parse(rate) : number(text, rate);
            throttles.add(new Body()
                    .with("Path", text.substring(0, colon))
                    .always("Rate", number)
                    .members());
        }
        return throttles;
    }

    private static int colon(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0 || !text.startsWith("/dev/")) {
            throw new UsageException("bad format for device path: " + text);
        }
        return colon;
    }

    private static long number(String text, String digits) {
        try {
            return Long.parseUnsignedLong(digits);
        } catch (NumberFormatException e) {
            throw new UsageException("invalid rate for device: " + text);
        }
    }

    /** {@code all}, a number, or {@code device=0,"capabilities=compute,utility",driver=...}. */
    static Map<String, Object> gpus(String text) {
        String driver = "";
        int count = text.indexOf("device=") >= 0 ? 0 : 1;
        List<String> ids = new ArrayList<>();
        List<String> capabilities = new ArrayList<>();
        Map<String, String> options = new LinkedHashMap<>();
        for (String field : KeyValues.fields(text)) {
            int equals = field.indexOf('=');
            String value = field.substring(equals + 1);
            switch (equals < 0 ? "count" : field.substring(0, equals)) {
                case "count" -> count = value.equals("all") ? -1 : (int) number(text, value);
                case "driver" -> driver = value;
                case "device" -> ids.addAll(KeyValues.split(value, ','));
                case "capabilities" -> capabilities.addAll(KeyValues.split(value, ','));
                case "options" -> options.putAll(KeyValues.map(KeyValues.split(value, ',')));
                default ->
                    throw new UsageException("unexpected key '" + field.substring(0, equals) + "' in '" + field + "'");
            }
        }
        capabilities.add("gpu");
        return new Body()
                .with("Driver", driver)
                .with("Count", count)
                .with("DeviceIDs", ids)
                .with("Capabilities", List.of(capabilities))
                .with("Options", options)
                .members();
    }
}
