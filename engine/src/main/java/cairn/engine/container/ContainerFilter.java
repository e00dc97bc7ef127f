package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.oci.ImageId;
import cairn.wire.Filters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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
    private static final List<String> STATES =
            List.of("created", "running", "paused", "restarting", "removing", "exited", "dead");

    private static final List<String> HEALTHS = List.of("none", Healths.STARTING, Healths.HEALTHY, Healths.UNHEALTHY);

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
        check(filters, "status", "state", STATES);
        check(filters, "health", "health", HEALTHS);
        for (String code : filters.get("exited")) {
            try {
                int _ = Integer.parseInt(code);
            } catch (NumberFormatException e) {
                throw new Problem.InvalidParameter("invalid filter 'exited=" + code + "'").exception(e);
            }
        }
        Boolean _ = filters.flag("is-task");
    }

    /** @param what the values are, in Docker's word */
    private static void check(Filters filters, String key, String what, List<String> known) {
        for (String value : filters.get(key)) {
            if (!known.contains(value)) {
                throw new Problem.InvalidParameter("invalid filter '" + key + "=" + value + "': invalid value for "
                                + what + " (" + value + "): must be one of " + String.join(", ", known))
                        .exception();
            }
        }
    }

    /**
     * @param lookup from a reference to its container
     * @param ancestry from an image's name to those that have been made on it in any number of steps, itself among them
     */
    List<Container> select(
            List<Container> newestFirst,
            Function<String, Container> lookup,
            Function<String, Predicate<ImageId>> ancestry) {
        // A filter on states says by itself that stopped ones are wanted; one on exit codes, as with Docker, does not.
        boolean everyState = all || limit > 0 || !filters.get("status").isEmpty();
        Predicate<Container> tests = tests(newestFirst, lookup, ancestry);
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
    private Predicate<Container> tests(
            List<Container> all, Function<String, Container> lookup, Function<String, Predicate<ImageId>> ancestry) {
        List<Predicate<Container>> tests = new ArrayList<>();
        any(tests, "id", prefix -> {
            String only = only(all, prefix);
            return container -> container.id().equals(only);
        });
        any(tests, "name", ContainerFilter::named);
        any(tests, "status", (container, status) -> container.state().status().equals(status));
        any(
                tests,
                "exited",
                (container, code) -> container.state() instanceof LifeState.Exited exited
                        && exited.exitCode() == Integer.parseInt(code));
        any(tests, "ancestor", name -> {
            Predicate<ImageId> descends = ancestry.apply(name);
            return container -> descends.test(container.image());
        });
        any(tests, "before", ref -> {
            Instant created = lookup.apply(ref).created();
            return container -> container.created().isBefore(created);
        });
        any(tests, "since", ref -> {
            Instant created = lookup.apply(ref).created();
            return container -> container.created().isAfter(created);
        });
        any(tests, "volume", ContainerFilter::mounts);
        any(tests, "network", ContainerFilter::on);
        any(tests, "health", (container, health) -> health.equals(health(container)));
        // Those are swarm's. Isolation, on Linux, is no filter at all.
        if (Boolean.TRUE.equals(filters.flag("is-task"))) {
            tests.add(container -> false);
        }
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

    private void any(List<Predicate<Container>> tests, String key, BiPredicate<Container, String> fits) {
        any(tests, key, value -> container -> fits.test(container, value));
    }

    /** Adds that one of the key's values fits, if it has any. @param fit made once for each value */
    private void any(List<Predicate<Container>> tests, String key, Function<String, Predicate<Container>> fit) {
        filters.get(key).stream().map(fit).reduce(Predicate::or).ifPresent(tests::add);
    }

    /** The one that begins so; null if there is none or more than one. */
    private static @Nullable String only(List<Container> all, String prefix) {
        List<String> found = prefix.isEmpty()
                ? List.of()
                : all.stream()
                        .map(Container::id)
                        .filter(id -> id.startsWith(prefix))
                        .limit(2)
                        .toList();
        return found.size() == 1 ? found.getFirst() : null;
    }

    private static boolean mounts(Container container, String text) {
        return container.mounts().stream()
                .anyMatch(mount -> mount.destination().equals(text)
                        || (mount.name().isEmpty() ? mount.source() : mount.name()).equals(text));
    }

    /** By a network's name, or the beginning of the id of one that it is, or has last been, on. */
    private static boolean on(Container container, String network) {
        return container.networks().stream()
                .anyMatch(member -> member.network().equals(network)
                        || member.view(null).networkId().startsWith(network));
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
