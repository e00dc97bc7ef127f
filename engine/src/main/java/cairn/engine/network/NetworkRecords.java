package cairn.engine.network;

import cairn.engine.store.DataRoot;
import cairn.engine.store.Durability;
import cairn.wire.Json;
import cairn.wire.network.ConfigReference;
import cairn.wire.network.Ipam;
import cairn.wire.network.IpamPool;
import cairn.wire.network.NetworkInspect;
import cairn.wire.network.StoredNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Networks on disk, a document {@code cairn/networks/ID.json} for each. */
final class NetworkRecords {
    private static final System.Logger LOG = System.getLogger(NetworkRecords.class.getName());
    private static final long LIMIT = 8 << 20;
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}\\.json");

    private final DataRoot root;

    NetworkRecords(DataRoot root) {
        this.root = root;
    }

    /** Durable when it returns: the network is acknowledged after it, and its bridge made. */
    void save(Network network) {
        byte[] record = Json.write(new StoredNetwork(view(network), given(network, false), given(network, true)));
        if (record.length > LIMIT) {
            throw new cairn.engine.error.Problem.InvalidParameter(
                            "the network's record would be larger than " + LIMIT + " bytes")
                    .exception();
        }
        root.files().write(file(network.id()), record, 0600, Durability.POWER);
    }

    private static boolean given(Network network, boolean v6) {
        Network.Pool pool = network.pool(v6);
        return pool != null && pool.given();
    }

    void delete(String id) throws IOException {
        Files.deleteIfExists(file(id));
    }

    private Path file(String id) {
        return root.networks().resolve(id + ".json");
    }

    /** One that cannot be read is reported and left as it is. */
    List<Network> load() {
        List<Network> networks = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root.networks())) {
            for (Path file : files) {
                Network network =
                        NAME.matcher(String.valueOf(file.getFileName())).matches() ? read(file) : null;
                if (network != null) {
                    networks.add(network);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(System.Logger.Level.ERROR, "networks cannot be listed: {0}", e.getMessage());
        }
        return networks;
    }

    private static @Nullable Network read(Path file) {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LIMIT) {
                throw new IOException("it is no small regular file");
            }
            return network(Json.read(StoredNetwork.class, Files.readAllBytes(file)), file);
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "network record {0} cannot be read: {1}", file, e.getMessage());
            return null;
        }
    }

    private static Network network(StoredNetwork stored, Path file) throws IOException {
        NetworkInspect view = stored.network();
        Network.Driver driver = view == null ? null : Network.Driver.of(view.driver());
        if (view == null
                || driver == null
                || !file.endsWith(view.id() + ".json")
                || view.name().isEmpty()) {
            throw new IOException("it lacks its id, name or driver");
        }
        List<Network.Pool> pools = new ArrayList<>();
        for (IpamPool pool :
                view.ipam().config() == null ? List.<IpamPool>of() : view.ipam().config()) {
            InterfaceAddress subnet = Subnet.cidr(pool.subnet());
            InterfaceAddress range = pool.ipRange().isEmpty() ? null : Subnet.cidr(pool.ipRange());
            if (subnet == null) {
                throw new IOException("no subnet: " + pool.subnet());
            }
            Map<String, InetAddress> auxiliary = new LinkedHashMap<>();
            if (pool.auxiliaryAddresses() != null) {
                pool.auxiliaryAddresses().forEach((name, text) -> {
                    InetAddress address = Subnet.literal(text);
                    if (address != null) {
                        auxiliary.put(name, address);
                    }
                });
            }
            pools.add(new Network.Pool(
                    subnet.subnet(),
                    range == null ? null : range.subnet(),
                    Subnet.literal(pool.gateway()),
                    auxiliary,
                    subnet.subnet().v6() ? stored.givenIpv6() : stored.givenIpv4()));
        }
        return new Network(
                view.id(),
                view.name(),
                Instant.parse(view.created()),
                driver,
                view.enableIpv4(),
                view.enableIpv6(),
                pools,
                view.internal(),
                view.attachable(),
                view.configOnly(),
                view.configFrom().network(),
                view.options(),
                view.labels(),
                view.ipam().options() == null ? Map.of() : view.ipam().options(),
                false);
    }

    /** As the API shows it, without containers. */
    static NetworkInspect view(Network network) {
        List<IpamPool> pools = new ArrayList<>();
        for (Network.Pool pool : network.pools()) {
            Map<String, String> auxiliary = new LinkedHashMap<>();
            pool.auxiliary().forEach((name, address) -> auxiliary.put(name, Subnet.format(address)));
            pools.add(new IpamPool(
                    pool.subnet().toString(),
                    pool.range() == null ? "" : pool.range().toString(),
                    pool.gateway() == null ? "" : Subnet.format(pool.gateway()),
                    auxiliary.isEmpty() ? null : auxiliary));
        }
        return new NetworkInspect(
                network.name(),
                network.id(),
                network.created().toString(),
                "local",
                network.driver().toString(),
                network.ipv4(),
                network.ipv6(),
                new Ipam("default", network.predefined() ? null : network.ipamOptions(), pools),
                network.internal(),
                network.attachable(),
                false,
                new ConfigReference(network.configFrom()),
                network.configOnly(),
                Map.of(),
                network.options(),
                network.labels());
    }
}
