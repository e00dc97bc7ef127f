package cairn.oci.registry;

import cairn.oci.Reference;

/** Docker's sentences around a registry's error. */
final class Wording {
    private Wording() {}

    /** Of a manifest or index that is not to be had. */
    static RegistryException manifest(Reference name, String reference, ErrorReply error) {
        if (error.kind() == RegistryException.Kind.NOT_FOUND && !error.code().equals("NAME_UNKNOWN")) {
            String separator = reference.indexOf(':') >= 0 ? "@" : ":";
            String full = name.familiarRepository() + separator + reference;
            String cause = error.code().isEmpty() ? "manifest unknown: " + error.text() : error.text();
            return new RegistryException(error.kind(), "manifest for " + full + " not found: " + cause);
        }
        return pull(name, error);
    }

    static RegistryException pull(Reference name, ErrorReply error) {
        String repository = name.familiarRepository();
        String text = switch (error.code()) {
            case "DENIED" ->
                "pull access denied for " + repository + ", repository does not exist or may require 'docker login': "
                        + error.text();
            case "NAME_UNKNOWN" -> "repository " + repository + " not found: " + error.text();
            default -> error.text();
        };
        return new RegistryException(error.kind(), text);
    }
}
