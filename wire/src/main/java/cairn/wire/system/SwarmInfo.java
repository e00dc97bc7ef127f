package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Membership of a swarm; this engine is never in one. */
@Json
@RecordBuilder
public record SwarmInfo(
        @Json.Property("NodeID") @DefaultValue("\"\"") String nodeId,
        @Json.Property("NodeAddr") @DefaultValue("\"\"") String nodeAddr,

        @Json.Property("LocalNodeState") @DefaultValue("\"\"")
        String localNodeState,

        @Json.Property("ControlAvailable") boolean controlAvailable,
        @Json.Property("Error") @DefaultValue("\"\"") String error,

        @Json.Property("RemoteManagers") @DefaultValue("null") @Nullable
        List<Object> remoteManagers,

        @Json.Property("Nodes,omitempty") int nodes,
        @Json.Property("Managers,omitempty") int managers,

        @Json.Property("Warnings,omitempty") @DefaultValue("null") @Nullable
        List<String> warnings) {
    /** Every field at its zero value. */
    public static final SwarmInfo EMPTY = new SwarmInfo("", "", "", false, "", null, 0, 0, null);

    public SwarmInfo {
        nodeId = requireNonNullElse(nodeId, "");
        nodeAddr = requireNonNullElse(nodeAddr, "");
        localNodeState = requireNonNullElse(localNodeState, "");
        error = requireNonNullElse(error, "");
    }
}
