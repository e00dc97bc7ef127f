/**
 * Whether packets get there: from the host's ports to the process in a container, and from one container to another. Facts are read first
 * ({@code Facts} and what is in it), then judged by pure functions ({@code PortAnalysis}, {@code TraceAnalysis}). Changes nothing; the one packet
 * that is sent is {@code Probe}'s.
 */
@NullMarked
package cairn.engine.reach;

import org.jspecify.annotations.NullMarked;
