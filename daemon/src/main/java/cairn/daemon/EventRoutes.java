package cairn.daemon;

import cairn.engine.error.Problem;
import cairn.engine.event.Event;
import cairn.engine.event.Events;
import cairn.oci.InvalidReferenceException;
import cairn.oci.Reference;
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
    /** What events are of. A filter on one asks for an actor's name or id, or the beginning of one, whatever kind of thing that is. */
    private static final List<String> ACTORS =
            List.of("container", "network", "volume", "daemon", "plugin", "service", "node", "secret", "config");

    /** Actions that carry their detail after a colon. Where a filter has one of them, beginnings of actions are meant, also by the others. */
    private static final Set<String> DETAILED = Set.of("health_status", "exec_create", "exec_start");

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
        Instant now = Instant.now();
        Instant since = instant(call.query().get("since"), now);
        Instant until = instant(call.query().get("until"), now);
        if (since != null && until != null && until.isBefore(since)) {
            throw new Problem.InvalidParameter("`since` time (" + call.query().get("since")
                            + ") cannot be after `until` time (" + call.query().get("until") + ")")
                    .exception();
        }
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

    /** By moby's rules; keys that it does not know it does not mind. */
    private static boolean matches(Filters filters, Event event) {
        boolean beginnings = filters.get("event").stream().anyMatch(DETAILED::contains);
        String action = event.action();
        return any(filters.get("type"), type -> event.type().equals(type))
                && any(filters.get("event"), wanted -> beginnings ? action.startsWith(wanted) : action.equals(wanted))
                && any(filters.get("scope"), scope -> scope.equals("local"))
                && any(filters.get("image"), image -> isOf(event, image))
                && ACTORS.stream().allMatch(type -> any(filters.get(type), wanted -> actor(event, wanted)))
                && filters.matchesLabels("label", event.attributes());
    }

    private static boolean actor(Event event, String wanted) {
        return event.actor().startsWith(wanted)
                || event.attributes().getOrDefault("name", "").startsWith(wanted);
    }

    /** An image's own event, or one of a container that was made of it; its name with the tag or without. */
    private static boolean isOf(Event event, String image) {
        String name = event.attributes().getOrDefault(event.type().equals("image") ? "name" : "image", "");
        return List.of(event.actor(), name, withoutTag(name)).contains(image);
    }

    /** As it is, where it is none of an image. */
    private static String withoutTag(String name) {
        try {
            return Reference.parseNormalized(name).familiarRepository();
        } catch (InvalidReferenceException e) {
            return name;
        }
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
