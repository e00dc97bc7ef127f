/** Image formats as bytes and checked records: digests, references, configs, manifests, tar and image archives. Needs no root. */
module cairn.oci {
    requires static transitive org.jspecify;
    requires static io.avaje.recordbuilder;
    requires aircompressor.v3;
    requires org.apache.commons.compress;
    requires org.apache.httpcomponents.core5.httpcore5;
    requires org.tukaani.xz;

    exports cairn.oci;
    exports cairn.oci.tar;
    exports cairn.oci.archive;
    exports cairn.oci.registry;
}
