package cairn.linux;

/** nftables through libnftables.so.1, loaded at first use (libnftables(3)). */
@SuppressWarnings("DoNotCallSuggester")
public final class Nftables {
    private Nftables() {}

    /** Whether the library is installed. */
    public static boolean available() {
        throw new UnsupportedOperationException();
    }

    /**
     * Runs commands in nft(8)'s language as one transaction: all or none takes effect.
     *
     * @return what {@code list} commands print; empty for others
     * @throws NftablesException if the library is missing or a command is refused
     */
    public static String run(String commands) {
        throw new UnsupportedOperationException();
    }

    /** As {@link #run}, in JSON both ways (libnftables-json(5)). */
    public static String runJson(String commands) {
        throw new UnsupportedOperationException();
    }
}
