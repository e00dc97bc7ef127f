package cairn.cli.verb;

/** An image's name taken apart at the tag, {@code localhost:5000/a/b:v1}; tag or digest is "" when there is none. */
record ImageName(String repository, String tag) {
    static ImageName of(String name) {
        int digest = name.indexOf('@');
        if (digest >= 0) {
            return new ImageName(name.substring(0, digest), name.substring(digest + 1));
        }
        int colon = name.lastIndexOf(':');
        return colon < name.lastIndexOf('/') || colon < 0
                ? new ImageName(name, "")
                : new ImageName(name.substring(0, colon), name.substring(colon + 1));
    }

    /** With the tag that Docker assumes. */
    String tagged() {
        return tag.startsWith("sha256:") ? repository + "@" + tag : repository + ":" + (tag.isEmpty() ? "latest" : tag);
    }
}
