package cairn.cli.verb;

/** Explanations that several verbs share. */
final class Texts {
    static final String FORMAT = "How to show it: table, 'table TEMPLATE', json, or a Go template for each row";
    static final String FORMAT_ONE = "How to show it: json, or a Go template";
    static final String FILTER = "Show only what fits, such as name=web; may be repeated";
    static final String PRUNE_FILTER = "Remove only what fits, such as until=24h or label=x; may be repeated";
    static final String DETACH_KEYS = "Keys that detach from the container (default ctrl-p,ctrl-q)";

    private Texts() {}
}
