package cairn.oci.registry;

/**
 * Who the caller is at one registry; empty texts for what is not there.
 *
 * @param identityToken a refresh token that stands in for the password
 * @param registryToken a bearer token that is sent as it is
 */
public record Credentials(String username, String password, String identityToken, String registryToken) {
    public static final Credentials ANONYMOUS = new Credentials("", "", "", "");

    public boolean anonymous() {
        return username.isEmpty() && identityToken.isEmpty() && registryToken.isEmpty();
    }

    /** Without any secret, for a log must not hold one. */
    @Override
    public String toString() {
        return anonymous() ? "anonymous" : "credentials of " + username;
    }
}
