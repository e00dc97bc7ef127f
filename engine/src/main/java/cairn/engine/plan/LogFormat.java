package cairn.engine.plan;

/** How the records of a container's log are written: one of Docker's formats. */
public enum LogFormat {
    /** Lines of JSON. */
    JSON_FILE(Op.LOG_JSON_FILE),
    /** Protobuf messages between two copies of their length: shorter, and not to be read by eye. */
    LOCAL(Op.LOG_LOCAL);

    private final int number;

    LogFormat(int number) {
        this.number = number;
    }

    /** What stands for it in a plan. */
    public int number() {
        return number;
    }
}
