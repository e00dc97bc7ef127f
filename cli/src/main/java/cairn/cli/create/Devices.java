package cairn.cli.create;

import cairn.cli.args.Bytes;
import cairn.cli.args.UsageException;
import cairn.wire.container.DeviceMapping;
import cairn.wire.container.DeviceRequest;
import cairn.wire.container.ThrottleDevice;
import cairn.wire.container.WeightDevice;
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

    static DeviceRequest byName(List<String> names) {
        return new DeviceRequest("cdi", 0, names, null, null);
    }

    static DeviceMapping mapping(String text) {
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
        return new DeviceMapping(host, inside.isEmpty() ? host : inside, access);
    }

    private static boolean access(String text) {
        for (int i = 0; i < text.length(); i++) {
            if ("rwm".indexOf(text.charAt(i)) < 0 || text.indexOf(text.charAt(i)) != i) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    static WeightDevice weight(String text) {
        int colon = colon(text);
        int weight = (int) number(text, text.substring(colon + 1));
        if (weight != 0 && (weight < 10 || weight > 1000)) {
            throw new UsageException("invalid weight for device: " + text);
        }
        return new WeightDevice(text.substring(0, colon), weight);
    }

    /** {@code bytes}: the rate has a unit; otherwise it counts operations. */
    static List<ThrottleDevice> throttles(List<String> texts, boolean bytes) {
        List<ThrottleDevice> throttles = new ArrayList<>();
        for (String text : texts) {
            int colon = colon(text);
            String rate = text.substring(colon + 1);
            throttles.add(new ThrottleDevice(text.substring(0, colon), bytes ? Bytes.parse(rate) : number(text, rate)));
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
    static DeviceRequest gpus(String text) {
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
        return new DeviceRequest(driver, count, ids, List.of(capabilities), options);
    }
}
