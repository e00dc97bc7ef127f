/**
 * From the flags of {@code run} and {@code create} to the request that makes a container: Docker's complete list of flags,
 * their little languages (ports, mounts, devices, networks) and their checks.
 *
 * <p>Only spelling is checked here; what a container may have is the daemon's decision.
 */
@NullMarked
package cairn.cli.create;

import org.jspecify.annotations.NullMarked;
