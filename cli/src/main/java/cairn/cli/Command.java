package cairn.cli;

import cairn.cli.verb.Attach;
import cairn.cli.verb.Chroot;
import cairn.cli.verb.Commit;
import cairn.cli.verb.Completion;
import cairn.cli.verb.Copy;
import cairn.cli.verb.Create;
import cairn.cli.verb.Debug;
import cairn.cli.verb.Diff;
import cairn.cli.verb.DiskUsage;
import cairn.cli.verb.Events;
import cairn.cli.verb.Exec;
import cairn.cli.verb.Explain;
import cairn.cli.verb.Export;
import cairn.cli.verb.FromHost;
import cairn.cli.verb.History;
import cairn.cli.verb.ImageDiff;
import cairn.cli.verb.ImageGc;
import cairn.cli.verb.ImagePin;
import cairn.cli.verb.ImageTrees;
import cairn.cli.verb.Images;
import cairn.cli.verb.Import;
import cairn.cli.verb.Info;
import cairn.cli.verb.Inspect;
import cairn.cli.verb.Kill;
import cairn.cli.verb.Load;
import cairn.cli.verb.Login;
import cairn.cli.verb.Logout;
import cairn.cli.verb.Logs;
import cairn.cli.verb.Namespaces;
import cairn.cli.verb.NetworkConnect;
import cairn.cli.verb.NetworkCreate;
import cairn.cli.verb.NetworkDisconnect;
import cairn.cli.verb.NetworkList;
import cairn.cli.verb.NetworkRemove;
import cairn.cli.verb.NetworkTrace;
import cairn.cli.verb.Pause;
import cairn.cli.verb.PortMappings;
import cairn.cli.verb.Prune;
import cairn.cli.verb.Ps;
import cairn.cli.verb.Pull;
import cairn.cli.verb.Push;
import cairn.cli.verb.Remove;
import cairn.cli.verb.RemoveImage;
import cairn.cli.verb.Rename;
import cairn.cli.verb.Run;
import cairn.cli.verb.Save;
import cairn.cli.verb.Search;
import cairn.cli.verb.Start;
import cairn.cli.verb.Stats;
import cairn.cli.verb.Stop;
import cairn.cli.verb.StoreCheck;
import cairn.cli.verb.SystemPrune;
import cairn.cli.verb.Tag;
import cairn.cli.verb.Top;
import cairn.cli.verb.Tour;
import cairn.cli.verb.Union;
import cairn.cli.verb.Unpack;
import cairn.cli.verb.Update;
import cairn.cli.verb.Version;
import cairn.cli.verb.VolumeCopy;
import cairn.cli.verb.VolumeCreate;
import cairn.cli.verb.VolumeExport;
import cairn.cli.verb.VolumeImport;
import cairn.cli.verb.VolumeRemove;
import cairn.cli.verb.Volumes;
import cairn.cli.verb.Wait;
import cairn.cli.verb.Why;
import org.jspecify.annotations.Nullable;

/**
 * All commands, in the order of the help. The words of a command stand first; further spellings follow, among them the one in
 * its management group.
 */
public enum Command {
    RUN(Group.COMMON, "Make a container from an image and start it", "run", "container run"),
    EXEC(Group.COMMON, "Run a command in a running container", "exec", "container exec"),
    PS(Group.COMMON, "List containers", "ps", "container ls", "container list", "container ps"),
    IMAGES(Group.COMMON, "List images", "images", "image ls", "image list"),
    PULL(Group.COMMON, "Fetch an image from a registry", "pull", "image pull"),
    PUSH(Group.COMMON, "Send an image to a registry", "push", "image push"),
    VERSION(Group.COMMON, "Show the versions of client and daemon", "version"),
    INFO(Group.COMMON, "Show what the daemon knows of itself and the machine", "info", "system info"),

    EXPLAIN(Group.LEARN, "Show how a container or image is put together, layer by layer", "explain"),
    DEBUG(Group.LEARN, "Open a shell with tools of its own beside a container's processes", "debug"),
    WHY(Group.LEARN, "Say why a container has ended or does not run", "why"),
    TOUR(Group.LEARN, "Walk from a bare process to a container, step by step, on this machine", "tour"),
    LAB_NS(Group.LEARN, "Run a command in new namespaces", "lab ns"),
    LAB_CHROOT(Group.LEARN, "Run a command with a directory as its root", "lab chroot"),
    LAB_UNION(Group.LEARN, "Lay directories over one another", "lab union"),
    FROM_HOST(Group.LEARN, "Make an image from programs of this machine", "image from-host"),
    UNPACK(Group.LEARN, "Unpack an image's root file system into a directory", "image unpack"),

    IMAGE_DIFF(Group.LEARN, "Show what two images have differently, and which layers are to blame", "image diff"),
    IMAGE_TREE(Group.LEARN, "Show all images as a tree of the layers that they share", "image tree"),

    CREATE(Group.CONTAINERS, "Make a container without starting it", "create", "container create"),
    START(Group.CONTAINERS, "Start containers that do not run", "start", "container start"),
    STOP(Group.CONTAINERS, "Stop containers", "stop", "container stop"),
    RESTART(Group.CONTAINERS, "Stop containers and start them again", "restart", "container restart"),
    KILL(Group.CONTAINERS, "Send containers a signal", "kill", "container kill"),
    PAUSE(Group.CONTAINERS, "Stop all processes of containers where they are", "pause", "container pause"),
    UNPAUSE(Group.CONTAINERS, "Let the processes of paused containers go on", "unpause", "container unpause"),
    WAIT(Group.CONTAINERS, "Wait until containers end, and print their exit codes", "wait", "container wait"),
    RM(Group.CONTAINERS, "Remove containers", "rm", "container rm", "container remove"),
    UPDATE(Group.CONTAINERS, "Change limits of containers, also while they run", "update", "container update"),
    RENAME(Group.CONTAINERS, "Give a container another name", "rename", "container rename"),
    LOGS(Group.CONTAINERS, "Show what a container has printed", "logs", "container logs"),
    ATTACH(Group.CONTAINERS, "Connect the terminal to a running container", "attach", "container attach"),
    PORT(Group.CONTAINERS, "Show which ports of the host lead to a container", "port", "container port"),
    TOP(Group.CONTAINERS, "Show the processes of a container", "top", "container top"),
    STATS(Group.CONTAINERS, "Show what containers use of the machine", "stats", "container stats"),
    CONTAINER_INSPECT(Group.CONTAINERS, "Show all details of containers", "container inspect"),

    CP(Group.CONTAINERS, "Copy files between a container and this machine", "cp", "container cp"),
    COMMIT(Group.CONTAINERS, "Make an image from what a container has changed", "commit", "container commit"),
    DIFF(Group.CONTAINERS, "List what a container has changed in its files", "diff", "container diff"),
    EXPORT(Group.CONTAINERS, "Write a container's files as a tar", "export", "container export"),
    CONTAINER_PRUNE(Group.CONTAINERS, "Remove all containers that do not run", "container prune"),

    HISTORY(Group.IMAGES, "Show how an image came about", "history", "image history"),
    IMAGE_INSPECT(Group.IMAGES, "Show all details of images", "image inspect"),
    TAG(Group.IMAGES, "Give an image a further name", "tag", "image tag"),
    RMI(Group.IMAGES, "Remove images", "rmi", "image rm", "image remove"),
    IMAGE_PRUNE(Group.IMAGES, "Remove images that nobody uses", "image prune"),
    LOAD(Group.IMAGES, "Load images from an archive", "load", "image load"),
    SAVE(Group.IMAGES, "Write images into an archive", "save", "image save"),
    IMPORT(Group.IMAGES, "Make an image from a tar of a file system", "import", "image import"),
    SEARCH(Group.IMAGES, "Search a registry for images", "search"),
    LOGIN(Group.IMAGES, "Log in to a registry", "login"),
    LOGOUT(Group.IMAGES, "Log out of a registry", "logout"),

    NETWORK_LS(Group.NETWORKS, "List networks", "network ls", "network list"),
    NETWORK_CREATE(Group.NETWORKS, "Make a network", "network create"),
    NETWORK_INSPECT(Group.NETWORKS, "Show all details of networks", "network inspect"),
    NETWORK_CONNECT(Group.NETWORKS, "Bring a container onto a network", "network connect"),
    NETWORK_DISCONNECT(Group.NETWORKS, "Take a container off a network", "network disconnect"),
    NETWORK_RM(Group.NETWORKS, "Remove networks", "network rm", "network remove"),
    NETWORK_TRACE(
            Group.NETWORKS, "Say whether a container reaches another one, and where not", "net trace", "network trace"),
    NETWORK_PRUNE(Group.NETWORKS, "Remove all networks that no container is on", "network prune"),

    VOLUME_LS(Group.VOLUMES, "List volumes", "volume ls", "volume list"),
    VOLUME_CREATE(Group.VOLUMES, "Make a volume", "volume create"),
    VOLUME_INSPECT(Group.VOLUMES, "Show all details of volumes", "volume inspect"),
    VOLUME_RM(Group.VOLUMES, "Remove volumes", "volume rm", "volume remove"),
    VOLUME_PRUNE(Group.VOLUMES, "Remove volumes that no container has", "volume prune"),
    VOLUME_CLONE(Group.VOLUMES, "Make a volume with the files of another one", "volume clone"),
    VOLUME_SNAPSHOT(Group.VOLUMES, "Keep what is in a volume at this moment", "volume snapshot"),
    VOLUME_EXPORT(Group.VOLUMES, "Write a volume's files as a tar", "volume export"),
    VOLUME_IMPORT(Group.VOLUMES, "Unpack a tar into a volume", "volume import"),

    INSPECT(Group.THINGS, "Show all details of containers or images", "inspect"),
    STORE_CHECK(Group.THINGS, "Check the store, and repair it", "store check"),
    IMAGE_GC(Group.THINGS, "Remove the longest unused images until the rest fits into a budget", "image gc"),
    IMAGE_PIN(Group.THINGS, "Keep images from 'image gc'", "image pin"),
    IMAGE_UNPIN(Group.THINGS, "Let 'image gc' have images again", "image unpin"),
    EVENTS(Group.THINGS, "Follow what happens to containers and images", "events", "system events"),
    SYSTEM_DF(Group.THINGS, "Show how much of the disk is used", "system df"),
    SYSTEM_PRUNE(Group.THINGS, "Remove whatever nobody uses", "system prune"),
    COMPLETION(Group.THINGS, "Print a script that completes commands in your shell", "completion");

    /** The parts of the help. */
    public enum Group {
        COMMON("Common commands"),
        LEARN("To learn from"),
        CONTAINERS("Containers"),
        IMAGES("Images"),
        NETWORKS("Networks"),
        VOLUMES("Volumes"),
        THINGS("The rest");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    private static final Command[] ALL = values();
    private final Group group;
    private final String summary;

    /** Never handed out, never changed: a list would cost its classes at each start. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final String[] spellings;

    Command(Group group, String summary, String... spellings) {
        this.group = group;
        this.summary = summary;
        this.spellings = spellings;
    }

    /** All, without a copy; not to be changed. */
    static Command[] all() {
        return ALL;
    }

    public Group group() {
        return group;
    }

    public String summary() {
        return summary;
    }

    /** The words of the shortest spelling. */
    public String words() {
        return spellings[0];
    }

    public String[] spellings() {
        return spellings.clone();
    }

    /** The command with this spelling, or null. */
    static @Nullable Command spelled(String words) {
        for (Command command : ALL) {
            for (String spelling : command.spellings) {
                if (spelling.equals(words)) {
                    return command;
                }
            }
        }
        return null;
    }

    /** Whether commands such as {@code image ls} start with this word. */
    static boolean leads(String word) {
        String start = word.concat(" ");
        for (Command command : ALL) {
            for (String spelling : command.spellings) {
                if (spelling.startsWith(start)) {
                    return true;
                }
            }
        }
        return false;
    }

    public Verb verb() {
        return switch (this) {
            case RUN -> new Run();
            case EXEC -> new Exec();
            case PS -> new Ps();
            case IMAGES -> new Images();
            case VERSION -> new Version();
            case INFO -> new Info();
            case EXPLAIN -> new Explain();
            case DEBUG -> new Debug();
            case WHY -> new Why();
            case TOUR -> new Tour();
            case LAB_NS -> new Namespaces();
            case LAB_CHROOT -> new Chroot();
            case LAB_UNION -> new Union();
            case FROM_HOST -> new FromHost();
            case UNPACK -> new Unpack();
            case IMAGE_DIFF -> new ImageDiff();
            case IMAGE_TREE -> new ImageTrees();
            case IMAGE_GC -> new ImageGc();
            case IMAGE_PIN -> new ImagePin(true);
            case IMAGE_UNPIN -> new ImagePin(false);
            case CREATE -> new Create();
            case START -> new Start();
            case STOP -> new Stop("stop");
            case RESTART -> new Stop("restart");
            case KILL -> new Kill();
            case PAUSE -> new Pause("pause");
            case UNPAUSE -> new Pause("unpause");
            case WAIT -> new Wait();
            case RM -> new Remove();
            case UPDATE -> new Update();
            case RENAME -> new Rename();
            case LOGS -> new Logs();
            case ATTACH -> new Attach();
            case PORT -> new PortMappings();
            case TOP -> new Top();
            case STATS -> new Stats();
            case INSPECT -> new Inspect("");
            case CONTAINER_INSPECT -> new Inspect("container");
            case IMAGE_INSPECT -> new Inspect("image");
            case HISTORY -> new History();
            case TAG -> new Tag();
            case RMI -> new RemoveImage();
            case LOAD -> new Load();
            case IMPORT -> new Import();
            case STORE_CHECK -> new StoreCheck();
            case PULL -> new Pull();
            case PUSH -> new Push();
            case LOGIN -> new Login();
            case LOGOUT -> new Logout();
            case SAVE -> new Save();
            case EXPORT -> new Export();
            case CP -> new Copy();
            case COMMIT -> new Commit();
            case DIFF -> new Diff();
            case SEARCH -> new Search();
            case IMAGE_PRUNE -> new Prune("image");
            case CONTAINER_PRUNE -> new Prune("container");
            case NETWORK_LS -> new NetworkList();
            case NETWORK_CREATE -> new NetworkCreate();
            case NETWORK_INSPECT -> new Inspect("network");
            case NETWORK_CONNECT -> new NetworkConnect();
            case NETWORK_DISCONNECT -> new NetworkDisconnect();
            case NETWORK_RM -> new NetworkRemove();
            case NETWORK_TRACE -> new NetworkTrace();
            case NETWORK_PRUNE -> new Prune("network");
            case VOLUME_LS -> new Volumes();
            case VOLUME_CREATE -> new VolumeCreate();
            case VOLUME_INSPECT -> new Inspect("volume");
            case VOLUME_RM -> new VolumeRemove();
            case VOLUME_PRUNE -> new Prune("volume");
            case VOLUME_CLONE -> new VolumeCopy(false);
            case VOLUME_SNAPSHOT -> new VolumeCopy(true);
            case VOLUME_EXPORT -> new VolumeExport();
            case VOLUME_IMPORT -> new VolumeImport();
            case SYSTEM_DF -> new DiskUsage();
            case SYSTEM_PRUNE -> new SystemPrune();
            case EVENTS -> new Events();
            case COMPLETION -> new Completion();
        };
    }
}
