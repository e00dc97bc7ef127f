package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.LaunchSpec;
import java.util.ArrayList;
import java.util.List;

/** The options of {@code --tmpfs PATH:OPTIONS}: mount flags become attributes, the rest goes to the file system. */
final class Tmpfs {
    private Tmpfs() {}

    static LaunchSpec.Tmpfs parse(String target, String options, long defaults) {
        if (!target.startsWith("/")) {
            throw new Problem.BadMount("invalid mount path: '" + target + "' mount path must be absolute").exception();
        }
        long attributes = defaults;
        List<String> rest = new ArrayList<>();
        for (String option : options.isEmpty() ? new String[0] : options.split(",")) {
            switch (option) {
                case "ro" -> attributes |= 0x1;
                case "rw" -> attributes &= ~0x1L;
                case "nosuid" -> attributes |= 0x2;
                case "suid" -> attributes &= ~0x2L;
                case "nodev" -> attributes |= 0x4;
                case "dev" -> attributes &= ~0x4L;
                case "noexec" -> attributes |= 0x8;
                case "exec" -> attributes &= ~0x8L;
                default -> {
                    String name = NewContainer.name(option);
                    if (!List.of("size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol")
                            .contains(name)) {
                        throw new Problem.InvalidParameter("invalid tmpfs option [\"" + option + "\"]").exception();
                    }
                    rest.add(option);
                }
            }
        }
        return new LaunchSpec.Tmpfs(target, attributes, String.join(",", rest));
    }
}
