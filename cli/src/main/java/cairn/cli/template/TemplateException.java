package cairn.cli.template;

/** A template that cannot be read or carried out; the message is Go's, from {@code template: } on. */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final boolean syntax;

    TemplateException(String message, boolean syntax) {
        super(message, null, false, false);
        this.syntax = syntax;
    }

    /** Whether the template itself is wrong, whatever the data. */
    public boolean syntax() {
        return syntax;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
