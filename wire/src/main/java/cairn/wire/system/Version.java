package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reply of {@code GET /version}. */
@Json
@RecordBuilder
public record Version(
        @Json.Property("Platform") @DefaultValue("ProductName.EMPTY")
        ProductName platform,

        @Json.Property("Components,omitempty") @DefaultValue("null") @Nullable
        List<ComponentVersion> components,

        @Json.Property("Version") @DefaultValue("\"\"") String version,
        @Json.Property("ApiVersion") @DefaultValue("\"\"") String apiVersion,

        @Json.Property("MinAPIVersion,omitempty") @DefaultValue("\"\"")
        String minApiVersion,

        @Json.Property("GitCommit") @DefaultValue("\"\"") String gitCommit,
        @Json.Property("GoVersion") @DefaultValue("\"\"") String goVersion,
        @Json.Property("Os") @DefaultValue("\"\"") String os,
        @Json.Property("Arch") @DefaultValue("\"\"") String arch,

        @Json.Property("KernelVersion,omitempty") @DefaultValue("\"\"")
        String kernelVersion,

        @Json.Property("Experimental,omitempty") boolean experimental,

        @Json.Property("BuildTime,omitempty") @DefaultValue("\"\"")
        String buildTime) {
    public Version {
        platform = requireNonNullElse(platform, ProductName.EMPTY);
        version = requireNonNullElse(version, "");
        apiVersion = requireNonNullElse(apiVersion, "");
        minApiVersion = requireNonNullElse(minApiVersion, "");
        gitCommit = requireNonNullElse(gitCommit, "");
        goVersion = requireNonNullElse(goVersion, "");
        os = requireNonNullElse(os, "");
        arch = requireNonNullElse(arch, "");
        kernelVersion = requireNonNullElse(kernelVersion, "");
        buildTime = requireNonNullElse(buildTime, "");
    }
}
