package cairn.cli;

import cairn.cli.args.Flags;

/**
 * How a verb is called.
 *
 * @param positionals as help shows them, such as {@code CONTAINER [CONTAINER...]}
 * @param least how many positionals there must be
 * @param most how many there may be
 * @param interspersed whether flags may follow positionals
 * @param more further explanation and examples; "" for none
 */
public record Usage(String positionals, int least, int most, boolean interspersed, Flags flags, String more) {
    public static final int MANY = Integer.MAX_VALUE;

    public static Usage of(String positionals, int least, int most, Flags flags) {
        return new Usage(positionals, least, most, true, flags, "");
    }

    /** The first positional ends the flags: what follows belongs to somebody else. */
    public static Usage before(String positionals, int least, Flags flags) {
        return new Usage(positionals, least, MANY, false, flags, "");
    }

    /** With another highest number of positionals. */
    public Usage upTo(int most) {
        return new Usage(positionals, least, most, interspersed, flags, more);
    }

    public Usage with(String more) {
        return new Usage(positionals, least, most, interspersed, flags, more);
    }
}
