/**
 * The way to the daemon: where it listens, how it is started when nobody answers, and its HTTP calls in the shapes that
 * verbs need (an answer, a stream, a hijacked connection).
 */
@NullMarked
package cairn.cli.daemon;

import org.jspecify.annotations.NullMarked;
