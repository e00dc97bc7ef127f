/**
 * Images made of this machine's own programs: each with its links, its interpreter and the shared libraries that it needs, found as the
 * dynamic loader finds them (ld.so(8)) but without running anything, and the few files that a root needs besides.
 */
@NullMarked
package cairn.engine.hostimage;

import org.jspecify.annotations.NullMarked;
