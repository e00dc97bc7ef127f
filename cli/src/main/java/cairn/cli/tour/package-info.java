/**
 * The guided walk from a bare process to a container: a list of steps, each of which runs real commands on this machine, and
 * a stage that shows them and clears up after itself.
 */
@NullMarked
package cairn.cli.tour;

import org.jspecify.annotations.NullMarked;
