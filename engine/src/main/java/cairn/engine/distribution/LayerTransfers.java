package cairn.engine.distribution;

import cairn.engine.layer.LayerPile;
import cairn.engine.layer.Layers;
import cairn.engine.layer.StagedLayer;
import cairn.oci.ChainId;
import cairn.oci.Descriptor;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.registry.Repository;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * All layers that are being fetched, so many at once. Pulls that want the same layer in the same place at the same time share one transfer,
 * which ends early only when the last of them has left.
 */
final class LayerTransfers {
    private static final int IDLE_SECONDS = 5;

    private final Layers layers;
    private final PartialBlobs partials;
    private final int attempts;
    private final ThreadPoolExecutor threads;
    private final Object publishing = new Object();

    /** Guards what follows; waited on for the end of any transfer. */
    private final Object lock = new Object();

    private final Map<Key, LayerTransfer> running = new HashMap<>();
    private final Map<LayerTransfer, Integer> users = new HashMap<>();

    /** The layer in its place, and the form in which it comes. */
    private record Key(ChainId chain, Digest blob) {}

    LayerTransfers(Layers layers, PartialBlobs partials, int atOnce, int attempts) {
        this.layers = layers;
        this.partials = partials;
        this.attempts = attempts;
        this.threads = new ThreadPoolExecutor(
                atOnce,
                atOnce,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("cairn-pull-", 0).daemon().factory());
        this.threads.allowCoreThreadTimeOut(true);
    }

    /** Begins to fetch a layer, or joins whoever fetches it. To be {@link #leave left}. */
    LayerTransfer join(
            ChainId chain, DiffId diffId, Descriptor blob, Repository repository, TransferProgress progress) {
        Key key = new Key(chain, blob.digest());
        LayerTransfer transfer;
        synchronized (lock) {
            transfer = running.get(key);
            if (transfer == null) {
                transfer = new LayerTransfer(layers, partials, repository, blob, diffId, attempts, this::someDone);
                running.put(key, transfer);
                threads.execute(transfer);
            }
            users.merge(transfer, 1, Integer::sum);
        }
        transfer.watch(progress);
        return transfer;
    }

    /** Tells of those that wait for a thread. */
    void reportWaiting(List<LayerTransfer> transfers) {
        // What stands first goes to threads that have nothing to do, and is gone in a moment.
        int idle = Math.max(0, threads.getPoolSize() - threads.getActiveCount());
        List<Runnable> waiting = threads.getQueue().stream().skip(idle).toList();
        transfers.stream().filter(waiting::contains).forEach(LayerTransfer::reportWaiting);
    }

    private void someDone() {
        synchronized (lock) {
            lock.notifyAll();
        }
    }

    /** Until all are done, one has failed, or the caller is not wanted any more. */
    void await(List<LayerTransfer> transfers, Cancellation cancellation) throws InterruptedException {
        cancellation.onCancel(this::someDone);
        synchronized (lock) {
            while (!cancellation.cancelled()
                    && transfers.stream().noneMatch(LayerTransfer::failed)
                    && !transfers.stream().allMatch(LayerTransfer::done)) {
                lock.wait();
            }
        }
    }

    void leave(LayerTransfer transfer, TransferProgress progress) {
        transfer.unwatch(progress);
        synchronized (lock) {
            Integer left = users.merge(transfer, -1, Integer::sum);
            if (left == null || left > 0) {
                return;
            }
            users.remove(transfer);
            running.values().remove(transfer);
            threads.remove(transfer);
        }
        transfer.abandon();
    }

    /**
     * Publishes what has been fetched. One pull at a time: two may hold the same staged layers, and the second finds them in the store. The
     * partial files go first, so that the sync does not carry them to the disk as well; a kill in between costs one more download.
     *
     * @param transfers of all layers that were missing in the pile, lowest first
     */
    void publish(LayerPile pile, List<LayerTransfer> transfers) {
        List<StagedLayer> staged = new ArrayList<>();
        for (LayerTransfer transfer : transfers) {
            staged.add(transfer.result());
        }
        synchronized (publishing) {
            transfers.forEach(transfer -> partials.remove(transfer.blob().digest()));
            pile.publish(staged);
        }
    }
}
