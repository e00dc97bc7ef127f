package cairn.engine.reach;

import cairn.wire.explain.HopExplanation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a packet meets, in order. After the first that stops it others may follow: they are as they are. */
final class Hops {
    private final List<HopExplanation> hops = new ArrayList<>();

    void passes(String place, String what, String evidence) {
        hops.add(new HopExplanation(place, what, evidence, HopExplanation.PASSES, ""));
    }

    void stops(String place, String what, String evidence, String hint) {
        hops.add(new HopExplanation(place, what, evidence, HopExplanation.STOPS, hint));
    }

    void note(String place, String what, String evidence) {
        hops.add(new HopExplanation(place, what, evidence, HopExplanation.NOTE, ""));
    }

    List<HopExplanation> list() {
        return List.copyOf(hops);
    }

    /** Null if nothing stops it. */
    static @Nullable HopExplanation stop(List<HopExplanation> hops) {
        for (HopExplanation hop : hops) {
            if (hop.state().equals(HopExplanation.STOPS)) {
                return hop;
            }
        }
        return null;
    }
}
