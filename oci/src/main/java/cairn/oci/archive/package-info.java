/**
 * Whole images in one tar: what {@code docker save} writes and {@code docker load} reads, OCI layouts included.
 *
 * <p>Archives come from outside: names, links and sizes are checked before anything is opened, and nothing is written outside the spool
 * directory that the caller gives.
 */
@NullMarked
package cairn.oci.archive;

import org.jspecify.annotations.NullMarked;
