package cairn.cli;

/** What this program is called and which version it has. */
public final class Product {
    public static final String VERSION = "0.1.0";

    /** The API version that the client is written for. */
    public static final String API_VERSION = "1.51";

    private Product() {}
}
