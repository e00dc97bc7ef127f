package cairn.engine.container;

import cairn.engine.error.Problem;
import java.io.ByteArrayOutputStream;
import java.util.Base64;

/** What a client types at a terminal to leave a process alone. */
public final class DetachKeys {
    private static final String DEFAULT = "ctrl-p,ctrl-q";
    /** Of the keys that are named {@code ctrl-}, at the place of the byte that each sends. */
    private static final String WITH_CONTROL = "@abcdefghijklmnopqrstuvwxyz[\\]^_";

    private static final int DELETE = 127;

    private final String text;
    private final byte[] bytes;

    private DetachKeys(String text, byte[] bytes) {
        this.text = text;
        this.bytes = bytes;
    }

    /**
     * @param text in Docker's spelling ({@code ctrl-p,ctrl-q}; {@code a}; {@code DEL}), empty for the default
     * @param word for such keys in Docker's error
     * @throws cairn.engine.error.EngineException InvalidParameter
     */
    public static DetachKeys of(String text, String word) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String key : (text.isEmpty() ? DEFAULT : text).split(",", -1)) {
            int code = code(key);
            if (code < 0) {
                throw new Problem.InvalidParameter("Invalid " + word + " keys (" + text + ") provided").exception();
            }
            bytes.write(code);
        }
        return new DetachKeys(text, bytes.toByteArray());
    }

    private static int code(String key) {
        if (key.length() == 1) {
            return key.charAt(0);
        }
        boolean control = key.startsWith("ctrl-") && key.length() == "ctrl-".length() + 1;
        return control ? WITH_CONTROL.indexOf(key.charAt(key.length() - 1)) : key.equals("DEL") ? DELETE : -1;
    }

    byte[] bytes() {
        return bytes.clone();
    }

    /** As inspect shows them: nothing for the default. */
    String encoded() {
        return text.isEmpty() ? "" : Base64.getEncoder().encodeToString(bytes);
    }
}
