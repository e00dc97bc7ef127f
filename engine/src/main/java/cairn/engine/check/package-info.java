/**
 * Whether the store is whole: each file under the data root has an owner, each record names what exists, each layer is what its
 * record says. Rules read a picture of the store and report findings, each with the actions that would mend it; carrying those out is a
 * step of its own. Never touches what may be dockerd's.
 */
@NullMarked
package cairn.engine.check;

import org.jspecify.annotations.NullMarked;
