package cairn.daemon;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.linux.LinuxException;
import cairn.wire.ApiVersion;
import cairn.wire.ErrorResponse;
import cairn.wire.JsonException;
import cairn.wire.http.Exchange;
import cairn.wire.http.Handler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a request, with or without a {@code /vX.Y} prefix, and turns what a route throws into a reply. The only
 * place that logs a fault, and only if it is ours.
 */
final class Router implements Handler {
    private static final System.Logger LOG = System.getLogger(Router.class.getName());

    /** What a route does: decode, one call to the engine, encode. */
    @FunctionalInterface
    interface Action {
        void handle(Call call) throws IOException, InterruptedException;
    }

    /** @param pattern segments; {@code {x}} takes one, {@code {x...}} one or more */
    private record Route(String method, List<String> pattern, Action action) {}

    private final List<Route> routes = new ArrayList<>();

    void add(String method, String pattern, Action action) {
        routes.add(new Route(method, segments(pattern), action));
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        try {
            dispatch(exchange);
        } catch (EngineException e) {
            HttpErrors.Reply reply = HttpErrors.of(e.problem());
            if (isFault(e.problem())) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        exchange.method() + " " + exchange.path() + ": " + reply.message(),
                        e);
            }
            fail(exchange, reply.status(), reply.message());
        } catch (JsonException | IllegalArgumentException e) {
            fail(exchange, 400, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(exchange, 503, "the engine is being shut down");
        } catch (LinuxException | IllegalStateException e) {
            LOG.log(System.Logger.Level.ERROR, exchange.method() + " " + exchange.path(), e);
            fail(exchange, 500, String.valueOf(e.getMessage()));
        }
    }

    /** What the engine did wrong; everything else is the answer to what somebody asked for. */
    private static boolean isFault(Problem problem) {
        return problem instanceof Problem.Internal || problem instanceof Problem.StoreDamaged;
    }

    private static void fail(Exchange exchange, int status, String message) throws IOException {
        if (exchange.committed()) {
            throw new IOException("failed after the reply had begun: " + message);
        }
        if (status == 304) {
            exchange.respond(304);
        } else {
            exchange.respond(status, new ErrorResponse(message));
        }
    }

    private void dispatch(Exchange exchange) throws IOException, InterruptedException {
        List<String> path = segments(exchange.path());
        ApiVersion version = ApiVersion.NEWEST;
        if (!path.isEmpty() && isVersion(path.getFirst())) {
            version = version(path.getFirst());
            path = path.subList(1, path.size());
        }
        for (Route route : routes) {
            if (route.method.equals(exchange.method())) {
                Map<String, String> parameters = match(route.pattern, path);
                if (parameters != null) {
                    route.action.handle(new Call(exchange, version, parameters));
                    return;
                }
            }
        }
        fail(exchange, 404, "page not found");
    }

    private static boolean isVersion(String segment) {
        return segment.length() > 1 && segment.charAt(0) == 'v' && Character.isDigit(segment.charAt(1));
    }

    private static ApiVersion version(String segment) {
        ApiVersion version = ApiVersion.parse(segment.substring(1));
        if (version.compareTo(ApiVersion.OLDEST) < 0) {
            throw new IllegalArgumentException(
                    "client version " + version + " is too old. Minimum supported API version is " + ApiVersion.OLDEST
                            + ", please upgrade your client to a newer version");
        }
        if (version.compareTo(ApiVersion.NEWEST) > 0) {
            throw new IllegalArgumentException(
                    "client version " + version + " is too new. Maximum supported API version is " + ApiVersion.NEWEST);
        }
        return version;
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/")) {
            if (!segment.isEmpty()) {
                segments.add(segment);
            }
        }
        return segments;
    }

    /** The parameters, or null when the path is another one. */
    private static @Nullable Map<String, String> match(List<String> pattern, List<String> path) {
        Map<String, String> parameters = new HashMap<>();
        int at = 0;
        for (int i = 0; i < pattern.size(); i++) {
            String expected = pattern.get(i);
            int left = pattern.size() - i - 1;
            if (expected.endsWith("...}")) {
                int end = path.size() - left;
                if (end <= at) {
                    return null;
                }
                parameters.put(expected.substring(1, expected.length() - 4), String.join("/", path.subList(at, end)));
                at = end;
            } else if (at >= path.size()) {
                return null;
            } else if (expected.startsWith("{")) {
                parameters.put(expected.substring(1, expected.length() - 1), path.get(at++));
            } else if (!expected.equals(path.get(at++))) {
                return null;
            }
        }
        return at == path.size() ? parameters : null;
    }
}
