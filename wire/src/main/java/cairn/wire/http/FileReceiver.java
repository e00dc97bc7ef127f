package cairn.wire.http;

import java.io.IOException;
import java.nio.channels.FileChannel;

/** A stream that takes content from files without a copy on the way; everything written before has to be flushed. */
public interface FileReceiver {
    /**
     * Sends so many bytes from the channel's position on, which it moves. What the file has not any more, because somebody cuts it short, is
     * sent as zeros.
     */
    void transfer(FileChannel file, long count) throws IOException;
}
