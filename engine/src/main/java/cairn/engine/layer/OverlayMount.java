package cairn.engine.layer;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One overlay mount as a value.
 *
 * @param base the {@code overlay2} directory, which relative names count from
 * @param lowers relative to the base ({@code l/…}), topmost first
 * @param upper relative to the base
 * @param work relative to the base
 * @param target absolute
 * @param indexOff whether this kernel knows the option; layers are moved and hard links in them need no index
 * @param volatileUpper the kernel never syncs the upper layer: fast to unmount, void after a power cut
 */
public record OverlayMount(
        Path base,
        List<String> lowers,
        String upper,
        String work,
        String target,
        boolean indexOff,
        boolean volatileUpper) {
    /** mount(2) takes one page of data, its last byte being the NUL. */
    private static final int MAX_DATA = 4095;

    public OverlayMount {
        lowers = List.copyOf(lowers);
    }

    /** The data as dockerd writes it, absolute. May be longer than {@link #fitsAbsolute the kernel takes}. */
    public String data() {
        return data(base + "/");
    }

    /** Whether {@link #data} fits into a page; otherwise {@link #relativeData} does, with {@link #base} as the working directory. */
    public boolean fitsAbsolute() {
        return data().length() <= MAX_DATA;
    }

    /** The data with names relative to {@link #base}: dockerd's answer to many layers. */
    public String relativeData() {
        return data("");
    }

    static String lowerData(String prefix, List<String> lowers) {
        return "lowerdir=" + lowers.stream().map(lower -> prefix + lower).collect(Collectors.joining(":"));
    }

    String data(String prefix) {
        return (indexOff ? "index=off," : "")
                + lowerData(prefix, lowers)
                + ",upperdir="
                + prefix
                + upper
                + ",workdir="
                + prefix
                + work
                + (volatileUpper ? ",volatile" : "");
    }
}
