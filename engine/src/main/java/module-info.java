/** The engine: images, layers, containers and networks as plain Java calls. One package per concept; Engine.open wires them. */
module cairn.engine {
    requires static transitive org.jspecify;
    requires transitive cairn.oci;
    requires cairn.linux;
    requires transitive cairn.wire;

    exports cairn.engine.error;
    exports cairn.engine.store;
    exports cairn.engine.layer;
    exports cairn.engine.image;
}
