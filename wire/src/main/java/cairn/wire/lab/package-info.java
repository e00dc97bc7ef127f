/**
 * Requests and replies of {@code cairn lab} and {@code cairn image from-host}. Cairn's own, no part of Docker's API. No field is
 * null.
 */
@NullMarked
package cairn.wire.lab;

import org.jspecify.annotations.NullMarked;
