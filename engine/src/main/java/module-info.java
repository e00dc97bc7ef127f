/** The engine: images, layers, containers and networks as plain Java calls. One package per concept; Engine.open wires them. */
module cairn.engine {
    requires static transitive org.jspecify;
    requires static io.avaje.recordbuilder;
    requires transitive cairn.oci;
    requires cairn.linux;
    requires org.dnsjava;
    requires transitive cairn.wire;

    exports cairn.engine;
    exports cairn.engine.check;
    exports cairn.engine.container;
    exports cairn.engine.distribution;
    exports cairn.engine.error;
    exports cairn.engine.event;
    exports cairn.engine.explain;
    exports cairn.engine.hostimage;
    exports cairn.engine.lab;
    exports cairn.engine.launch;
    exports cairn.engine.log;
    exports cairn.engine.name;
    exports cairn.engine.network;
    exports cairn.engine.plan;
    exports cairn.engine.reach;
    exports cairn.engine.store;
    exports cairn.engine.layer;
    exports cairn.engine.image;
    exports cairn.engine.volume;
}
