/**
 * The local ends of a container's streams: taking multiplexed output apart, the terminal in raw mode, signals, detach keys,
 * and the pump between terminal and daemon.
 */
@NullMarked
package cairn.cli.stream;

import org.jspecify.annotations.NullMarked;
