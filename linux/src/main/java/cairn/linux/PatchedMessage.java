package cairn.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A netlink message that needs a process id before it can be sent.
 *
 * @param pidOffset where in the bytes the pid goes, as an i32 in the machine's byte order
 */
@SuppressWarnings("ArrayRecordComponent")
public record PatchedMessage(byte[] bytes, int pidOffset) {
    /** A copy of the bytes with this pid in place. */
    public byte[] withPid(int pid) {
        byte[] patched = bytes.clone();
        ByteBuffer.wrap(patched).order(ByteOrder.nativeOrder()).putInt(pidOffset, pid);
        return patched;
    }
}
