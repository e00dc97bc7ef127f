package cairn.cli;

/** The command that somebody probably meant. */
final class Nearest {
    private static final int FARTHEST = 2;

    private Nearest() {}

    /** The spelling with the fewest changed letters, if that is at most two, or one in three of the last word; else "". */
    static String to(String spelling) {
        String nearest = "";
        int letters = spelling.length() - spelling.lastIndexOf(' ') - 1;
        int least = Math.min(FARTHEST, letters / 3) + 1;
        for (Command command : Command.all()) {
            for (String known : command.spellings()) {
                int distance = distance(spelling, known);
                if (distance < least) {
                    least = distance;
                    nearest = known;
                }
            }
        }
        return nearest;
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
