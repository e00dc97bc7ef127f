package cairn.cli.stream;

import cairn.cli.args.UsageException;
import java.util.Arrays;

/**
 * The keys that leave a container running and give the terminal back: {@code ctrl-p,ctrl-q} unless chosen otherwise. Keys of
 * a sequence that breaks off are passed on.
 */
public final class DetachKeys {
    private static final String DEFAULT = "ctrl-p,ctrl-q";
    private static final String CONTROL = "@abcdefghijklmnopqrstuvwxyz[\\]^_";

    private final byte[] keys;
    private int matched;

    private DetachKeys(byte[] keys) {
        this.keys = keys;
    }

    /**
     * Reads {@code KEY,KEY...}, each a character or {@code ctrl-X}; "" is the default.
     *
     * @throws UsageException when a key is none
     */
    public static DetachKeys parse(String text) {
        String[] names = (text.isEmpty() ? DEFAULT : text).split(",", -1);
        byte[] keys = new byte[names.length];
        for (int i = 0; i < names.length; i++) {
            keys[i] = key(names[i], text);
        }
        return new DetachKeys(keys);
    }

    private static byte key(String name, String all) {
        if (name.length() == 1) {
            return (byte) name.charAt(0);
        }
        int control = name.startsWith("ctrl-") && name.length() == 6 ? CONTROL.indexOf(name.charAt(5)) : -1;
        if (control < 0) {
            throw new UsageException("invalid detach keys (" + all + "): Unknown character: '" + name + "'");
        }
        return (byte) control;
    }

    /** What is to be passed on of these bytes; null once the whole sequence has been typed. */
    public byte @org.jspecify.annotations.Nullable [] filter(byte[] bytes, int count) {
        byte[] passed = new byte[count + keys.length];
        int size = 0;
        for (int i = 0; i < count; i++) {
            if (bytes[i] == keys[matched]) {
                matched++;
                if (matched == keys.length) {
                    matched = 0;
                    return null;
                }
                continue;
            }
            System.arraycopy(keys, 0, passed, size, matched);
            size += matched;
            matched = bytes[i] == keys[0] ? 1 : 0;
            if (matched == 0) {
                passed[size++] = bytes[i];
            } else if (keys.length == 1) {
                return null;
            }
        }
        return Arrays.copyOf(passed, size);
    }
}
