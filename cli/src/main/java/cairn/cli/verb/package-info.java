/**
 * One class for each verb: its flags, its calls to the daemon, its output.
 *
 * <p>What several verbs share stands in the neighbouring packages (create, stream, show, template).
 */
@NullMarked
package cairn.cli.verb;

import org.jspecify.annotations.NullMarked;
