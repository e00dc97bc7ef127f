/**
 * How results look: the tree of a JSON answer, tables with Docker's columns, {@code --format}, sizes, ages and times.
 *
 * <p>Turns data into text and prints nothing itself. Used by every verb that shows something.
 */
@NullMarked
package cairn.cli.show;

import org.jspecify.annotations.NullMarked;
