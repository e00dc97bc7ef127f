/**
 * How images and containers are put together: which layer has what, where one path comes from, which mounts, namespaces, cgroups and
 * processes make a container. Reads any package, changes nothing, and never follows a link out of a layer.
 */
@NullMarked
package cairn.engine.explain;

import org.jspecify.annotations.NullMarked;
