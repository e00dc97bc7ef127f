package cairn.daemon;

import cairn.engine.error.Problem;
import cairn.wire.ApiVersion;
import cairn.wire.Filters;
import cairn.wire.http.Exchange;
import cairn.wire.http.Query;
import java.util.Map;

/** One request on its route. */
record Call(Exchange exchange, ApiVersion version, Map<String, String> parameters) {
    /** A part of the path. */
    String path(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalStateException("the route has no {" + name + "}");
        }
        return value;
    }

    Query query() {
        return exchange.query();
    }

    Filters filters() {
        return Filters.parse(query().get("filters"));
    }

    int number(String name, int absent) {
        try {
            return (int) query().number(name, absent);
        } catch (NumberFormatException e) {
            throw new Problem.InvalidParameter("invalid value for " + name + ": " + query().get(name)).exception();
        }
    }

    /** A terminal's {@code h} or {@code w}, which has to be there; the text is moby's. */
    int side(String name, String meaning) {
        String value = query().get(name);
        try {
            return Integer.parseUnsignedInt(value);
        } catch (NumberFormatException e) {
            throw new Problem.InvalidParameter("invalid resize " + meaning + " \"" + value + "\": invalid syntax")
                    .exception(e);
        }
    }
}
