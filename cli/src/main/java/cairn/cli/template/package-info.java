/**
 * Go's text/template language, as {@code --format} takes it: scanner, parser, evaluator and the functions that Docker adds.
 *
 * <p>Data is plain: maps, lists, strings, numbers, booleans, null, and {@link cairn.cli.template.Fields} for rows whose
 * fields are computed. Output and error texts are Go's. Knows nothing of containers.
 */
@NullMarked
package cairn.cli.template;

import org.jspecify.annotations.NullMarked;
