package cairn.daemon;

import cairn.engine.Engine;
import cairn.engine.error.Problem;
import cairn.engine.image.ImageGc;
import cairn.wire.upkeep.GcDecision;
import cairn.wire.upkeep.GcReport;
import cairn.wire.upkeep.Pinned;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** {@code /cairn/images/...} beyond unpacking: what tells images apart, how they share layers, which may go. */
final class UpkeepRoutes {
    private final Engine engine;

    UpkeepRoutes(Engine engine) {
        this.engine = engine;
    }

    void register(Router router) {
        router.add("GET", "/cairn/images/diff", this::difference);
        router.add(
                "GET",
                "/cairn/images/tree",
                call -> call.exchange().respond(200, engine.imageTrees().tree(engine.imageUsers())));
        router.add("POST", "/cairn/images/gc", this::collect);
        router.add(
                "POST",
                "/cairn/images/{name...}/pin",
                call -> call.exchange().respond(200, new Pinned(engine.pins().pin(call.path("name")))));
        router.add(
                "DELETE",
                "/cairn/images/{name...}/pin",
                call -> call.exchange().respond(200, new Pinned(engine.pins().unpin(call.path("name")))));
    }

    private void difference(Call call) throws IOException {
        String from = call.query().get("from");
        String to = call.query().get("to");
        if (from.isEmpty() || to.isEmpty()) {
            throw new Problem.InvalidParameter("name two images to compare").exception();
        }
        call.exchange().respond(200, engine.imageDifferences().between(from, to));
    }

    private void collect(Call call) throws IOException {
        long keep = keep(call);
        boolean dryRun = call.query().flag("dry-run");
        ImageGc.Outcome outcome = engine.imageGc().collect(keep, dryRun, engine.imageUsers());
        List<GcDecision> decisions = new ArrayList<>();
        for (ImageGc.Decision decision : outcome.decisions()) {
            List<String> names = new ArrayList<>(decision.image().repoTags());
            names.addAll(decision.image().repoDigests());
            decisions.add(new GcDecision(
                    decision.image().id().toString(),
                    names,
                    decision.removed(),
                    decision.reason(),
                    decision.bytes(),
                    decision.image().size(),
                    decision.lastUsed().truncatedTo(ChronoUnit.SECONDS).toString()));
        }
        call.exchange().respond(200, new GcReport(dryRun, keep, outcome.before(), outcome.after(), decisions));
    }

    private static long keep(Call call) {
        try {
            long keep = Long.parseLong(call.query().get("keep"));
            if (keep >= 0) {
                return keep;
            }
        } catch (NumberFormatException e) {
            // As for a negative number.
        }
        throw new Problem.InvalidParameter("keep: a number of bytes is wanted").exception();
    }
}
