package cairn.cli.create;

import cairn.cli.args.UsageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code --publish} and {@code --expose}: {@code [[IP:][HOST]:]CONTAINER[/PROTOCOL]}, each side a port or a range, the IP in
 * brackets if it is an IPv6 one; or {@code target=80,published=8080,protocol=tcp}.
 */
final class Ports {
    private record Range(int first, int last) {
        int size() {
            return last - first + 1;
        }
    }

    private final Map<String, Object> exposed = new LinkedHashMap<>();
    private final Map<String, List<Object>> bindings = new LinkedHashMap<>();

    Map<String, Object> exposed() {
        return exposed;
    }

    Map<String, List<Object>> bindings() {
        return bindings;
    }

    void expose(String text) {
        String protocol = protocol(text);
        Range range = range(beforeSlash(text), "invalid range format for --expose: ");
        for (int port = range.first(); port <= range.last(); port++) {
            exposed.put(port + "/" + protocol, Map.of());
        }
    }

    void publish(String text) {
        if (text.indexOf('=') >= 0) {
            publishFields(text);
            return;
        }
        String protocol = protocol(text);
        String rest = beforeSlash(text);
        int colon = rest.lastIndexOf(':');
        String container = rest.substring(colon + 1);
        String before = colon < 0 ? "" : rest.substring(0, colon);
        int host = before.endsWith("]") ? -1 : before.lastIndexOf(':');
        String ip = "";
        String hostPorts = before;
        if (host >= 0) {
            ip = before.substring(0, host);
            hostPorts = before.substring(host + 1);
        }
        if (container.isEmpty()) {
            throw new UsageException("no port specified: " + text + "<empty>");
        }
        bind(address(ip), hostPorts, container, protocol);
    }

    private void publishFields(String text) {
        String target = "";
        String published = "";
        String protocol = "tcp";
        for (String field : KeyValues.fields(text)) {
            int equals = field.indexOf('=');
            String value = field.substring(equals + 1);
            switch (equals < 0 ? "" : field.substring(0, equals)) {
                case "target" -> target = value;
                case "published" -> published = value;
                case "protocol" -> protocol = value;
                case "mode" -> {}
                default -> throw new UsageException("invalid field key " + field);
            }
        }
        bind("", published, target, protocol);
    }

    private void bind(String ip, String host, String container, String protocol) {
        Range inside = range(container, "invalid containerPort: ");
        Range outside = host.isEmpty() ? null : range(host, "invalid hostPort: ");
        boolean anyOf = outside != null && inside.size() == 1 && outside.size() > 1;
        if (outside != null && !anyOf && outside.size() != inside.size()) {
            throw new UsageException(
                    "invalid ranges specified for container and host Ports: " + container + " and " + host);
        }
        for (int i = 0; i < inside.size(); i++) {
            String port = (inside.first() + i) + "/" + protocol;
            String hostPort = outside == null ? "" : anyOf ? host : String.valueOf(outside.first() + i);
            exposed.put(port, Map.of());
            List<Object> list = bindings.get(port);
            if (list == null) {
                list = new ArrayList<>();
                bindings.put(port, list);
            }
            list.add(new Body().with("HostIp", ip).always("HostPort", hostPort).members());
        }
    }

    private static String protocol(String text) {
        int slash = text.lastIndexOf('/');
        String protocol = slash < 0 ? "tcp" : text.substring(slash + 1).toLowerCase(java.util.Locale.ROOT);
        if (!protocol.equals("tcp") && !protocol.equals("udp") && !protocol.equals("sctp")) {
            throw new UsageException("invalid proto: " + protocol);
        }
        return protocol;
    }

    private static String beforeSlash(String text) {
        int slash = text.lastIndexOf('/');
        return slash < 0 ? text : text.substring(0, slash);
    }

    private static String address(String ip) {
        if (ip.startsWith("[") && ip.endsWith("]")) {
            return ip.substring(1, ip.length() - 1);
        }
        for (int i = 0; i < ip.length(); i++) {
            if ("0123456789.:abcdefABCDEF%".indexOf(ip.charAt(i)) < 0) {
                throw new UsageException("invalid IP address: " + ip);
            }
        }
        if (!ip.isEmpty() && ip.indexOf('.') < 0 && ip.indexOf(':') < 0) {
            throw new UsageException("invalid IP address: " + ip);
        }
        return ip;
    }

    private static Range range(String text, String fault) {
        int dash = text.indexOf('-');
        try {
            int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(text.substring(dash + 1));
            if (first < 0 || last > 65535 || last < first) {
                throw new UsageException(fault + text);
            }
            return new Range(first, last);
        } catch (NumberFormatException e) {
            throw new UsageException(fault + text);
        }
    }
}
