package cairn.engine.network;

import cairn.linux.Errno;
import cairn.linux.LinuxException;
import cairn.linux.Netlink;
import cairn.linux.RouteMessages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes an interface of this host away. The kernel acknowledges that after some grace periods, 20 to 40 ms, but its name, its addresses and
 * their routes are free within the first of them; and a removal that has come so far is finished whatever happens to who asked for it.
 */
final class LinkRemoval implements Runnable {
    /** Between looks. */
    private static final long LOOK_MICROS = 200;

    private final String name;
    /** A link that is made afterwards under the same name has another. 0 if there is none, or none any more. */
    private final int index;
    /**
     * The kernel takes an interface's settings away after its name and with its addresses, and they can be looked for while it is at work: it
     * holds back whoever asks for the interface itself.
     */
    private final Path settings4;

    private final Path settings6;
    private final CountDownLatch acknowledged = new CountDownLatch(1);
    private volatile @Nullable LinuxException refused;

    private LinkRemoval(String name) {
        this.name = name;
        this.index = index(name);
        this.settings4 = KernelSettings.SYSTEM.resolve("ipv4/conf").resolve(name);
        this.settings6 = KernelSettings.SYSTEM.resolve("ipv6/conf").resolve(name);
    }

    private static int index(String name) {
        try (Netlink netlink = Netlink.open()) {
            return netlink.index(name);
        }
    }

    /**
     * Nothing if there is no such interface. When this returns, another may have its name and its addresses.
     *
     * @throws LinuxException if the kernel refuses
     */
    static void remove(String name) {
        LinkRemoval removal = new LinkRemoval(name);
        if (removal.index == 0 && removal.settingsGone()) {
            return;
        }
        // A platform thread: the call blocks in the kernel, which would hold a carrier of virtual threads.
        Thread.ofPlatform().daemon().name("cairn-link").start(removal);
        removal.await();
    }

    @Override
    public void run() {
        try (Netlink netlink = Netlink.open()) {
            if (index == 0) {
                // Somebody else is taking it away, and this waits for him.
                Netlink.Link ignored = netlink.link(name);
            } else {
                netlink.send(RouteMessages.deleteLink(index));
            }
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENODEV) {
                refused = e;
            }
        } finally {
            acknowledged.countDown();
        }
    }

    private void await() {
        boolean interrupted = false;
        boolean done = false;
        while (!done) {
            try {
                done = acknowledged.await(LOOK_MICROS, TimeUnit.MICROSECONDS) || settingsGone();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        LinuxException fault = refused;
        if (fault != null) {
            throw fault;
        }
    }

    private boolean settingsGone() {
        return Files.notExists(settings4) && Files.notExists(settings6);
    }
}
