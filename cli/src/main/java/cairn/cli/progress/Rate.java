package cairn.cli.progress;

/** How fast a count grows: a mean that forgets, so that it follows the network without jumping. */
final class Rate {
    private static final long SPAN_NANOS = 400_000_000L;
    private static final long STALLED_NANOS = 3_000_000_000L;
    private static final double NEWEST = 0.4;

    private boolean begun;
    private long since;
    private long from;
    private double perSecond;

    /** The first count is where it starts: what was there before, as in a resumed download, has not come now. */
    void note(long count, long nanos) {
        if (!begun || count < from) {
            begun = true;
            since = nanos;
            from = count;
            perSecond = 0;
            return;
        }
        if (nanos - since >= SPAN_NANOS && count > from) {
            double now = (count - from) * 1e9 / (nanos - since);
            perSecond = perSecond == 0 ? now : NEWEST * now + (1 - NEWEST) * perSecond;
            since = nanos;
            from = count;
        }
    }

    /** Units a second; 0 while it is not known, or nothing comes any more. */
    double perSecond(long nanos) {
        return nanos - since > STALLED_NANOS ? 0 : perSecond;
    }
}
