package cairn.oci;

/** Stands in for what is being written right now. */
public final class Todo {
    private Todo() {}

    @SuppressWarnings({"DoNotCallSuggester", "TypeParameterUnusedInFormals"})
    public static <T> T todo() {
        throw new UnsupportedOperationException();
    }
}
