/**
 * What {@code cairn explain} shows, as records: layers and what they add, change and hide; mounts, namespaces, cgroups and
 * processes; where one path comes from. Cairn's own, no part of Docker's API. No field is null unless marked.
 */
@NullMarked
package cairn.wire.explain;

import org.jspecify.annotations.NullMarked;
