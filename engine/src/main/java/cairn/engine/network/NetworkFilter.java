package cairn.engine.network;

import cairn.engine.error.Problem;
import cairn.wire.Filters;
import java.util.Set;

/** Which networks a list shows. */
public record NetworkFilter(Filters filters) {
    private static final Set<String> KNOWN = Set.of("dangling", "driver", "id", "label", "name", "scope", "type");

    public NetworkFilter {
        String unknown = filters.unknown(KNOWN);
        if (unknown != null) {
            throw new Problem.InvalidParameter("invalid filter '" + unknown + "'").exception();
        }
        for (String type : filters.get("type")) {
            if (!type.equals("builtin") && !type.equals("custom")) {
                throw new Problem.InvalidParameter("invalid filter: 'type'='" + type + "'").exception();
            }
        }
        Set<String> dangling = filters.get("dangling");
        if (dangling.size() > 1) {
            throw new Problem.InvalidParameter("got more than one value for filter key \"dangling\"").exception();
        }
        for (String value : dangling) {
            if (!Set.of("0", "1", "true", "false").contains(value)) {
                throw new Problem.InvalidParameter("invalid value for filter 'dangling', must be \"true\" (or \"1\"),"
                                + " or \"false\" (or \"0\")")
                        .exception();
            }
        }
    }

    /** @param used whether a container is on it */
    boolean matches(Network network, boolean used) {
        return any("name", network.name()::contains)
                && any("id", id -> network.id().contains(id))
                && any("driver", network.driver().toString()::equals)
                && any("scope", "local"::equals)
                && any("type", type -> network.predefined() == type.equals("builtin"))
                && filters.matchesLabels("label", network.labels())
                && any(
                        "dangling",
                        wanted -> (wanted.equals("1") || wanted.equals("true")) == (!network.predefined() && !used));
    }

    private boolean any(String key, java.util.function.Predicate<String> test) {
        Set<String> values = filters.get(key);
        return values.isEmpty() || values.stream().anyMatch(test);
    }
}
