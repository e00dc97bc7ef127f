package cairn.daemon;

import cairn.engine.Engine;
import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.image.HistoryEntry;
import cairn.engine.image.Image;
import cairn.engine.image.ImageFilter;
import cairn.engine.image.ImageSizes;
import cairn.engine.image.Images;
import cairn.engine.image.Loaded;
import cairn.engine.image.Removed;
import cairn.oci.InvalidReferenceException;
import cairn.oci.Platform;
import cairn.oci.Reference;
import cairn.wire.ErrorDetail;
import cairn.wire.Json;
import cairn.wire.ProgressMessage;
import cairn.wire.ProgressMessageBuilder;
import cairn.wire.image.HistoryItem;
import cairn.wire.image.ImageInspect;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /images/...}. */
final class ImageRoutes {
    private final Engine engine;
    private final Images images;
    private final ImageRows rows = new ImageRows();

    ImageRoutes(Engine engine) {
        this.engine = engine;
        this.images = engine.images();
    }

    void register(Router router) {
        router.add("GET", "/images/json", this::list);
        router.add("GET", "/images/get", this::save);
        router.add("POST", "/images/load", this::load);
        router.add("GET", "/images/{name...}/json", this::inspect);
        router.add("GET", "/images/{name...}/history", this::history);
        router.add("GET", "/images/{name...}/get", this::save);
        router.add("POST", "/images/{name...}/tag", this::tag);
        router.add("DELETE", "/images/{name...}", this::remove);
    }

    private void list(Call call) throws IOException {
        List<Image> all = images.list();
        ImageSizes sizes = call.query().flag("shared-size") ? new ImageSizes(all, engine.layers()) : null;
        Map<String, Long> users = call.version().below(1, 51) ? Map.of() : ImageViews.users(engine.containers());
        ImageFilter filter = new ImageFilter(images, call.query().flag("all"), call.filters(), Instant.now());
        rows.keep(all);
        call.exchange()
                .respondList(
                        200,
                        rows.of(
                                filter.select(all),
                                id -> call.version().below(1, 51) ? -1 : users.getOrDefault(id.toString(), 0L),
                                id -> sizes == null ? -1 : sizes.shared(id),
                                call.version()));
    }

    private void inspect(Call call) throws IOException {
        Image image = images.get(call.path("name"), platform(call));
        ImageInspect view = ImageViews.inspect(image, engine.layers(), ImageViews.understood(call));
        call.exchange().respond(200, view);
    }

    /** Which platform an image has to be for; null for any. */
    private @Nullable Platform platform(Call call) {
        return RegistryRoutes.platform(call, engine.distribution().own());
    }

    private void history(Call call) throws IOException {
        List<HistoryItem> items = new ArrayList<>();
        for (HistoryEntry entry : images.history(call.path("name"), platform(call))) {
            items.add(new HistoryItem(
                    entry.comment(),
                    entry.created() == null ? 0 : entry.created().getEpochSecond(),
                    entry.createdBy(),
                    entry.id() == null ? "<missing>" : entry.id().toString(),
                    entry.size(),
                    entry.tags().isEmpty() ? null : entry.tags()));
        }
        call.exchange().respond(200, items);
    }

    private void tag(Call call) throws IOException {
        String repository = call.query().get("repo");
        String tag = call.query().get("tag");
        images.tag(call.path("name"), reference(tag.isEmpty() ? repository : repository + ":" + tag));
        call.exchange().respond(201);
    }

    static Reference reference(String text) {
        try {
            return Reference.parseNormalized(text);
        } catch (InvalidReferenceException e) {
            throw new Problem.InvalidParameter(String.valueOf(e.getMessage())).exception(e);
        }
    }

    private void remove(Call call) throws IOException {
        List<Removed> removed = images.remove(
                call.path("name"), call.query().flag("force"), call.query().flag("noprune"), engine.imageUsers());
        call.exchange().respond(200, DiskRoutes.items(removed));
    }

    private void save(Call call) throws IOException {
        List<String> names = new ArrayList<>(call.query().all("names"));
        if (call.parameters().containsKey("name")) {
            names.add(call.path("name"));
        }
        if (names.isEmpty()) {
            throw new Problem.InvalidParameter("no image to save was named").exception();
        }
        images.requireSavable(names, platform(call));
        try (OutputStream out = call.exchange().stream(200, "application/x-tar")) {
            images.save(names, out);
        }
    }

    private void load(Call call) throws IOException {
        boolean quiet = call.query().flag("quiet");
        Platform platform = platform(call);
        OutputStream out = call.exchange().stream(200, "application/json");
        try {
            List<Loaded> loaded = images.load(call.exchange().body(), platform, (diffId, current, total) -> {
                if (!quiet) {
                    line(out, ProgressStream.counted(diffId.digest().shortHex(), "Loading layer", current, total));
                }
            });
            for (Loaded image : loaded) {
                if (image.displaced() != null && image.tag() != null) {
                    stream(
                            out,
                            "The image " + image.tag().familiar() + " already exists, renaming the old one with ID "
                                    + image.displaced() + " to empty string\n");
                }
                stream(
                        out,
                        image.tag() == null
                                ? "Loaded image ID: " + image.id() + "\n"
                                : "Loaded image: " + image.tag().familiar() + "\n");
            }
        } catch (EngineException e) {
            failure(out, HttpErrors.of(e.problem()).message());
        }
    }

    private static void stream(OutputStream out, String text) {
        line(out, ProgressMessageBuilder.builder().stream(text).build());
    }

    /** Once the head is out, a failure travels in the stream. */
    static void failure(OutputStream out, String text) {
        line(
                out,
                ProgressMessageBuilder.builder()
                        .errorDetail(new ErrorDetail(0, text))
                        .error(text)
                        .build());
    }

    static void line(OutputStream out, ProgressMessage message) {
        try {
            out.write((Json.text(message) + "\r\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
