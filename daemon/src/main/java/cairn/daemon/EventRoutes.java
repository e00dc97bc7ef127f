package cairn.daemon;

import cairn.engine.error.Problem;
import cairn.engine.event.Event;
import cairn.engine.event.Events;
import cairn.wire.Filters;
import cairn.wire.Json;
import cairn.wire.Timestamps;
import cairn.wire.system.EventActor;
import cairn.wire.system.EventMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code /events}. */
final class EventRoutes {
    private static final Set<String> KEYS = Set.of(
            "config",
            "container",
            "daemon",
            "event",
            "image",
            "label",
            "network",
            "node",
            "plugin",
            "scope",
            "secret",
            "service",
            "type",
            "volume");
    /** What events are of. A filter on one keeps the events of all others away, also where there never are any. */
    private static final List<String> ACTORS = List.of(
            "container", "image", "network", "volume", "daemon", "plugin", "service", "node", "secret", "config");

    private static final long SLICE_MILLIS = 1000;

    private final Events events;

    EventRoutes(Events events) {
        this.events = events;
    }

    void register(Router router) {
        router.add("GET", "/events", this::stream);
    }

    private void stream(Call call) throws IOException, InterruptedException {
        Filters filters = call.filters();
        String unknown = filters.unknown(KEYS);
        if (unknown != null) {
            throw new Problem.InvalidParameter("invalid filter '" + unknown + "'").exception();
        }
        Instant now = Instant.now();
        Instant since = instant(call.query().get("since"), now);
        Instant until = instant(call.query().get("until"), now);
        boolean legacy = call.version().below(1, 52);
        try (Events.Subscription subscription = events.subscribe(since)) {
            call.exchange().onDisconnect(subscription::close);
            OutputStream out = call.exchange().stream(200, "application/json");
            while (!subscription.closed()) {
                long left = until == null
                        ? SLICE_MILLIS
                        : Math.min(
                                SLICE_MILLIS,
                                Duration.between(Instant.now(), until).toMillis());
                Event event = subscription.next(Math.max(0, left));
                if (event != null && until != null && event.at().isAfter(until) || event == null && left <= 0) {
                    return;
                }
                if (event != null && matches(filters, event)) {
                    out.write((Json.text(message(event, legacy)) + "\n").getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            }
        }
    }

    private static @Nullable Instant instant(String text, Instant now) {
        return text.isEmpty() ? null : Timestamps.parse(text, now, ZoneId.systemDefault());
    }

    private static boolean matches(Filters filters, Event event) {
        return any(filters.get("type"), type -> event.type().equals(type))
                // Exec and health actions carry their detail after a colon; a filter names the action alone.
                && any(
                        filters.get("event"),
                        action ->
                                event.action().equals(action) || event.action().startsWith(action + ":"))
                && any(filters.get("scope"), scope -> scope.equals("local"))
                && ACTORS.stream().allMatch(actor -> actor(filters, event, actor))
                && filters.matchesLabels("label", event.attributes());
    }

    private static boolean actor(Filters filters, Event event, String type) {
        return any(filters.get(type), wanted -> {
            String name = event.attributes().getOrDefault("name", "");
            if (event.type().equals(type)) {
                return event.actor().startsWith(wanted) || name.equals(wanted) || name.startsWith(wanted + ":");
            }
            String image = event.attributes().getOrDefault("image", "");
            return type.equals("image")
                    && event.type().equals("container")
                    && (image.equals(wanted) || image.startsWith(wanted + ":"));
        });
    }

    private static boolean any(Set<String> values, Predicate<String> test) {
        return values.isEmpty() || values.stream().anyMatch(test);
    }

    private static EventMessage message(Event event, boolean legacy) {
        boolean withStatus =
                legacy && (event.type().equals("container") || event.type().equals("image"));
        long nanos = ChronoUnit.NANOS.between(Instant.EPOCH, event.at());
        return new EventMessage(
                withStatus ? event.action() : "",
                withStatus ? event.actor() : "",
                withStatus ? event.attributes().getOrDefault("image", "") : "",
                event.type(),
                event.action(),
                new EventActor(event.actor(), event.attributes()),
                "local",
                event.at().getEpochSecond(),
                nanos);
    }
}
