package cairn.engine.distribution;

import cairn.engine.error.EngineException;
import cairn.engine.layer.Layers;
import cairn.engine.layer.StagedLayer;
import cairn.oci.Descriptor;
import cairn.oci.DiffId;
import cairn.oci.InvalidReferenceException;
import cairn.oci.MediaTypes;
import cairn.oci.Reference;
import cairn.oci.registry.Credentials;
import cairn.oci.registry.RegistryException;
import cairn.oci.registry.Repository;
import java.util.List;
import java.util.OptionalLong;

/** One layer again from where it once came, without its image: asked of every registry that is on record for it, the last one first. */
public final class LayerRefetch {
    private final RegistryAccess access;
    private final DistributionSettings settings;
    private final Layers layers;
    private final PartialBlobs partials;
    private final DistributionRecords records;

    LayerRefetch(
            RegistryAccess access,
            DistributionSettings settings,
            Layers layers,
            PartialBlobs partials,
            DistributionRecords records) {
        this.access = access;
        this.settings = settings;
        this.layers = layers;
        this.partials = partials;
        this.records = records;
    }

    /** Repositories that have, or had, the layer; none where it never came from a registry. */
    public List<String> sources(DiffId layer) {
        return records.sources(layer).reversed().stream()
                .map(DistributionRecords.Source::repository)
                .distinct()
                .toList();
    }

    /**
     * Downloads, verifies and unpacks it, aside. Without credentials: what is not public has to be pulled.
     *
     * @throws EngineException Registry of the last one that was asked; BadArchive, DiskFull
     */
    public StagedLayer fetch(DiffId layer) {
        EngineException failure = RegistryAccess.missing("no registry is on record for layer " + layer);
        for (DistributionRecords.Source source : records.sources(layer).reversed()) {
            try {
                return fetch(layer, source);
            } catch (EngineException e) {
                failure = e;
            } catch (RegistryException e) {
                failure = RegistryAccess.transferFault(e);
            } catch (InvalidReferenceException e) {
                failure = RegistryAccess.invalid(String.valueOf(e.getMessage()));
            }
        }
        throw failure;
    }

    private StagedLayer fetch(DiffId layer, DistributionRecords.Source source) throws RegistryException {
        Repository repository =
                access.repository(Reference.parseNormalized(source.repository()), Credentials.ANONYMOUS);
        OptionalLong size = repository.blobSize(source.digest());
        if (size.isEmpty()) {
            throw RegistryAccess.missing(source.repository() + " does not have blob " + source.digest() + " any more");
        }
        LayerTransfer transfer = new LayerTransfer(
                layers,
                partials,
                repository,
                new Descriptor(MediaTypes.DOCKER_LAYER_GZIP, source.digest(), size.getAsLong()),
                layer,
                settings.attempts(),
                () -> {});
        transfer.run();
        StagedLayer staged = transfer.result();
        partials.remove(source.digest());
        return staged;
    }
}
