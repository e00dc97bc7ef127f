package cairn.hostile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The table of hostile layers, family by family. */
public final class HostileLayers {
    private static final Map<String, Consumer<Cases>> FAMILIES = families();

    private HostileLayers() {}

    private static Map<String, Consumer<Cases>> families() {
        Map<String, Consumer<Cases>> families = new LinkedHashMap<>();
        families.put("names", Names::addTo);
        families.put("symlinks", Symlinks::addTo);
        families.put("hard links", HardLinks::addTo);
        families.put("types", Types::addTo);
        families.put("whiteouts", Whiteouts::addTo);
        families.put("attributes", Attributes::addTo);
        families.put("headers", Headers::addTo);
        families.put("sparse files", SparseFiles::addTo);
        families.put("duplicates", Duplicates::addTo);
        families.put("known attacks", KnownAttacks::addTo);
        return families;
    }

    /**
     * All of them but {@link Volumes} and {@link Truncations}.
     *
     * @param canary absolute path of a directory outside of every layer, with {@code file} and the directory {@code inner} in it
     */
    public static List<HostileLayer> all(String canary) {
        List<HostileLayer> all = new ArrayList<>();
        FAMILIES.forEach((family, fill) -> {
            Cases cases = new Cases(family, canary);
            fill.accept(cases);
            all.addAll(cases.all());
        });
        return all;
    }
}
