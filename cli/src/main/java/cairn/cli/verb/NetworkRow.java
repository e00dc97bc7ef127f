package cairn.cli.verb;

import cairn.cli.show.Columns;
import cairn.cli.show.Row;
import cairn.cli.show.Tree;
import java.util.Map;
import java.util.TreeMap;

/** One network. */
final class NetworkRow extends Row {
    private static final int SHORT_ID = 12;

    static final Columns COLUMNS = new Columns(
            "*network.networkContext",
            "CreatedAt",
            "CREATED AT",
            "Driver",
            "DRIVER",
            "ID",
            "NETWORK ID",
            "IPv4",
            "IPV4",
            "IPv6",
            "IPV6",
            "Internal",
            "INTERNAL",
            "Labels",
            "LABELS",
            "Name",
            "NAME",
            "Scope",
            "SCOPE");

    private final Tree network;
    private final boolean full;

    NetworkRow(Tree network, boolean full) {
        super(COLUMNS);
        this.network = network;
        this.full = full;
    }

    @Override
    protected String cell(String column) {
        return switch (column) {
            case "ID" -> id();
            case "Name", "Driver", "Scope" -> network.at(column).text();
            case "IPv4" -> String.valueOf(network.at("EnableIPv4").on());
            case "IPv6" -> String.valueOf(network.at("EnableIPv6").on());
            case "Internal" -> String.valueOf(network.at("Internal").on());
            case "CreatedAt" -> network.at("Created").text();
            case "Labels" -> labels();
            default -> "";
        };
    }

    private String id() {
        String id = network.at("Id").text();
        return full || id.length() <= SHORT_ID ? id : id.substring(0, SHORT_ID);
    }

    private String labels() {
        StringBuilder out = new StringBuilder();
        for (Map.Entry<String, Tree> label : new TreeMap<>(network.at("Labels").members()).entrySet()) {
            out.append(out.isEmpty() ? "" : ",").append(label.getKey()).append('=');
            out.append(label.getValue().text());
        }
        return out.toString();
    }

    @Override
    protected String label(String name) {
        return network.at("Labels", name).text();
    }
}
