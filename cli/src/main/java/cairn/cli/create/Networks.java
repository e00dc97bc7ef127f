package cairn.cli.create;

import cairn.cli.args.Arguments;
import cairn.cli.args.UsageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code --network NAME} or {@code --network name=NAME,alias=...,ip=...}, repeatable. The first network is the container's
 * mode; the plain flags ({@code --ip}, {@code --network-alias} ...) are about it.
 */
public final class Networks {
    private static final class Wish {
        final String name;
        final List<String> aliases = new ArrayList<>();
        final List<String> linkLocal = new ArrayList<>();
        final List<String> links = new ArrayList<>();
        final Map<String, String> options = new LinkedHashMap<>();
        String ip = "";
        String ip6 = "";
        String mac = "";
        int priority;

        Wish(String name) {
            this.name = name;
        }

        boolean plain() {
            return aliases.isEmpty()
                    && linkLocal.isEmpty()
                    && links.isEmpty()
                    && options.isEmpty()
                    && ip.isEmpty()
                    && ip6.isEmpty()
                    && mac.isEmpty()
                    && priority == 0;
        }

        Map<String, Object> settings() {
            Body addresses =
                    new Body().with("IPv4Address", ip).with("IPv6Address", ip6).with("LinkLocalIPs", linkLocal);
            return new Body()
                    .with("IPAMConfig", addresses)
                    .with("Links", links)
                    .with("Aliases", aliases)
                    .with("MacAddress", mac)
                    .with("DriverOpts", options)
                    .with("GwPriority", priority)
                    .members();
        }
    }

    private final List<Wish> wishes = new ArrayList<>();

    Networks(Arguments given) {
        for (String text : given.texts("network")) {
            wishes.add(wish(text));
        }
        if (wishes.isEmpty()) {
            wishes.add(new Wish("default"));
        }
        Wish first = wishes.getFirst();
        first.aliases.addAll(given.texts("network-alias"));
        first.linkLocal.addAll(given.texts("link-local-ip"));
        if (own(first.name)) {
            first.links.addAll(given.texts("link"));
        }
        first.ip = once("ip", first.ip, given.text("ip"));
        first.ip6 = once("ip6", first.ip6, given.text("ip6"));
        first.mac = once("mac-address", first.mac, given.text("mac-address"));
    }

    /** One network's settings, as {@code network connect} asks for them. */
    public static Map<String, Object> connection(Arguments given) {
        Wish wish = new Wish("");
        wish.aliases.addAll(given.texts("alias"));
        wish.linkLocal.addAll(given.texts("link-local-ip"));
        wish.links.addAll(given.texts("link"));
        wish.ip = given.text("ip");
        wish.ip6 = given.text("ip6");
        wish.options.putAll(KeyValues.map(given.texts("driver-opt")));
        wish.priority = (int) given.number("gw-priority");
        return wish.settings();
    }

    private static String once(String flag, String inNetwork, String alone) {
        if (!inNetwork.isEmpty() && !alone.isEmpty()) {
            throw new UsageException("conflicting options: cannot specify both --" + flag + " and per-network " + flag);
        }
        return alone.isEmpty() ? inNetwork : alone;
    }

    /** Whether it is a network that somebody made, rather than a mode. */
    private static boolean own(String name) {
        return !name.equals("default")
                && !name.equals("bridge")
                && !name.equals("host")
                && !name.equals("none")
                && !name.startsWith("container:");
    }

    private static Wish wish(String text) {
        if (text.indexOf('=') < 0) {
            return new Wish(text);
        }
        String name = "";
        for (String field : KeyValues.fields(text)) {
            if (field.startsWith("name=")) {
                name = field.substring(5);
            }
        }
        if (name.isEmpty()) {
            throw new UsageException("network name is missing in '" + text + "'");
        }
        Wish wish = new Wish(name);
        for (String field : KeyValues.fields(text)) {
            read(wish, field);
        }
        return wish;
    }

    private static void read(Wish wish, String field) {
        int equals = field.indexOf('=');
        if (equals < 0) {
            throw new UsageException("invalid field '" + field + "' must be a key=value pair");
        }
        String value = field.substring(equals + 1);
        switch (field.substring(0, equals)) {
            case "name" -> {}
            case "alias" -> wish.aliases.add(value);
            case "ip" -> wish.ip = value;
            case "ip6" -> wish.ip6 = value;
            case "mac-address" -> wish.mac = value;
            case "link-local-ip" -> wish.linkLocal.add(value);
            case "driver-opt" -> wish.options.putAll(KeyValues.map(List.of(value)));
            case "gw-priority" -> wish.priority = Integer.parseInt(value);
            default -> throw new UsageException("invalid field key " + field.substring(0, equals));
        }
    }

    String mode() {
        return wishes.getFirst().name;
    }

    /** Settings by network; null when there is nothing to say beyond the mode. */
    @Nullable
    Map<String, Object> endpoints() {
        if (wishes.size() == 1 && wishes.getFirst().plain()) {
            return null;
        }
        Map<String, Object> endpoints = new LinkedHashMap<>();
        for (Wish wish : wishes) {
            endpoints.put(wish.name, wish.settings());
        }
        return endpoints;
    }
}
