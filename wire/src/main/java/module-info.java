/** The Docker Engine API on the wire: records, JSON, stream framing, and HTTP over unix sockets. */
module cairn.wire {
    requires static transitive org.jspecify;
    requires static io.avaje.recordbuilder;
    requires transitive io.avaje.jsonb;
    requires org.apache.httpcomponents.core5.httpcore5;

    exports cairn.wire;
    exports cairn.wire.container;
    exports cairn.wire.explain;
    exports cairn.wire.http;
    exports cairn.wire.image;
    exports cairn.wire.lab;
    exports cairn.wire.network;
    exports cairn.wire.stats;
    exports cairn.wire.store;
    exports cairn.wire.system;
    exports cairn.wire.upkeep;
    exports cairn.wire.volume;

    provides io.avaje.jsonb.spi.JsonbExtension with
            cairn.wire.jsonb.GeneratedJsonComponent;
}
