package cairn.oci.registry;

/** One row of a search. */
public record SearchResult(String name, String description, int stars, boolean official, boolean automated) {}
