package cairn.cli.explain;

import cairn.wire.explain.ProbeExplanation;
import cairn.wire.explain.TraceExplanation;

/** The way from a container to somebody, and whether it leads there. */
public final class TracePicture {
    private TracePicture() {}

    public static String of(TraceExplanation trace) {
        Picture picture = new Picture();
        picture.line(trace.summary());
        if (!trace.hops().isEmpty()) {
            picture.title("The way from " + trace.from() + " to " + trace.to());
            HopLines.add(picture, trace.hops());
        }
        ProbeExplanation probe = trace.probe();
        if (probe != null) {
            picture.field(
                    "  " + (probe.reached() ? "ok    " : "STOP  "),
                    probe.kind(),
                    probe.to() + " from " + trace.from() + ": " + probe.result() + ", after " + probe.milliseconds()
                            + " ms");
        }
        if (!trace.reached()) {
            HopLines.listeners(picture, "What listens there", trace.listeners());
        }
        HopLines.hint(picture, trace.hint());
        return picture.toString();
    }
}
