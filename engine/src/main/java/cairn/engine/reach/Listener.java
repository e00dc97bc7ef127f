package cairn.engine.reach;

import cairn.engine.network.ContainerPort;
import cairn.engine.network.Subnet;
import cairn.wire.explain.ListenerExplanation;
import java.net.InetAddress;
import java.util.List;

/**
 * A socket that waits for what others send.
 *
 * @param pid of the process that has it; 0 where it is not to be found
 * @param container that this process is in; empty for none of the engine's
 * @param holder whether it is the process that holds published ports for this engine
 */
record Listener(
        InetAddress address, ContainerPort port, int pid, List<String> command, String container, boolean holder) {
    Listener {
        command = List.copyOf(command);
    }

    String bound() {
        return PortQuery.hostPort(address, port.number());
    }

    /** The process in words. */
    String process() {
        return pid == 0 ? "a process" : "process " + pid + " (" + String.join(" ", command) + ")";
    }

    ListenerExplanation explain(boolean takes) {
        return new ListenerExplanation(
                Subnet.format(address), port.number(), port.transport().toString(), pid, command, container, takes);
    }
}
