/**
 * Registries as the command line sees them: names of images, and the credentials that Docker's config file or its credential
 * helpers keep.
 *
 * <p>Talks to no registry; the daemon does. Verbs call it to fill the header X-Registry-Auth, and for login and logout.
 */
@NullMarked
package cairn.cli.registry;

import org.jspecify.annotations.NullMarked;
