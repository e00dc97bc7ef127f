/** The cairn command line: Docker's verbs and flags, and Cairn's own, over the HTTP API. */
module cairn.cli {
    requires static transitive org.jspecify;
    requires cairn.linux;
    requires cairn.oci;
    requires cairn.wire;
}
