package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.oci.ImageId;
import cairn.wire.Filters;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;

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
        Predicate<Container> tests = tests(lookup, ancestry);
        List<Container> selected = new ArrayList<>();
        for (Container container : newestFirst) {
            if ((everyState || container.active()) && tests.test(container)) {
                selected.add(container);
                if (limit > 0 && selected.size() == limit) {
                    break;
                }
            }
        }
        return selected;
    }

    /** All that is asked for, and nothing else: a list without filters looks at no container twice. */
    private Predicate<Container> tests(Function<String, Container> lookup, Ancestry ancestry) {
        List<Predicate<Container>> tests = new ArrayList<>();
        any(
                tests,
                "id",
                (container, id) ->
                        container.id().startsWith(id) || container.id().contains(id));
        any(tests, "name", ContainerFilter::named);
        any(tests, "status", (container, status) -> container.state().status().equals(status));
        any(
                tests,
                "exited",
                (container, code) -> container.state() instanceof LifeState.Exited exited
                        && exited.exitCode() == Integer.parseInt(code));
        any(
                tests,
                "ancestor",
                (container, image) -> container.config().image().equals(image)
                        || container.config().image().equals(image + ":latest")
                        || (container.config().image() + ":latest").equals(image)
                        || container.image().toString().startsWith(image)
                        || container.image().digest().hex().startsWith(image)
                        || ancestry.descends(container.image(), image));
        any(
                tests,
                "before",
                (container, ref) ->
                        container.created().isBefore(lookup.apply(ref).created()));
        any(
                tests,
                "since",
                (container, ref) ->
                        container.created().isAfter(lookup.apply(ref).created()));
        any(tests, "volume", ContainerViews::mountsAt);
        any(tests, "network", ContainerFilter::on);
        any(tests, "health", (container, health) -> health.equals(health(container)));
        any(tests, "is-task", (container, task) -> task.equals("false") || task.equals("0"));
        any(tests, "isolation", (container, isolation) -> isolation.equals("default"));
        if (!filters.get("label").isEmpty()) {
            tests.add(this::labels);
        }
        if (!filters.get("expose").isEmpty() || !filters.get("publish").isEmpty()) {
            tests.add(this::ports);
        }
        return container -> {
            for (Predicate<Container> test : tests) {
                if (!test.test(container)) {
                    return false;
                }
            }
            return true;
        };
    }

    /** Adds that one of the key's values fits, if it has any. */
    private void any(List<Predicate<Container>> tests, String key, BiPredicate<Container, String> fits) {
        Set<String> values = filters.get(key);
        if (!values.isEmpty()) {
            tests.add(container -> {
                for (String value : values) {
                    if (fits.test(container, value)) {
                        return true;
                    }
                }
                return false;
            });
        }
    }

    private static boolean on(Container container, String network) {
        return container.networks().stream()
                .anyMatch(member -> member.network().equals(network)
                        || member.endpoint() != null
                                && member.endpoint().networkId().startsWith(network));
    }

    private static String health(Container container) {
        return container.health() == null ? "none" : container.health().status();
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
        return expose.stream().anyMatch(text -> PortBindings.exposes(container, text))
                || publish.stream().anyMatch(text -> PortBindings.publishes(container, text));
    }
}
