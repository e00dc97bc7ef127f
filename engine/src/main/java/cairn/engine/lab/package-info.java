/**
 * The workbench for the single parts of a container: namespaces, chroot and a union of directories, each alone. Writes launch plans
 * that the caller carries out in the foreground, and mounts unions on the host. Knows nothing of containers or images.
 */
@NullMarked
package cairn.engine.lab;

import org.jspecify.annotations.NullMarked;
