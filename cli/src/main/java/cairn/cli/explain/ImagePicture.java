package cairn.cli.explain;

import cairn.wire.explain.HistoryStep;
import cairn.wire.explain.ImageExplanation;

/** An image: its layers, and the instructions that made them or only changed its config. */
public final class ImagePicture {
    private static final int WIDEST = 90;

    private ImagePicture() {}

    public static String of(ImageExplanation image) {
        Picture picture = new Picture();
        picture.line("Image "
                        + (image.names().isEmpty() ? Picture.digest(image.id()) : String.join(", ", image.names())))
                .field("id", image.id())
                .field("created", image.created())
                .field("architecture", image.architecture())
                .field(
                        "size",
                        Picture.size(image.size()) + " in "
                                + Picture.count(image.layers().size(), "layer", "layers"));
        Layers.draw(picture, image.layers());
        if (!image.history().isEmpty()) {
            picture.title("How it was made, the oldest step first");
            StringBuilder lines = new StringBuilder();
            for (HistoryStep step : image.history()) {
                String made = step.emptyLayer() ? "config only" : Picture.digest(step.diffId());
                String text = step.createdBy().replace('\t', ' ').replace('\n', ' ');
                lines.append("  ").append(made.isEmpty() ? "a layer" : made).append('\t');
                lines.append(text.length() <= WIDEST ? text : text.substring(0, WIDEST - 1) + "…")
                        .append('\n');
            }
            picture.table(lines.toString());
        }
        return picture.toString();
    }
}
