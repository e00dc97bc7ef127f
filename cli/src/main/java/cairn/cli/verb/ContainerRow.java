package cairn.cli.verb;

import cairn.cli.show.Ages;
import cairn.cli.show.Columns;
import cairn.cli.show.Row;
import cairn.cli.show.Shorten;
import cairn.cli.show.Times;
import cairn.cli.show.Tree;
import cairn.wire.Sizes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One line of {@code cairn ps}. */
final class ContainerRow extends Row {
    static final Columns COLUMNS = new Columns(
            "*formatter.ContainerContext",
            "Command",
            "COMMAND",
            "CreatedAt",
            "CREATED AT",
            "ID",
            "CONTAINER ID",
            "Image",
            "IMAGE",
            "Labels",
            "LABELS",
            "LocalVolumes",
            "LOCAL VOLUMES",
            "Mounts",
            "MOUNTS",
            "Names",
            "NAMES",
            "Networks",
            "NETWORKS",
            "Ports",
            "PORTS",
            "RunningFor",
            "CREATED",
            "Size",
            "SIZE",
            "State",
            "STATE",
            "Status",
            "STATUS");

    private final Tree container;
    private final boolean full;
    private final long now;

    ContainerRow(Tree container, boolean full, long now) {
        super(COLUMNS);
        this.container = container;
        this.full = full;
        this.now = now;
    }

    @Override
    protected String cell(String column) {
        return switch (column) {
            case "Command" -> command();
            case "CreatedAt" -> Times.stamp(container.at("Created").number());
            case "ID" ->
                full ? container.at("Id").text() : Shorten.id(container.at("Id").text());
            case "Image" -> image();
            case "Labels" -> labels();
            case "LocalVolumes" -> String.valueOf(localVolumes());
            case "Mounts" -> mounts();
            case "Names" -> names();
            case "Networks" ->
                String.join(
                        ",",
                        new TreeMap<>(container
                                        .at("NetworkSettings", "Networks")
                                        .members())
                                .keySet());
            case "Ports" -> PortList.shown(container.at("Ports").items());
            case "RunningFor" -> Ages.ago(container.at("Created").number(), now);
            case "Size" -> size();
            case "State" -> container.at("State").text();
            case "Status" -> container.at("Status").text();
            default -> "";
        };
    }

    @Override
    protected String label(String name) {
        return container.at("Labels", name).text();
    }

    private String command() {
        String command = container.at("Command").text();
        return "\""
                + (full ? command : Shorten.ellipsis(command, 20))
                        .replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                + "\"";
    }

    /** An image known only by its id is shortened; a digest beside a tag is left out. */
    private String image() {
        String image = container.at("Image").text();
        if (image.isEmpty()) {
            return "<no image>";
        }
        if (full) {
            return image;
        }
        String id = container.at("ImageID").text();
        if (Shorten.id(id).equals(Shorten.id(image))) {
            return Shorten.id(id);
        }
        int digest = image.indexOf('@');
        boolean tagged = digest > 0 && image.lastIndexOf(':', digest) > image.lastIndexOf('/', digest);
        return tagged ? image.substring(0, digest) : image;
    }

    private String labels() {
        StringBuilder out = new StringBuilder();
        for (Map.Entry<String, Tree> label :
                new TreeMap<>(container.at("Labels").members()).entrySet()) {
            out.append(out.isEmpty() ? "" : ",")
                    .append(label.getKey())
                    .append('=')
                    .append(label.getValue().text());
        }
        return out.toString();
    }

    private int localVolumes() {
        int count = 0;
        for (Tree mount : container.at("Mounts").items()) {
            count += mount.at("Driver").text().equals("local") ? 1 : 0;
        }
        return count;
    }

    private String mounts() {
        StringBuilder out = new StringBuilder();
        for (Tree mount : container.at("Mounts").items()) {
            String name = mount.at("Name").text();
            String shown = name.isEmpty() ? mount.at("Source").text() : name;
            out.append(out.isEmpty() ? "" : ",").append(full ? shown : Shorten.ellipsis(shown, 15));
        }
        return out.toString();
    }

    /** Without the leading slash; names through links (with a further slash) only in full. */
    private String names() {
        StringBuilder out = new StringBuilder();
        List<Tree> names = container.at("Names").items();
        for (Tree item : names) {
            String name = item.text();
            String plain = name.startsWith("/") ? name.substring(1) : name;
            if (full || plain.indexOf('/') < 0) {
                out.append(out.isEmpty() ? "" : ",").append(plain);
                if (!full) {
                    break;
                }
            }
        }
        return out.toString();
    }

    private String size() {
        String written = Sizes.decimal(container.at("SizeRw").number());
        long whole = container.at("SizeRootFs").number();
        return whole > 0 ? written + " (virtual " + Sizes.decimal(whole) + ")" : written;
    }
}
