/**
 * Cairn seen from outside: a private daemon for each class of tests, the stock docker CLI and raw requests as clients, a probe inside
 * containers, and a ledger that shows whatever a destructive test left behind. The same tests run against Docker's own daemon
 * ({@code -Dcairn.engine=/usr/sbin/dockerd}), which keeps their expectations honest.
 */
@NullMarked
package cairn.acceptance;

import org.jspecify.annotations.NullMarked;
