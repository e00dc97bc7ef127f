package cairn.cli.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A template, read once and rendered over any number of values. */
public final class Template {
    private final String source;
    private final List<Node> nodes;

    private Template(String source, List<Node> nodes) {
        this.source = source;
        this.nodes = nodes;
    }

    /**
     * Reads a template.
     *
     * @throws TemplateException with {@link TemplateException#syntax} when it is malformed
     */
    public static Template parse(String source) {
        return new Template(source, new Parser(new Scanner(source).scan(), Functions.NAMES).parse());
    }

    /**
     * The text for this data.
     *
     * @throws TemplateException when the template does not fit the data
     */
    public String render(@Nullable Object data, Absent absent) {
        return new Evaluator(source, new Functions(absent, false), absent).render(nodes, data);
    }

    /** The text for a header row: functions such as {@code upper} and {@code truncate} leave the column's name alone. */
    public String renderHeader(Object data) {
        return new Evaluator(source, new Functions(Absent.LENIENT, true), Absent.LENIENT).render(nodes, data);
    }
}
