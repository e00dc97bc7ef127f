/**
 * Networks of containers: the default bridge with its addresses and its own nftables table, and the steps that put a
 * container on it. Emits steps; carries out only what belongs to the host itself (bridge, firewall, forwarding).
 */
@NullMarked
package cairn.engine.network;

import org.jspecify.annotations.NullMarked;
