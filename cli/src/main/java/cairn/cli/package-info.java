/**
 * The {@code cairn} command line: the table of commands, the way from words to a verb, the connection to the daemon and its
 * start when none runs.
 *
 * <p>Speaks only the HTTP API. Start-up is short on purpose: only the invoked verb's classes are loaded, and nothing on
 * that path uses regular expressions, String.format or streams.
 */
@NullMarked
package cairn.cli;

import org.jspecify.annotations.NullMarked;
