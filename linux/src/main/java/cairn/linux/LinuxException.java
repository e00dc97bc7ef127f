package cairn.linux;

/** A system call that failed. The message reads like {@code mount /a/b: No such file or directory}. */
public class LinuxException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String call;
    private final String subject;
    private final int errno;

    /** The subject is what the call was about, such as a path; it may be empty. */
    public LinuxException(String call, String subject, int errno) {
        super((subject.isEmpty() ? call : call + " " + subject) + ": " + Errno.text(errno));
        this.call = call;
        this.subject = subject;
        this.errno = errno;
    }

    public String call() {
        return call;
    }

    public String subject() {
        return subject;
    }

    /** One of the constants of {@link Errno}. */
    public int errno() {
        return errno;
    }
}
