package cairn.linux;

/**
 * A netlink message that needs a process id before it can be sent.
 *
 * @param pidOffset where in the bytes the pid goes, as an i32 in the machine's byte order
 */
@SuppressWarnings({"ArrayRecordComponent", "DoNotCallSuggester"})
public record PatchedMessage(byte[] bytes, int pidOffset) {
    /** The bytes with this pid in place. */
    public byte[] withPid(int pid) {
        throw new UnsupportedOperationException("" + pid);
    }
}
