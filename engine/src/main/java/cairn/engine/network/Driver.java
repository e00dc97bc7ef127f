package cairn.engine.network;

/** Makes the links of one network. */
sealed interface Driver permits Bridge, ParentLink {
    /** What the host has to have before a container can be connected; nothing if it is there. */
    void ensure();

    /**
     * @param name and @param number of the interface that a container gets; the number is its index in the container's namespace
     */
    Endpoint wire(EndpointRecord endpoint, String name, int number, InterfaceOptions options);

    /** Takes the link of a container that goes on running away. At the end of its process there is nothing to do: links go with their namespace. */
    void unwire(EndpointRecord endpoint);

    /** An endpoint is nobody's any more, whether its link was ever made or not. */
    void forget(EndpointRecord endpoint);

    /** Takes all away that was made for the network. */
    void remove();

    /** At a clean end of the daemon: what no container needs goes. */
    void close();
}
