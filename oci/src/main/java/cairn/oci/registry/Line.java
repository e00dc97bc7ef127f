package cairn.oci.registry;

import cairn.oci.http.HttpClient;
import cairn.oci.http.Origin;
import cairn.oci.http.Timeouts;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All that requests share: connections, tokens, and what was learnt of hosts. Made when the first of them is sent. */
final class Line implements AutoCloseable {
    private final HttpClient client;
    private final Hosts hosts;
    private final Redirects redirects;
    private final Tokens tokens;
    private final Authorizer authorizer;
    private final Retry retry;
    private final String userAgent;

    /** From the origin that is tried first to the one that answered. */
    private final Map<Origin, Origin> reached = new ConcurrentHashMap<>();

    Line(RegistrySettings settings, Timeouts timeouts, Retry retry) {
        this.client = new HttpClient(timeouts, settings.proxies().rules());
        this.hosts = new Hosts(settings);
        this.redirects = new Redirects(client, hosts);
        this.retry = retry;
        this.userAgent = settings.userAgent();
        this.tokens = new Tokens(redirects, hosts, retry, userAgent);
        this.authorizer = new Authorizer(tokens);
    }

    Hosts hosts() {
        return hosts;
    }

    Redirects redirects() {
        return redirects;
    }

    Tokens tokens() {
        return tokens;
    }

    Authorizer authorizer() {
        return authorizer;
    }

    Retry retry() {
        return retry;
    }

    String userAgent() {
        return userAgent;
    }

    @Nullable
    Origin reached(Origin first) {
        return reached.get(first);
    }

    void reached(Origin first, Origin answered) {
        reached.put(first, answered);
    }

    /** Next time all are tried again. */
    void lost(Origin first) {
        reached.remove(first);
    }

    @Override
    public void close() {
        client.close();
    }
}
