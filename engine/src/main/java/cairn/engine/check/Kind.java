package cairn.engine.check;

/** Everything that can be found, with what it does to whoever uses the store. */
public enum Kind {
    // ---- the store's own directories

    PLACE_MISSING(Severity.DAMAGE, "the engine cannot write its records there"),
    PLACE_MODE(
            Severity.EXPOSED,
            "users of this machine can reach files of images and containers, set-uid programs among them"),
    UNKNOWN_FILE(Severity.LEAK, "it takes space, and no engine uses it"),

    // ---- layer records

    LAYER_RECORD(Severity.DAMAGE, "images on this layer cannot be used"),
    LAYER_CHAIN(Severity.DAMAGE, "the layer would be taken for another one"),
    LAYER_PARENT(Severity.DAMAGE, "images on this layer cannot be used"),
    LAYER_DIRECTORY(Severity.DAMAGE, "images on this layer cannot be used"),
    LAYER_SHARED(Severity.DAMAGE, "removing one of them would take the files of the other"),
    LAYER_SIZE(Severity.INCONSISTENT, "sizes of images are shown wrong"),
    LAYER_TAR_SPLIT(Severity.DAMAGE, "save and push cannot make the layer's exact bytes again"),
    LAYER_UNUSED(Severity.LEAK, "it takes space, and no image or container uses it"),
    LAYER_REMOVED(Severity.LEAK, "it takes space: its removal was interrupted"),

    // ---- what is in a layer

    LAYER_CONTENT(Severity.DAMAGE, "containers see wrong files; save and push fail"),
    LAYER_MISSING(Severity.DAMAGE, "containers miss files; save and push may fail"),
    LAYER_EXTRA(Severity.INCONSISTENT, "containers see a file that is no part of the image"),
    LAYER_METADATA(Severity.INCONSISTENT, "containers see another owner, mode or time than the image has"),
    LAYER_DIGEST(Severity.DAMAGE, "save and push make another layer than was pulled"),

    // ---- overlay2

    DIRECTORY_UNOWNED(Severity.LEAK, "it takes space, and no layer or container uses it"),
    DIRECTORY_MODE(Severity.EXPOSED, "users of this machine can reach the layer's files"),
    DIFF_MISSING(Severity.DAMAGE, "what lies on it cannot be mounted"),
    LINK_FILE(Severity.DAMAGE, "what lies on it cannot be mounted"),
    LINK_MISSING(Severity.DAMAGE, "what lies on it cannot be mounted"),
    LINK_TARGET(Severity.DAMAGE, "another directory would be mounted in its place"),
    LINK_DANGLING(Severity.LEAK, "it leads nowhere"),
    LINK_TWICE(Severity.LEAK, "the layer has another short name that is used"),
    LOWER(Severity.DAMAGE, "Docker would mount other layers than the image has"),
    WORK_MISSING(Severity.DAMAGE, "Docker cannot mount it"),
    COMMITTED_MISSING(Severity.INCONSISTENT, "Docker would mount the layer writable, although others lie on it"),

    // ---- images

    IMAGE_DAMAGED(Severity.DAMAGE, "the image is left out"),
    IMAGE_LAYER(Severity.DAMAGE, "the image is left out"),
    IMAGE_PARENT(Severity.INCONSISTENT, "the history cannot name the image's parent"),
    METADATA_UNOWNED(Severity.LEAK, "it describes an image that does not exist"),
    METADATA_DAMAGED(Severity.INCONSISTENT, "the time of the last tag is not known"),
    RECORD_MODE(Severity.EXPOSED, "users of this machine might read a record that is none of their business"),

    // ---- names

    NAMES_DAMAGED(Severity.DAMAGE, "Docker does not start, and Cairn has only the names that can still be made out"),
    NAME_DANGLING(Severity.INCONSISTENT, "the name leads to no image"),
    NAME_INVALID(Severity.INCONSISTENT, "the name cannot be asked for"),

    // ---- what is known of registries

    CACHE_DAMAGED(Severity.INCONSISTENT, "layers are downloaded or sent again that need not be"),
    CACHE_CONTRADICTS(Severity.INCONSISTENT, "layers are downloaded or sent again that need not be"),

    // ---- containers

    CONTAINER_DAMAGED(Severity.DAMAGE, "the container cannot be used"),
    CONTAINER_LAYER(Severity.DAMAGE, "the container cannot be started"),
    MOUNT_DAMAGED(Severity.DAMAGE, "the container cannot be started"),
    MOUNT_PARENT(Severity.DAMAGE, "the container cannot be started"),
    MOUNT_DIRECTORY(Severity.DAMAGE, "the container cannot be started"),
    MOUNT_UNOWNED(Severity.LEAK, "it takes space: its container does not exist"),

    // ---- what interrupted work leaves

    PENDING_STALE(Severity.LEAK, "it marks work that nobody is doing"),
    ASIDE_STALE(Severity.LEAK, "it takes space: a layer's record that was never published"),
    TEMPORARY_STALE(Severity.LEAK, "it takes space: nobody works on it any more");

    private final Severity severity;
    private final String harm;

    Kind(Severity severity, String harm) {
        this.severity = severity;
        this.harm = harm;
    }

    public Severity severity() {
        return severity;
    }

    /** In words that follow the finding's own. */
    public String harm() {
        return harm;
    }
}
