package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a container is put together. What only a running one has is empty or null for others.
 *
 * @param image as asked for at its creation
 * @param pid of its first process on the host; 0 unless it runs
 * @param options those that it was made with, and what they turn into
 * @param layers topmost first: the writable one, the init one, then those of the image
 * @param ancestors of its first process on the host, nearest first: the shim, then what it descends from; without arguments
 */
@Json
public record ContainerExplanation(
        @Json.Property("Id") String id,
        @Json.Property("Name") String name,
        @Json.Property("Image") String image,
        @Json.Property("ImageId") String imageId,
        @Json.Property("Status") String status,
        @Json.Property("Pid") int pid,
        @Json.Property("Command") List<String> command,
        @Json.Property("Options") List<OptionExplanation> options,
        @Json.Property("Layers") List<LayerExplanation> layers,
        @Json.Property("Overlay") OverlayExplanation overlay,
        @Json.Property("Namespaces") List<NamespaceExplanation> namespaces,
        @Json.Property("Cgroups") List<CgroupExplanation> cgroups,
        @Json.Property("Processes") List<ProcessExplanation> processes,
        @Json.Property("Ancestors") List<ProcessExplanation> ancestors,
        @Json.Property("Network") NetworkExplanation network,
        @Json.Property("Mounts") List<MountExplanation> mounts,
        @Json.Property("Security") @Nullable SecurityExplanation security) {
    public ContainerExplanation {
        id = requireNonNullElse(id, "");
        name = requireNonNullElse(name, "");
        image = requireNonNullElse(image, "");
        imageId = requireNonNullElse(imageId, "");
        status = requireNonNullElse(status, "");
        command = command == null ? List.of() : List.copyOf(command);
        options = options == null ? List.of() : List.copyOf(options);
        layers = layers == null ? List.of() : List.copyOf(layers);
        overlay = requireNonNullElse(overlay, OverlayExplanation.EMPTY);
        namespaces = namespaces == null ? List.of() : List.copyOf(namespaces);
        cgroups = cgroups == null ? List.of() : List.copyOf(cgroups);
        processes = processes == null ? List.of() : List.copyOf(processes);
        ancestors = ancestors == null ? List.of() : List.copyOf(ancestors);
        network = requireNonNullElse(network, NetworkExplanation.EMPTY);
        mounts = mounts == null ? List.of() : List.copyOf(mounts);
    }
}
