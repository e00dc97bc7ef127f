package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.ProcessSpec;
import cairn.linux.Errno;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The one parser of user specs: {@code user}, {@code uid}, {@code user:group}, {@code uid:gid} and so on, looked up in the
 * container's own passwd and group files. Digits are always an id and never a name (CVE-2026-30892), ids are at most
 * 2^31 - 1 (CVE-2024-40635), and the files are read in the container's root, regular files of at most 1 MiB only.
 */
final class Users {
    private static final int FILE_LIMIT = 1 << 20;
    private static final long LARGEST_ID = Integer.MAX_VALUE;

    /** @param home as passwd has it, null when the user is not listed */
    record Resolved(ProcessSpec.User user, @Nullable String home) {}

    private record Account(String name, long uid, long gid, String home) {}

    private record Group(String name, long gid, List<String> members) {}

    private Users() {}

    /** @param more supplementary groups asked for besides those of the group file, names or ids */
    static Resolved resolve(InRoot root, String spec, List<String> more) {
        String userPart = spec;
        String groupPart = "";
        int colon = spec.indexOf(':');
        if (colon >= 0) {
            userPart = spec.substring(0, colon);
            groupPart = spec.substring(colon + 1);
        }
        String wanted = userPart.isEmpty() ? "0" : userPart;
        Account account = account(accounts(read(root, "/etc/passwd")), wanted);
        List<Group> groups = groups(read(root, "/etc/group"));
        long uid;
        long gid;
        if (account != null) {
            uid = account.uid();
            gid = account.gid();
        } else if (digits(wanted)) {
            uid = id(wanted, spec);
            gid = 0;
        } else {
            throw new Problem.InvalidParameter("unable to find user " + wanted + ": no matching entries in passwd file")
                    .exception();
        }
        TreeSet<Long> supplementary = new TreeSet<>();
        if (!groupPart.isEmpty()) {
            gid = groupId(groups, groupPart, spec);
        } else if (account != null) {
            for (Group group : groups) {
                if (group.members().contains(account.name())) {
                    supplementary.add(group.gid());
                }
            }
        }
        for (String group : more) {
            supplementary.add(groupId(groups, group, group));
        }
        supplementary.add(gid);
        return new Resolved(
                new ProcessSpec.User(uid, gid, List.copyOf(supplementary)), account == null ? null : account.home());
    }

    private static @Nullable Account account(List<Account> accounts, String wanted) {
        boolean number = digits(wanted);
        for (Account account : accounts) {
            if (number ? account.uid() == id(wanted, wanted) : account.name().equals(wanted)) {
                return account;
            }
        }
        return null;
    }

    private static long groupId(List<Group> groups, String wanted, String spec) {
        if (digits(wanted)) {
            return id(wanted, spec);
        }
        for (Group group : groups) {
            if (group.name().equals(wanted)) {
                return group.gid();
            }
        }
        throw new Problem.InvalidParameter("unable to find group " + wanted + ": no matching entries in group file")
                .exception();
    }

    private static boolean digits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static long id(String digits, String spec) {
        long id = digits.length() > 10 ? Long.MAX_VALUE : Long.parseLong(digits);
        if (id > LARGEST_ID) {
            throw new Problem.InvalidParameter("invalid user or group id in \"" + spec
                            + "\": uids and gids must be in range 0-" + LARGEST_ID)
                    .exception();
        }
        return id;
    }

    private static String read(InRoot root, String path) {
        try {
            byte[] content = root.readSmallFile(path, FILE_LIMIT);
            return content == null ? "" : new String(content, StandardCharsets.UTF_8);
        } catch (LinuxException e) {
            if (e.errno() == Errno.EFBIG) {
                throw new Problem.InvalidParameter(path + " of the container is larger than 1 MiB").exception();
            }
            return ""; // A device, FIFO or dangling link in its place is as good as no file.
        }
    }

    private static List<Account> accounts(String passwd) {
        List<Account> accounts = new ArrayList<>();
        for (String line : passwd.split("\n")) {
            String[] field = line.split(":", -1);
            if (field.length >= 6 && sane(field[2]) && sane(field[3])) {
                accounts.add(new Account(field[0], Long.parseLong(field[2]), Long.parseLong(field[3]), field[5]));
            }
        }
        return accounts;
    }

    private static List<Group> groups(String group) {
        List<Group> groups = new ArrayList<>();
        for (String line : group.split("\n")) {
            String[] field = line.split(":", -1);
            if (field.length >= 3 && sane(field[2])) {
                groups.add(new Group(
                        field[0],
                        Long.parseLong(field[2]),
                        field.length > 3 ? List.of(field[3].split(",")) : List.of()));
            }
        }
        return groups;
    }

    /** A line with an id that could wrap is no entry at all. */
    private static boolean sane(String id) {
        return digits(id) && id.length() <= 10 && Long.parseLong(id) <= LARGEST_ID;
    }
}
