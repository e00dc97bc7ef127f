/**
 * Completion scripts for shells, written from the table of commands and the flags of each verb, so that they never lag
 * behind. Names of containers and images are asked from {@code cairn} itself when the user presses the key.
 */
@NullMarked
package cairn.cli.completion;

import org.jspecify.annotations.NullMarked;
