package cairn.engine.check;

import cairn.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** {@code overlay2/l}: each directory has one short name, which it writes down in {@code link} and which leads back to it. */
final class ShortLinks implements Rule {
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /** A name for a directory that has lost its own: the same whenever it is asked for, so that all files agree on it. */
    static String derived(String directory) {
        byte[] hash = HexFormat.of()
                .parseHex(Digest.sha256(directory.getBytes(StandardCharsets.UTF_8))
                        .hex());
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < Picture.LINK_LENGTH; i++) {
            name.append(BASE32.charAt(hash[i] & 31));
        }
        return name.toString();
    }

    @Override
    public void check(Picture store, Relations relations, Findings findings) {
        store.overlays().forEach((id, overlay) -> {
            if (relations.isOwned(id) && !store.engine().isUnderway(id)) {
                directory(store, relations, id, overlay, findings);
            }
        });
        store.links().forEach((link, target) -> link(store, relations, link, target, findings));
    }

    private static void directory(
            Picture store, Relations relations, String id, Picture.Folder overlay, Findings findings) {
        String name = relations.linkName(id);
        String target = Relations.target(id);
        Path link = store.linkPath(name);
        String there = store.links().get(name);
        if (!name.equals(overlay.text("link"))) {
            List<Action> actions = new ArrayList<>();
            if (!target.equals(there)) {
                actions.add(new Action.Link(link, target));
            }
            actions.add(new Action.Write(overlay.file("link"), name, 0644));
            findings.add(
                    Kind.LINK_FILE,
                    overlay.file("link"),
                    relations.ownerOf(id),
                    overlay.has("link")
                            ? "the file with its short name does not hold one"
                            : "the file with its short name is missing",
                    "writes the short name " + name,
                    actions);
        } else if (there == null) {
            findings.add(
                    Kind.LINK_MISSING,
                    link,
                    relations.ownerOf(id),
                    "the short name of overlay2/" + id + " is missing",
                    "makes the link",
                    new Action.Link(link, target));
        } else if (!there.equals(target)) {
            findings.add(
                    Kind.LINK_TARGET,
                    link,
                    relations.ownerOf(id),
                    "the short name of overlay2/" + id + " leads to " + (there.isEmpty() ? "nothing" : there),
                    "makes the link anew",
                    new Action.Link(link, target));
        }
    }

    private static void link(Picture store, Relations relations, String link, String target, Findings findings) {
        String id = target.startsWith("../") && target.endsWith("/diff")
                ? target.substring("../".length(), target.length() - "/diff".length())
                : "";
        Path path = store.linkPath(link);
        if (store.engine().isUnderway(id)) {
            return;
        }
        if (relations.isLinkName(link)) {
            return; // Right, or mended where the directory is looked at.
        }
        if (!store.overlays().containsKey(id)) {
            findings.add(
                    Kind.LINK_DANGLING,
                    path,
                    Owner.NOBODY,
                    "the short name leads to " + (target.isEmpty() ? "nothing, it is no link" : target)
                            + ", which does not exist",
                    "moves it to the trash",
                    new Action.Discard(path));
        } else if (relations.isOwned(id)) {
            findings.add(
                    Kind.LINK_TWICE,
                    path,
                    relations.ownerOf(id),
                    "overlay2/" + id + " has a second short name",
                    "moves it to the trash",
                    new Action.Discard(path));
        }
    }
}
