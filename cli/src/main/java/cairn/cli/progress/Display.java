package cairn.cli.progress;

/** Where messages are shown. */
interface Display {
    void show(Message message);

    /** Leaves the output as it is to stay; nothing is shown afterwards. */
    void end();
}
