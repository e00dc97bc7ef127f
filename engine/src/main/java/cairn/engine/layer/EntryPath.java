package cairn.engine.layer;

import cairn.engine.error.Problem;
import cairn.oci.tar.TarName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An archive's name as a path inside one layer: leading slashes, {@code .} and inner {@code ..} are worked out by the text alone,
 * as Docker does, and what would lead out is refused.
 *
 * @param parents directories from the layer's root down to the one that holds the name
 */
record EntryPath(List<String> parents, String name) {

    /**
     * Null for the layer's root itself.
     *
     * @param entry whose name or link target this is, for the error
     */
    static @Nullable EntryPath of(String text, String entry) {
        List<String> components = new ArrayList<>();
        for (int from = 0; from <= text.length(); ) {
            int slash = text.indexOf('/', from);
            int to = slash < 0 ? text.length() : slash;
            push(components, text.substring(from, to), entry);
            from = to + 1;
        }
        if (text.isEmpty()) {
            throw new Problem.BadArchive(entry, "a name is empty").exception();
        }
        if (components.isEmpty()) {
            return null;
        }
        String name = components.removeLast();
        return new EntryPath(components, name);
    }

    private static void push(List<String> components, String component, String entry) {
        switch (component) {
            case "", "." -> {}
            case ".." -> {
                if (components.isEmpty()) {
                    throw new Problem.BadArchive(entry, "leads out of the layer").exception();
                }
                components.removeLast();
            }
            default -> {
                if (component.indexOf('\0') >= 0) {
                    throw new Problem.BadArchive(entry, "a name has a NUL in it").exception();
                }
                if (TarName.isEscaped(component)) {
                    throw new Problem.BadArchive(entry, "a name is not UTF-8").exception();
                }
                components.add(component);
            }
        }
    }

    /** Slashes between the names, none at the ends. */
    String text() {
        return parents.isEmpty() ? name : String.join("/", parents) + "/" + name;
    }
}
