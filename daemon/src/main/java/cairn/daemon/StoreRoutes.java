package cairn.daemon;

import cairn.engine.Engine;
import cairn.engine.check.Finding;
import cairn.engine.check.Repairs;
import cairn.engine.check.StoreCheck;
import cairn.engine.error.EngineException;
import cairn.linux.LinuxException;
import cairn.wire.Json;
import cairn.wire.store.StoreCheckLine;
import cairn.wire.store.StoreFinding;
import cairn.wire.store.StoreProgress;
import cairn.wire.store.StoreRepair;
import cairn.wire.store.StoreShare;
import cairn.wire.store.StoreSummary;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code /cairn/store/check}: GET looks, POST repairs as well. */
final class StoreRoutes {
    private final Engine engine;

    StoreRoutes(Engine engine) {
        this.engine = engine;
    }

    void register(Router router) {
        router.add("GET", "/cairn/store/check", call -> run(call, false));
        router.add("POST", "/cairn/store/check", call -> run(call, true));
    }

    private void run(Call call, boolean repair) throws IOException, InterruptedException {
        boolean contents = !call.query().flag("fast");
        OutputStream out = call.exchange().stream(200, "application/json");
        StoreCheck check = engine.storeCheck();
        StoreCheck.Progress progress =
                (done, total, layer) -> line(out, StoreCheckLine.of(new StoreProgress(done, total, layer)));
        try {
            StoreCheck.Report report = check.check(contents, progress);
            report.findings().forEach(finding -> line(out, StoreCheckLine.of(view(finding))));
            if (repair) {
                Repairs.Result result = engine.repairs().repair(check, report, contents, progress);
                result.outcomes()
                        .forEach(outcome -> line(
                                out,
                                StoreCheckLine.of(
                                        new StoreRepair(outcome.action().words(), outcome.fault()))));
                report = result.after();
                report.findings().forEach(finding -> line(out, StoreCheckLine.left(view(finding))));
            }
            line(out, StoreCheckLine.of(summary(report, contents)));
        } catch (EngineException e) {
            line(out, StoreCheckLine.failure(HttpErrors.of(e.problem()).message()));
        } catch (IOException | LinuxException e) {
            line(out, StoreCheckLine.failure(String.valueOf(e.getMessage())));
        }
    }

    private static StoreFinding view(Finding finding) {
        return new StoreFinding(
                finding.kind().name(),
                finding.kind().severity().name(),
                finding.path(),
                finding.owner().type().name(),
                finding.owner().name(),
                finding.what(),
                finding.kind().harm(),
                finding.repair(),
                finding.repairable());
    }

    private static StoreSummary summary(StoreCheck.Report report, boolean contents) {
        List<StoreShare> owners = report.owners().stream()
                .map(share -> new StoreShare(share.owner().name(), share.files(), share.bytes()))
                .toList();
        return new StoreSummary(
                report.layers(),
                report.images(),
                report.containers(),
                contents,
                report.findings().size(),
                (int) report.findings().stream().filter(Finding::repairable).count(),
                owners);
    }

    private static void line(OutputStream out, StoreCheckLine line) {
        try {
            out.write((Json.text(line) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
