package cairn.engine.network;

import cairn.engine.plan.Op;
import cairn.engine.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What driver options of a container's place on a network ask of its interface; others mean nothing to any driver here.
 *
 * @param name empty for the next one that is free
 */
public record InterfaceOptions(String name, List<Sysctl> sysctls) {
    /** A setting of the interface. @param family and @param group as in {@code net.FAMILY.GROUP.IFNAME.FILE} */
    public record Sysctl(String family, String group, String file, String value) {}

    public static final InterfaceOptions NONE = new InterfaceOptions("", List.of());

    private static final String NAME = "com.docker.network.endpoint.ifname";
    private static final String SYSCTLS = "com.docker.network.endpoint.sysctls";
    /** Docker's client makes all of it lower case. */
    private static final Pattern SYSCTL =
            Pattern.compile("net\\.(ipv4|ipv6|mpls)\\.([a-z0-9_]+)\\.(?:IFNAME|ifname)\\.([a-z0-9_]+)=(.*)");

    public InterfaceOptions {
        sysctls = List.copyOf(sysctls);
    }

    /** @throws IllegalArgumentException with Docker's words, where it has some */
    public static InterfaceOptions of(@Nullable Map<String, String> options) {
        if (options == null || options.isEmpty()) {
            return NONE;
        }
        String name = options.getOrDefault(NAME, "");
        if (!name.isEmpty() && (!BridgeOptions.interfaceName(name) || name.equals("lo"))) {
            throw new IllegalArgumentException("invalid interface name: " + name);
        }
        String wanted = options.getOrDefault(SYSCTLS, "");
        List<Sysctl> sysctls = new ArrayList<>();
        for (String sysctl : wanted.isEmpty() ? new String[0] : wanted.split(",", -1)) {
            Matcher parts = SYSCTL.matcher(sysctl);
            if (!parts.matches()) {
                throw new IllegalArgumentException(
                        "unrecognised network interface sysctl '" + sysctl
                                + "'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'");
            }
            sysctls.add(new Sysctl(parts.group(1), parts.group(2), parts.group(3), parts.group(4)));
        }
        return new InterfaceOptions(name, sysctls);
    }

    /** @param prefix and @param number of the name that it gets if none is asked for */
    String name(String prefix, int number) {
        return name.isEmpty() ? prefix + number : name;
    }

    /** Once the interface has its addresses, and before it is up. */
    List<Step> steps(String interfaceName) {
        List<Step> steps = new ArrayList<>();
        for (Sysctl sysctl : sysctls) {
            steps.add(Step.of(
                    Op.SYSCTL,
                    "/proc/sys/net/" + sysctl.family + "/" + sysctl.group + "/" + interfaceName + "/" + sysctl.file,
                    sysctl.value));
        }
        return steps;
    }
}
