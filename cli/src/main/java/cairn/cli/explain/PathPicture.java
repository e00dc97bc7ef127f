package cairn.cli.explain;

import cairn.wire.explain.LinkHop;
import cairn.wire.explain.MountExplanation;
import cairn.wire.explain.PathExplanation;
import cairn.wire.explain.PathLayer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One path: who supplies it, what it hides, through which links it was reached. */
public final class PathPicture {
    private PathPicture() {}

    public static String of(PathExplanation path) {
        Picture picture = new Picture();
        picture.line(path.summary());
        picture.title(path.path());
        for (LinkHop hop : path.hops()) {
            picture.line("  " + hop.path() + " is a link to " + hop.target()
                    + (hop.link().isEmpty() ? "" : ", in layer " + hop.link()));
        }
        picture.field("resolved", path.resolved().equals(path.path()) ? "" : path.resolved())
                .field("type", path.exists() ? path.type() : "does not exist")
                .field("size", path.exists() && path.type().equals("file") ? Picture.size(path.size()) : "")
                .field("change", path.change());
        PathLayer supplier = path.supplier();
        if (supplier != null) {
            picture.field("supplied by", layer(supplier)).field("on the host", supplier.hostPath());
        }
        PathLayer deleted = path.deletedBy();
        if (deleted != null) {
            picture.field("deleted by", layer(deleted)).field("on the host", deleted.hostPath());
        }
        mount(picture, path.mount(), path.inMount());
        layers(picture, "Layers that have something under this path, the topmost first", path.layers());
        layers(picture, "Opaque directories on the way", path.opaque());
        return picture.toString();
    }

    private static String layer(PathLayer layer) {
        return "layer " + layer.number() + ", " + layer.kind() + (layer.link().isEmpty() ? "" : ", " + layer.link())
                + (layer.instruction().isEmpty() ? "" : ", made by " + Layers.instruction(layer.instruction()));
    }

    private static void mount(Picture picture, @Nullable MountExplanation mount, String inMount) {
        if (mount == null) {
            return;
        }
        String source = mount.hostPath().isEmpty() ? mount.source() : mount.hostPath();
        picture.field("on a mount", mount.mountPoint() + ", " + mount.type() + " of " + source)
                .field("in the mount", inMount)
                .field("it is there", mount.purpose());
    }

    private static void layers(Picture picture, String title, List<PathLayer> layers) {
        if (layers.isEmpty()) {
            return;
        }
        picture.title(title);
        StringBuilder lines = new StringBuilder("  layer\tkind\tlink\trole\ttype\tsize\tpath on the host\n");
        for (PathLayer layer : layers) {
            lines.append("  ")
                    .append(layer.number())
                    .append('\t')
                    .append(layer.kind())
                    .append('\t')
                    .append(layer.link())
                    .append('\t');
            lines.append(layer.role())
                    .append(layer.reason().isEmpty() ? "" : " (" + layer.reason() + ")")
                    .append('\t');
            lines.append(layer.type())
                    .append('\t')
                    .append(layer.type().equals("file") ? Picture.size(layer.size()) : "")
                    .append('\t');
            lines.append(layer.hostPath()).append('\n');
        }
        picture.table(lines.toString());
    }
}
