package cairn.engine.volume;

import static cairn.linux.Mounts.MS_BIND;
import static cairn.linux.Mounts.MS_RDONLY;
import static cairn.linux.Mounts.MS_REC;
import static cairn.linux.Mounts.MS_REMOUNT;

import cairn.engine.error.Problem;
import cairn.linux.Errno;
import cairn.linux.LinuxException;
import cairn.linux.Mounts;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A volume's own mount, as mount(2) takes it: words that are flags become flags, the rest goes to the file system. */
record LocalMount(String type, String device, long flags, long propagation, String data) {
    private static final long DIRSYNC = 128;
    private static final long MANDATORY = 64;

    /** Words that set a flag; the opposites that clear one stand in {@link #CLEARED}. */
    private static final Map<String, Long> SET = Map.ofEntries(
            Map.entry("bind", MS_BIND),
            Map.entry("rbind", MS_BIND | MS_REC),
            Map.entry("dirsync", DIRSYNC),
            Map.entry("mand", MANDATORY),
            Map.entry("noatime", Mounts.MS_NOATIME),
            Map.entry("nodev", Mounts.MS_NODEV),
            Map.entry("nodiratime", Mounts.MS_NODIRATIME),
            Map.entry("noexec", Mounts.MS_NOEXEC),
            Map.entry("nosuid", Mounts.MS_NOSUID),
            Map.entry("relatime", Mounts.MS_RELATIME),
            Map.entry("remount", MS_REMOUNT),
            Map.entry("ro", MS_RDONLY),
            Map.entry("strictatime", Mounts.MS_STRICTATIME),
            Map.entry("sync", Mounts.MS_SYNCHRONOUS));

    private static final Map<String, Long> CLEARED = Map.ofEntries(
            Map.entry("async", Mounts.MS_SYNCHRONOUS),
            Map.entry("atime", Mounts.MS_NOATIME),
            Map.entry("defaults", 0L),
            Map.entry("dev", Mounts.MS_NODEV),
            Map.entry("diratime", Mounts.MS_NODIRATIME),
            Map.entry("exec", Mounts.MS_NOEXEC),
            Map.entry("nomand", MANDATORY),
            Map.entry("norelatime", Mounts.MS_RELATIME),
            Map.entry("nostrictatime", Mounts.MS_STRICTATIME),
            Map.entry("rw", MS_RDONLY),
            Map.entry("suid", Mounts.MS_NOSUID));

    private static final Map<String, Long> PROPAGATION = Map.of(
            "private",
            Mounts.MS_PRIVATE,
            "rprivate",
            Mounts.MS_PRIVATE | MS_REC,
            "shared",
            Mounts.MS_SHARED,
            "rshared",
            Mounts.MS_SHARED | MS_REC,
            "slave",
            Mounts.MS_SLAVE,
            "rslave",
            Mounts.MS_SLAVE | MS_REC,
            "unbindable",
            Mounts.MS_UNBINDABLE,
            "runbindable",
            Mounts.MS_UNBINDABLE | MS_REC);

    static LocalMount of(LocalOptions options) {
        long flags = 0;
        long propagation = 0;
        List<String> data = new ArrayList<>();
        for (String word :
                options.options().isEmpty() ? new String[0] : options.options().split(",")) {
            if (SET.containsKey(word)) {
                flags |= SET.getOrDefault(word, 0L);
            } else if (CLEARED.containsKey(word)) {
                flags &= ~CLEARED.getOrDefault(word, 0L);
            } else if (PROPAGATION.containsKey(word)) {
                propagation |= PROPAGATION.getOrDefault(word, 0L);
            } else {
                data.add(word);
            }
        }
        return new LocalMount(options.type(), options.device(), flags, propagation, String.join(",", data));
    }

    /**
     * Mounts it. Not for virtual threads: a file server may be slow.
     *
     * @throws cairn.engine.error.EngineException VolumeNotMounted
     */
    void mount(Path target) {
        String path = target.toString();
        String resolved = withAddress(path);
        try {
            Mounts.mount(device, path, type, flags, resolved);
            if (propagation != 0) {
                Mounts.mount(null, path, null, propagation, null);
            }
            // A bind takes no attributes with it but by a second call.
            if ((flags & (MS_BIND | MS_RDONLY)) == (MS_BIND | MS_RDONLY)) {
                Mounts.mount(null, path, null, flags | MS_REMOUNT, null);
            }
        } catch (LinuxException e) {
            throw failed(
                            path,
                            "mount " + device + ":" + path
                                    + (flags == 0 ? "" : ", flags: 0x" + Long.toHexString(flags))
                                    + (resolved.isEmpty() ? "" : ", data: " + withoutPassword(resolved)) + ": "
                                    + words(e.errno()))
                    .exception(e);
        } catch (IllegalArgumentException e) {
            throw failed(path, String.valueOf(e.getMessage())).exception(e);
        }
    }

    /** As Go writes them; the stock CLI derives its exit code from them. */
    private static String words(int errno) {
        return Errno.text(errno).toLowerCase(Locale.ROOT);
    }

    /** The kernel knows no names: those of file servers are looked up here. */
    private String withAddress(String path) {
        String address = value("addr");
        if (address == null || !type.equals("nfs") && !type.equals("cifs")) {
            return data;
        }
        try {
            InetAddress found = InetAddress.getByName(address);
            return found instanceof Inet4Address && found.getHostAddress().equals(address)
                    ? data
                    : data.replace("addr=" + address, "addr=" + found.getHostAddress());
        } catch (UnknownHostException e) {
            throw failed(path, "error resolving passed in network volume address: lookup " + address + ": no such host")
                    .exception(e);
        }
    }

    private @Nullable String value(String name) {
        for (String word : data.split(",")) {
            if (word.startsWith(name + "=")) {
                return word.substring(name.length() + 1);
            }
        }
        return null;
    }

    private String withoutPassword(String text) {
        String password = value("password");
        return password == null ? text : text.replace("password=" + password, "password=********");
    }

    private static Problem failed(String path, String why) {
        return new Problem.VolumeNotMounted(path, "failed to mount local volume: " + why);
    }
}
