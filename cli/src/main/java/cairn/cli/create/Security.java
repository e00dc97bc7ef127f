package cairn.cli.create;

import cairn.cli.args.UsageException;
import cairn.cli.show.Tree;
import cairn.cli.template.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** {@code --security-opt}: a seccomp profile's file becomes the profile itself; unconfined system paths become empty lists. */
final class Security {
    private final List<String> options = new ArrayList<>();
    private boolean systemPathsUnconfined;

    Security(List<String> texts) {
        for (String text : texts) {
            read(text);
        }
    }

    private void read(String text) {
        if (text.equals("systempaths=unconfined")) {
            systemPathsUnconfined = true;
            return;
        }
        int equals = text.indexOf('=');
        if (equals < 0) {
            equals = text.indexOf(':');
        }
        if (equals < 0 && !text.equals("no-new-privileges") && !text.equals("writable-cgroups")) {
            throw new UsageException("Invalid --security-opt: \"" + text + "\"");
        }
        String key = equals < 0 ? text : text.substring(0, equals);
        String value = text.substring(equals + 1);
        boolean file = key.equals("seccomp") && !value.equals("unconfined") && !value.equals("builtin");
        options.add(file ? "seccomp=" + profile(value) : text);
    }

    private static String profile(String file) {
        try {
            return JsonText.compact(Tree.read(Files.readAllBytes(Path.of(file))).value());
        } catch (IOException e) {
            throw new UsageException("opening seccomp profile (" + file + ") failed: " + e.getMessage());
        } catch (RuntimeException e) {
            throw new UsageException("compacting json for seccomp profile (" + file + ") failed: " + e.getMessage());
        }
    }

    /** With the prefix CAP_, sorted, each once; ALL stands for every other, and what is to be added is not dropped. */
    static List<String> capabilities(List<String> names, List<String> stronger) {
        Set<String> normal = new TreeSet<>();
        for (String name : names) {
            normal.add(capability(name));
        }
        if (normal.contains("ALL")) {
            return List.of("ALL");
        }
        for (String name : stronger) {
            normal.remove(capability(name));
        }
        return new ArrayList<>(normal);
    }

    private static String capability(String name) {
        String upper = name.strip().toUpperCase(Locale.ROOT);
        return upper.equals("ALL") || upper.startsWith("CAP_") ? upper : "CAP_" + upper;
    }

    List<String> options() {
        return options;
    }

    boolean systemPathsUnconfined() {
        return systemPathsUnconfined;
    }
}
