package cairn.wire.stats;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One sample of {@code GET /containers/{id}/stats}, with the sample before it. */
@Json
@RecordBuilder
public record Stats(
        @Json.Property("name,omitempty") @DefaultValue("\"\"")
        String name,

        @Json.Property("id,omitempty") @DefaultValue("\"\"") String id,

        @Json.Property("read") @DefaultValue("\"0001-01-01T00:00:00Z\"")
        String read,

        @Json.Property("preread") @DefaultValue("\"0001-01-01T00:00:00Z\"")
        String preread,

        @Json.Property("pids_stats") @DefaultValue("PidsStats.EMPTY")
        PidsStats pidsStats,

        @Json.Property("blkio_stats") @DefaultValue("BlkioStats.EMPTY")
        BlkioStats blkioStats,

        @Json.Property("num_procs") int numProcs,

        @Json.Property("storage_stats") @DefaultValue("StorageStats.EMPTY")
        StorageStats storageStats,

        @Json.Property("cpu_stats") @DefaultValue("CpuStats.EMPTY")
        CpuStats cpuStats,

        @Json.Property("precpu_stats") @DefaultValue("CpuStats.EMPTY")
        CpuStats precpuStats,

        @Json.Property("memory_stats") @DefaultValue("MemoryStats.EMPTY")
        MemoryStats memoryStats,

        @Json.Property("networks,omitempty") @DefaultValue("null") @Nullable
        Map<String, NetworkStats> networks) {
    /** When a container was read that does not run. */
    public static final String ZERO = "0001-01-01T00:00:00Z";

    public Stats {
        name = requireNonNullElse(name, "");
        id = requireNonNullElse(id, "");
        read = requireNonNullElse(read, "0001-01-01T00:00:00Z");
        preread = requireNonNullElse(preread, "0001-01-01T00:00:00Z");
        pidsStats = requireNonNullElse(pidsStats, PidsStats.EMPTY);
        blkioStats = requireNonNullElse(blkioStats, BlkioStats.EMPTY);
        storageStats = requireNonNullElse(storageStats, StorageStats.EMPTY);
        cpuStats = requireNonNullElse(cpuStats, CpuStats.EMPTY);
        precpuStats = requireNonNullElse(precpuStats, CpuStats.EMPTY);
        memoryStats = requireNonNullElse(memoryStats, MemoryStats.EMPTY);
    }
}
