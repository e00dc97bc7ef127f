package cairn.cli.verb;

import java.io.PrintStream;

/** A remark set apart from a verb's own output, as Docker prints it. */
final class Note {
    private static final String HEAD = " Info -> ";

    private Note() {}

    static void print(PrintStream out, String text) {
        out.println();
        out.println(HEAD + text.replace("\n", "\n" + " ".repeat(HEAD.length())));
    }
}
