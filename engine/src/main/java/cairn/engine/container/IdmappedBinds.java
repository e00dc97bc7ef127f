package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.launch.IdMapping;
import cairn.engine.launch.ProcessSpec;
import cairn.wire.container.IdRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Binds whose owner on the host is the container's user inside, and which of them there cannot be. */
final class IdmappedBinds {
    private IdmappedBinds() {}

    /**
     * As the source's owner is now. Somebody who puts another file in its place meanwhile gains nothing: the mapping gives away what belongs to
     * the owner that was seen, and that is never the host's root.
     *
     * @param user whom the container's first process runs as
     * @param ids of its user namespace, null for the host's
     * @throws EngineException BadMount where the host's root would have to share its files, or the user has no id
     */
    static IdMapping mapping(String source, ProcessSpec.User user, @Nullable IdRange ids) {
        Map<String, Object> owner;
        try {
            owner = Files.readAttributes(Path.of(source), "unix:uid,gid");
        } catch (IOException e) {
            throw new Problem.BadMount(
                            "invalid mount config for type \"bind\": bind source path does not exist: " + source)
                    .exception(e);
        }
        IdMapping mapping = new IdMapping(id(owner.get("uid")), id(owner.get("gid")), user.uid(), user.gid());
        check(source, "user", mapping.diskUid(), mapping.uid(), ids);
        check(source, "group", mapping.diskGid(), mapping.gid(), ids);
        return mapping;
    }

    private static long id(@Nullable Object attribute) {
        return attribute instanceof Integer id ? Integer.toUnsignedLong(id) : 0;
    }

    private static void check(String source, String kind, long onDisk, long inside, @Nullable IdRange ids) {
        if (ids != null && !ids.has(inside)) {
            throw refused(source, kind, inside, "the container's user namespace has the ids 0 to " + (ids.count() - 1));
        }
        if (onDisk == 0 && inside != 0) {
            throw refused(
                    source,
                    kind,
                    inside,
                    "it belongs to the host's " + (kind.equals("user") ? "root" : "group root")
                            + ", whose files are nobody else's; give it to another " + kind
                            + " (chown), or run the container as root");
        }
    }

    private static EngineException refused(String source, String kind, long inside, String why) {
        return new Problem.BadMount("bind " + source + " cannot be idmapped for " + kind + " " + inside + ": " + why)
                .exception();
    }
}
