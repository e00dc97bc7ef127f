/**
 * Command-line arguments in Docker's spellings: a table of flags per verb, one parser that follows the rules of
 * pflag, and the help text made from the same table.
 *
 * <p>Knows nothing of verbs, daemons or containers. Faults are {@link cairn.cli.args.UsageException}s whose texts are
 * those that scripts written for Docker look for.
 */
@NullMarked
package cairn.cli.args;

import org.jspecify.annotations.NullMarked;
