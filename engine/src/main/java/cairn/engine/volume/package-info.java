/**
 * Volumes: directories that outlive containers, in Docker's layout {@code volumes/NAME/_data}, with Cairn's own record beside. What mounts
 * them into containers is package container; this one knows who uses them, and mounts what a volume's own options ask for.
 */
@NullMarked
package cairn.engine.volume;

import org.jspecify.annotations.NullMarked;
