package cairn.engine.distribution;

import cairn.oci.registry.Credentials;
import java.util.HashMap;
import java.util.Map;

/**
 * The credentials that came with one push, each for one registry and for no other.
 *
 * @param domain of the registry that is pushed to, as names of images begin with it
 * @param own for that registry
 * @param others for registries that layers may have to be copied from, by their domains
 */
public record Keyring(String domain, Credentials own, Map<String, Credentials> others) {
    public Keyring {
        others = new HashMap<>(others);
    }

    /** Nobody's where none are known for the registry. */
    Credentials of(String registry) {
        return registry.equals(domain) ? own : others.getOrDefault(registry, Credentials.ANONYMOUS);
    }
}
