/** cairnd: the Docker Engine API over unix sockets. */
module cairn.daemon {
    requires static transitive org.jspecify;
    requires cairn.engine;
    requires cairn.linux;
    requires cairn.oci;
    requires cairn.wire;

    provides System.LoggerFinder with
            cairn.daemon.DaemonLog;
}
