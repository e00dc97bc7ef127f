package cairn.cli.explain;

import cairn.wire.explain.LayerExplanation;
import cairn.wire.explain.LayerPath;
import cairn.wire.explain.LayerPaths;
import java.util.List;

/** The pile of layers, topmost first, as one looks down on it. */
final class Layers {
    private static final int NAMES = 12;
    private static final int SAMPLES = 3;

    private Layers() {}

    static void draw(Picture picture, List<LayerExplanation> layers) {
        picture.title("Layers, the topmost first; what lies higher hides what lies lower");
        int number = 0;
        for (LayerExplanation layer : layers) {
            picture.line("").line("  " + number + "  " + kind(layer.kind()) + ", " + Picture.size(layer.size()));
            draw(picture, layer);
            number++;
        }
    }

    private static String kind(String kind) {
        return switch (kind) {
            case "writable" -> "writable layer (what the container itself has written)";
            case "init" -> "init layer (mount points and empty files that every container has)";
            case "image" -> "image layer";
            default -> kind;
        };
    }

    private static void draw(Picture picture, LayerExplanation layer) {
        String indent = "     ";
        picture.field(indent, "made by", instruction(layer.instruction()))
                .field(indent, "short link", layer.link())
                .field(indent, "directory", layer.directory())
                .field(indent, "diff ID", layer.diffId())
                .field(indent, "chain ID", layer.chainId())
                .field(indent, "at its top", names(layer.names()))
                .field(indent, "adds", paths(layer.adds(), true))
                .field(indent, "changes", paths(layer.changes(), true))
                .field(indent, "hides", paths(layer.hides(), false))
                .field(indent, "not counted", layer.incomplete());
    }

    /** On one line, and not too long. */
    static String instruction(String text) {
        String plain = text.replace('\t', ' ').replace('\n', ' ').strip();
        return plain.length() <= 100 ? plain : plain.substring(0, 99) + "…";
    }

    private static String names(List<String> names) {
        List<String> first = names.subList(0, Math.min(NAMES, names.size()));
        String text = String.join("  ", first);
        return names.size() > NAMES ? text + "  … " + (names.size() - NAMES) + " more" : text;
    }

    private static String paths(LayerPaths paths, boolean sized) {
        if (paths.count() == 0) {
            return "";
        }
        StringBuilder out = new StringBuilder(Picture.count(paths.count(), "path", "paths"));
        if (sized && paths.bytes() > 0) {
            out.append(", ").append(Picture.size(paths.bytes()));
        }
        int shown = Math.min(SAMPLES, paths.samples().size());
        for (int i = 0; i < shown; i++) {
            LayerPath path = paths.samples().get(i);
            out.append(i == 0 ? ": " : ", ").append(path.path());
            if (path.size() > 0) {
                out.append(" (").append(Picture.size(path.size())).append(')');
            }
        }
        return out.append(paths.count() > shown && shown > 0 ? " …" : "").toString();
    }
}
