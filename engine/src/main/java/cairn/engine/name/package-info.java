/**
 * The name service of containers on networks of their own: answers what it knows of the containers on them, and asks other servers for the
 * rest. Owns the table of names and the sockets at 127.0.0.11 in each container's network namespace. Knows nothing of records: who is on
 * which network with which names is told to it. Packets are read and written by dnsjava, which is loaded with the first of them.
 */
@NullMarked
package cairn.engine.name;

import org.jspecify.annotations.NullMarked;
