package cairn.engine.layer;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The directories that inspect shows.
 *
 * @param lowerDir top to bottom with colons between; null where there is nothing below
 */
public record GraphDriverData(@Nullable String lowerDir, String mergedDir, String upperDir, String workDir) {

    /** By Docker's names, in its order. */
    public Map<String, String> toMap() {
        Map<String, String> map = new LinkedHashMap<>();
        if (lowerDir != null) {
            map.put("LowerDir", lowerDir);
        }
        map.put("MergedDir", mergedDir);
        map.put("UpperDir", upperDir);
        map.put("WorkDir", workDir);
        return map;
    }
}
