/**
 * What the daemon tells of work that takes its time (pull, push, load), shown on a terminal as a block of lines that are rewritten
 * in place, elsewhere as plain lines, as Docker prints them.
 *
 * <p>{@link cairn.cli.progress.Progress} reads the stream, {@code Board} knows what stands where, {@code Screen} paints it.
 */
@NullMarked
package cairn.cli.progress;

import org.jspecify.annotations.NullMarked;
