package cairn.oci.tar;

/** What a tar entry makes. */
public enum TarType {
    FILE('0'),
    HARD_LINK('1'),
    SYMLINK('2'),
    CHAR_DEVICE('3'),
    BLOCK_DEVICE('4'),
    DIRECTORY('5'),
    FIFO('6'),
    /** A type flag that makes nothing known; such an entry may have content, which can be read or skipped. */
    OTHER('\0');

    private final char flag;

    TarType(char flag) {
        this.flag = flag;
    }

    /** The type flag in a ustar header. */
    public char flag() {
        return flag;
    }

    /** Whether an entry of this type is followed by content; for all others the header's size is meaningless and ignored. */
    public boolean hasContent() {
        return this == FILE || this == OTHER;
    }
}
