package cairn.cli.show;

import cairn.cli.template.Absent;
import cairn.cli.template.JsonText;
import cairn.cli.template.Template;
import java.util.List;

/**
 * A listing in one of Docker's formats: the verb's own table, {@code table TEMPLATE}, {@code json}, or a template for each
 * row.
 */
public final class Listing {
    private Listing() {}

    /**
     * The text to print.
     *
     * @param format what {@code --format} says; "" and {@code table} for the verb's own table
     * @param standard the columns of that table
     */
    public static String text(Columns columns, List<? extends Row> rows, String format, List<String> standard) {
        if (format.isEmpty() || format.equals("table")) {
            return table(columns, rows, standard);
        }
        if (format.equals("json")) {
            return json(rows);
        }
        boolean table = format.startsWith("table ");
        String source = (table ? format.substring(6).strip() : format)
                .replace("\\t", "\t")
                .replace("\\n", "\n");
        Template template = Template.parse(source);
        StringBuilder out = new StringBuilder();
        if (table) {
            out.append(template.renderHeader(columns)).append('\n');
        }
        for (Row row : rows) {
            out.append(template.render(row, Absent.LENIENT)).append('\n');
        }
        return table ? aligned(out.toString()) : out.toString();
    }

    /** One column, one row a line, no header. */
    public static String quiet(List<? extends Row> rows, String column) {
        StringBuilder out = new StringBuilder();
        for (Row row : rows) {
            out.append(row.cell(column)).append('\n');
        }
        return out.toString();
    }

    private static String table(Columns columns, List<? extends Row> rows, List<String> standard) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < standard.size(); i++) {
            out.append(i == 0 ? "" : "\t").append(columns.header(standard.get(i)));
        }
        out.append('\n');
        for (Row row : rows) {
            for (int i = 0; i < standard.size(); i++) {
                out.append(i == 0 ? "" : "\t").append(row.cell(standard.get(i)));
            }
            out.append('\n');
        }
        return aligned(out.toString());
    }

    private static String aligned(String text) {
        Table table = Table.ofColumns();
        table.add(text);
        return table.layout();
    }

    private static String json(List<? extends Row> rows) {
        StringBuilder out = new StringBuilder();
        for (Row row : rows) {
            out.append(JsonText.compact(row)).append('\n');
        }
        return out.toString();
    }
}
