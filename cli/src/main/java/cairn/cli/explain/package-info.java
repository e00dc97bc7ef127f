/**
 * Draws the explanations that the daemon gives: the pile of layers, the overlay mount taken apart, namespaces, cgroups,
 * processes, and where one path comes from. Records in, text out.
 */
@NullMarked
package cairn.cli.explain;

import org.jspecify.annotations.NullMarked;
