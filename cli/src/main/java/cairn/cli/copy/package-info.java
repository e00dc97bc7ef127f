/** The user's half of {@code cairn cp}: files of this machine as archives, and back. */
@NullMarked
package cairn.cli.copy;

import org.jspecify.annotations.NullMarked;
