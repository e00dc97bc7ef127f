package cairn.cli.registry;

import java.net.URI;
import java.net.URISyntaxException;

/** What registries are called where credentials are kept. */
public final class Registry {
    /** The key of Docker's own registry. */
    public static final String DOCKER_KEY = "https://index.docker.io/v1/";

    private Registry() {}

    /** The key of the registry with this domain, as a name of an image begins with it. */
    public static String key(String domain) {
        return domain.equals(ImageName.DOCKER) || domain.equals("index.docker.io") ? DOCKER_KEY : domain;
    }

    /** The key of what {@code cairn search} looks for: {@code quay.io/foo} is asked for at quay.io. */
    public static String searched(String term) {
        int slash = term.indexOf('/');
        String first = slash < 0 ? "" : term.substring(0, slash);
        boolean domain = first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
        return domain ? key(first) : DOCKER_KEY;
    }

    /** Host and port of an address with or without scheme and path. */
    public static String host(String address) {
        if (address.contains("://")) {
            try {
                URI uri = new URI(address);
                if (uri.getHost() != null) {
                    return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
                }
            } catch (URISyntaxException e) {
                // then it is taken as it stands
            }
        }
        int slash = address.indexOf('/');
        return slash < 0 ? address : address.substring(0, slash);
    }
}
