package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.oci.ImageId;
import cairn.wire.Filters;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Which containers a list shows.
 *
 * @param limit the newest so many, whatever their state; 0 for no limit
 */
public record ContainerFilter(boolean all, int limit, Filters filters) {
    private static final Set<String> KNOWN = Set.of(
            "ancestor",
            "before",
            "since",
            "exited",
            "id",
            "label",
            "name",
            "status",
            "health",
            "volume",
            "network",
            "is-task",
            "publish",
            "expose",
            "isolation");
    private static final Set<String> STATES =
            Set.of("created", "running", "paused", "restarting", "removing", "exited", "dead");

    private static final Set<String> HEALTHS = Set.of("none", Healths.STARTING, Healths.HEALTHY, Healths.UNHEALTHY);

    public ContainerFilter {
        for (String key : filters.values().keySet()) {
            if (!KNOWN.contains(key)) {
                throw new Problem.InvalidParameter("invalid filter '" + key + "'").exception();
            }
        }
        for (String key : List.of("expose", "publish")) {
            for (String port : filters.get(key)) {
                if (PortBindings.filter(port) == null) {
                    throw new Problem.InvalidParameter("invalid filter '" + key + "=" + port + "'").exception();
                }
            }
        }
        for (String status : filters.get("status")) {
            if (!STATES.contains(status)) {
                throw new Problem.InvalidParameter("invalid filter 'status=" + status + "'").exception();
            }
        }
        for (String health : filters.get("health")) {
            if (!HEALTHS.contains(health)) {
                throw new Problem.InvalidParameter("Unrecognised filter value for health: " + health).exception();
            }
        }
        for (String code : filters.get("exited")) {
            try {
                Integer.parseInt(code);
            } catch (NumberFormatException e) {
                throw new Problem.InvalidParameter("invalid filter 'exited=" + code + "'").exception();
            }
        }
    }

    /** Which images are made on which. */
    @FunctionalInterface
    interface Ancestry {
        /** Whether an image is the one of that name, or has been made on it in any number of steps. */
        boolean descends(ImageId image, String name);
    }

    /** @param lookup from a reference to its container */
    List<Container> select(List<Container> newestFirst, Function<String, Container> lookup, Ancestry ancestry) {
        // A filter on states says by itself that stopped ones are wanted; one on exit codes, as with Docker, does not.
        boolean everyState = all || limit > 0 || !filters.get("status").isEmpty();
        List<Container> selected = new ArrayList<>();
        for (Container container : newestFirst) {
            if ((everyState || container.active()) && matches(container, lookup, ancestry)) {
                selected.add(container);
                if (limit > 0 && selected.size() == limit) {
                    break;
                }
            }
        }
        return selected;
    }

    private boolean matches(Container container, Function<String, Container> lookup, Ancestry ancestry) {
        return any("id", id -> container.id().startsWith(id) || container.id().contains(id))
                && any("name", name -> named(container, name))
                && any("status", status -> container.state().status().equals(status))
                && any(
                        "exited",
                        code -> container.state() instanceof LifeState.Exited exited
                                && exited.exitCode() == Integer.parseInt(code))
                && labels(container)
                && any(
                        "ancestor",
                        image -> container.config().image().equals(image)
                                || container.config().image().equals(image + ":latest")
                                || (container.config().image() + ":latest").equals(image)
                                || container.image().toString().startsWith(image)
                                || container.image().digest().hex().startsWith(image)
                                || ancestry.descends(container.image(), image))
                && any(
                        "before",
                        ref -> container.created().isBefore(lookup.apply(ref).created()))
                && any(
                        "since",
                        ref -> container.created().isAfter(lookup.apply(ref).created()))
                && any("volume", volume -> ContainerViews.mountsAt(container, volume))
                && any(
                        "network",
                        network -> container.networks().stream()
                                .anyMatch(member -> member.network().equals(network)
                                        || member.endpoint() != null
                                                && member.endpoint().networkId().startsWith(network)))
                && any("health", health -> health.equals(health(container)))
                && ports(container)
                && any("is-task", task -> task.equals("false") || task.equals("0"))
                && any("isolation", isolation -> isolation.equals("default"));
    }

    private static String health(Container container) {
        return container.health() == null ? "none" : container.health().status();
    }

    private boolean any(String key, Function<String, Boolean> test) {
        boolean none = true;
        for (String value : filters.get(key)) {
            if (test.apply(value)) {
                return true;
            }
            none = false;
        }
        return none;
    }

    /** Docker takes a regular expression here and matches it with and without the leading slash. */
    private static boolean named(Container container, String expression) {
        try {
            java.util.regex.Pattern pattern = java.util.regex.Pattern.compile(expression);
            return pattern.matcher(container.name()).find()
                    || pattern.matcher("/" + container.name()).find();
        } catch (java.util.regex.PatternSyntaxException e) {
            return container.name().contains(expression);
        }
    }

    /** All labels must match, unlike the values of other keys. */
    private boolean labels(Container container) {
        for (String label : filters.get("label")) {
            int equals = label.indexOf('=');
            String key = equals < 0 ? label : label.substring(0, equals);
            String value = container.config().labels() == null
                    ? null
                    : container.config().labels().get(key);
            if (value == null || equals >= 0 && !value.equals(label.substring(equals + 1))) {
                return false;
            }
        }
        return true;
    }

    /** The two keys are alternatives of each other, as with Docker. */
    private boolean ports(Container container) {
        Set<String> expose = filters.get("expose");
        Set<String> publish = filters.get("publish");
        if (expose.isEmpty() && publish.isEmpty()) {
            return true;
        }
        return expose.stream().anyMatch(text -> PortBindings.exposes(container, text))
                || publish.stream().anyMatch(text -> PortBindings.publishes(container, text));
    }
}
