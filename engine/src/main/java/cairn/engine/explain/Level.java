package cairn.engine.explain;

import cairn.engine.layer.Layer;
import cairn.engine.layer.ReadWriteLayer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a pile, whatever it belongs to.
 *
 * @param kind {@code writable}, {@code init} or {@code image}
 * @param diff the directory whose content is the layer
 * @param layer null for a container's own two
 * @param instruction that made it, empty where nothing says so
 * @param created in the config's own text, else empty
 */
record Level(
        String kind,
        String link,
        String cacheId,
        Path diff,
        @Nullable Layer layer,
        String instruction,
        String created) {
    static final String WRITABLE = "writable";
    static final String INIT = "init";
    static final String IMAGE = "image";

    static Level writable(ReadWriteLayer layer) {
        return new Level(WRITABLE, layer.link(), layer.mountId(), layer.upper(), null, "", "");
    }

    static Level init(ReadWriteLayer layer) {
        return new Level(
                INIT, layer.initLink(), layer.initId(), layer.initDirectory().resolve("diff"), null, "", "");
    }

    static Level image(Layer layer, String instruction, String created) {
        return new Level(IMAGE, layer.link(), layer.cacheId(), layer.diff(), layer, instruction, created);
    }

    String diffId() {
        return layer == null ? "" : layer.diffId().toString();
    }

    String chainId() {
        return layer == null ? "" : layer.chainId().toString();
    }
}
