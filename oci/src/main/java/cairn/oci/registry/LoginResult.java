package cairn.oci.registry;

/**
 * @param status Docker's {@code Login Succeeded}
 * @param identityToken to be kept in place of the password; empty where the registry gives none
 */
public record LoginResult(String status, String identityToken) {}
