/**
 * Networks of containers: their records, addresses, bridges with tables of their own in the firewall, who is on them, and published ports.
 * Emits the steps that put a container on one; carries out only what belongs to the host itself (bridges, firewall, forwarding).
 */
@NullMarked
package cairn.engine.network;

import org.jspecify.annotations.NullMarked;
