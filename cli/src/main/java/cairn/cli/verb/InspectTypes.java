package cairn.cli.verb;

import cairn.cli.template.Absent;
import cairn.cli.template.Nil;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What templates of {@code inspect} expect beyond the JSON. Docker renders them over Go's structs, so that a null prints by its
 * type ({@code []}, {@code map[]}, {@code <nil>}), a field left out of the JSON still has its zero value, and a missing label
 * is {@code <no value>} rather than an error.
 */
final class InspectTypes {
    /** Members that are maps from anybody's keys, rather than structs. */
    private static boolean open(String member) {
        return switch (member) {
            case "Labels",
                    "Options",
                    "Annotations",
                    "Sysctls",
                    "Tmpfs",
                    "DriverOpts",
                    "StorageOpt",
                    "Data",
                    "Ports",
                    "Networks",
                    "Volumes",
                    "ExposedPorts",
                    "PortBindings",
                    "Metadata" -> true;
            default -> false;
        };
    }

    /** Members that are lists. */
    private static boolean list(String member) {
        return switch (member) {
            case "Args",
                    "Binds",
                    "BlkioDeviceReadBps",
                    "BlkioDeviceReadIOps",
                    "BlkioDeviceWriteBps",
                    "BlkioDeviceWriteIOps",
                    "BlkioWeightDevice",
                    "CapAdd",
                    "CapDrop",
                    "Cmd",
                    "DeviceCgroupRules",
                    "DeviceRequests",
                    "Devices",
                    "Dns",
                    "DnsOptions",
                    "DnsSearch",
                    "Entrypoint",
                    "Env",
                    "ExecIDs",
                    "ExtraHosts",
                    "GroupAdd",
                    "Layers",
                    "Links",
                    "MaskedPaths",
                    "Mounts",
                    "OnBuild",
                    "ReadonlyPaths",
                    "RepoDigests",
                    "RepoTags",
                    "SecurityOpt",
                    "Shell",
                    "Ulimits",
                    "VolumesFrom",
                    "Aliases",
                    "DNSNames",
                    "Test",
                    "Log" -> true;
            default -> false;
        };
    }

    private InspectTypes() {}

    static @Nullable Object typed(@Nullable Object value) {
        return typed("", value);
    }

    private static @Nullable Object typed(String member, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> typed = open(member) ? new OpenMap(member) : new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                String key = String.valueOf(entry.getKey());
                typed.put(key, typed(open(member) ? element(member) : key, entry.getValue()));
            }
            return typed;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> typed = new ArrayList<>();
            for (Object item : list) {
                typed.add(typed("", item));
            }
            return typed;
        }
        return value == null ? nil(member) : value;
    }

    /** A name for the values of an open map, so that their nulls are typed, too. */
    private static String element(String member) {
        return member.equals("Ports") || member.equals("PortBindings") ? "Mounts" : "";
    }

    private static Object nil(String member) {
        return list(member) ? Nil.LIST : open(member) ? Nil.MAP : Nil.POINTER;
    }

    /** A map whose keys are anybody's. */
    private static final class OpenMap extends LinkedHashMap<String, @Nullable Object> {
        private static final long serialVersionUID = 1L;
        private final String member;

        OpenMap(String member) {
            this.member = member;
        }
    }

    static final Absent ABSENT = new Absent() {
        @Override
        public @Nullable Object field(Map<?, ?> map, String name) {
            if (map instanceof OpenMap) {
                return null;
            }
            return switch (name) {
                case "Health",
                        "Healthcheck",
                        "StopTimeout",
                        "SizeRw",
                        "SizeRootFs",
                        "Init",
                        "MemorySwappiness",
                        "PidsLimit",
                        "OomKillDisable",
                        "BindOptions",
                        "VolumeOptions",
                        "TmpfsOptions",
                        "ImageManifestDescriptor" -> Nil.POINTER;
                case "StopSignal",
                        "MacAddress",
                        "Runtime",
                        "Propagation",
                        "Comment",
                        "Author",
                        "DockerVersion",
                        "Variant",
                        "OsVersion",
                        "Platform" -> "";
                case "ArgsEscaped", "NetworkDisabled" -> false;
                case "KernelMemory", "KernelMemoryTCP" -> 0L;
                default -> open(name) ? Nil.MAP : list(name) ? Nil.LIST : Fault.NO_ENTRY;
            };
        }

        @Override
        public @Nullable Object element(Map<?, ?> map) {
            if (!(map instanceof OpenMap open)) {
                return null;
            }
            return switch (open.member) {
                case "Ports", "PortBindings" -> Nil.LIST;
                case "Networks" -> Nil.POINTER;
                case "Volumes", "ExposedPorts" -> Map.of();
                default -> "";
            };
        }
    };
}
