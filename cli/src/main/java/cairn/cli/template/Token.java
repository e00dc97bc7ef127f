package cairn.cli.template;

/** One token: its text as written, where it starts, its line from 1, and whether white space stands before it. */
record Token(Type type, String text, int at, int line, boolean spaced) {
    enum Type {
        TEXT,
        LEFT,
        RIGHT,
        FIELD,
        VARIABLE,
        WORD,
        STRING,
        NUMBER,
        CHARACTER,
        PIPE,
        DECLARE,
        ASSIGN,
        COMMA,
        OPEN,
        CLOSE,
        DOT,
        OTHER,
        END
    }

    boolean is(Type wanted) {
        return type == wanted;
    }

    boolean isWord(String word) {
        return type == Type.WORD && text.equals(word);
    }

    /** As error messages show it. */
    String shown() {
        if (type == Type.END) {
            return "EOF";
        }
        if (type == Type.WORD && Parser.KEYWORDS.contains(text)) {
            return "<" + text + ">";
        }
        if (type == Type.DOT) {
            return "<.>";
        }
        return text.length() > 10 ? Quoted.go(text.substring(0, 10)) + "..." : Quoted.go(text);
    }
}
