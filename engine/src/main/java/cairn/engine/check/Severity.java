package cairn.engine.check;

/** How bad a finding is, worst first. */
public enum Severity {
    /** Something that is recorded does not work, or is not what it was. */
    DAMAGE,
    /** Ordinary users of the machine can reach more than they should. */
    EXPOSED,
    /** Works, but says something that is not so. */
    INCONSISTENT,
    /** Takes space and belongs to nothing. */
    LEAK
}
