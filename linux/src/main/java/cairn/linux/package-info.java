/**
 * The only native door: system calls, netlink, nftables, seccomp, the mount table, cgroup hierarchies, their device
 * rules and processes as Java methods.
 * It knows nothing of containers. A failed call is a {@link cairn.linux.LinuxException}; no method waits for anything but the kernel itself.
 * Native functions are bound when they are first used; class {@code Native} alone may do so.
 */
@NullMarked
package cairn.linux;

import org.jspecify.annotations.NullMarked;
