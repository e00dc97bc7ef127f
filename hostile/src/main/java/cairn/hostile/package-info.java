/**
 * Input that means harm: tables of layer archives, image archives and registries that lie, each with what has to come of it. Tests of other
 * modules feed them to the real thing. It uses nothing of Cairn, since its archives must be able to say what no honest writer says.
 */
@NullMarked
package cairn.hostile;

import org.jspecify.annotations.NullMarked;
