package cairn.cli.template;

/**
 * A null that has a type in Go and is printed accordingly. JSON knows only one null, so whoever knows the type of an
 * absent member says so with these.
 */
public enum Nil {
    LIST("[]"),
    MAP("map[]"),
    POINTER("<nil>");

    private final String text;

    Nil(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
