package cairn.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final Digest A = Digest.parse("sha256:" + HEX);

    @Test
    void manifestIsWrittenAndReadBack() throws InvalidDocumentException {
        Manifest manifest = new Manifest(
                MediaTypes.OCI_MANIFEST,
                new Descriptor(MediaTypes.OCI_CONFIG, A, 7),
                List.of(new Descriptor(
                        MediaTypes.OCI_LAYER_ZSTD, A, 1L << 40, Map.of("k", "v<"), null, List.of("http://x"), null)),
                Map.of("a", "b"),
                new Descriptor(MediaTypes.OCI_MANIFEST, A, 1),
                "application/x");
        assertThat(text(manifest.toJson()))
                .isEqualTo(
                        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"artifactType\":\"application/x\","
                                + "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\""
                                + A + "\",\"size\":7},"
                                + "\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+zstd\",\"digest\":\""
                                + A
                                + "\",\"size\":1099511627776,\"urls\":[\"http://x\"],\"annotations\":{\"k\":\"v\\u003c\"}}],"
                                + "\"subject\":{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\""
                                + A + "\",\"size\":1},"
                                + "\"annotations\":{\"a\":\"b\"}}");
        assertThat(Manifest.parse(manifest.toJson())).isEqualTo(manifest);
    }

    @Test
    void indexIsWrittenAndReadBack() throws InvalidDocumentException {
        Platform platform = new Platform("linux", "arm", "v7", "1.2", List.of("f"));
        Index index = new Index(
                MediaTypes.DOCKER_MANIFEST_LIST,
                List.of(
                        new Descriptor(MediaTypes.DOCKER_MANIFEST, A, 5, Map.of(), platform, List.of(), null),
                        new Descriptor(
                                MediaTypes.DOCKER_MANIFEST,
                                A,
                                5,
                                Map.of(),
                                new Platform("linux", "amd64", null),
                                List.of(),
                                null)));
        assertThat(Index.parse(index.toJson())).isEqualTo(index);
        assertThat(text(index.toJson()))
                .contains(
                        "\"platform\":{\"architecture\":\"arm\",\"os\":\"linux\",\"os.version\":\"1.2\",\"os.features\":[\"f\"],\"variant\":\"v7\"}");
    }

    @Test
    void missingMediaTypeIsTakenForOcis() throws InvalidDocumentException {
        assertThat(Manifest.parse(bytes(
                                "{\"schemaVersion\":2,\"config\":{\"digest\":\"" + A + "\",\"size\":1},\"layers\":[]}"))
                        .mediaType())
                .isEqualTo(MediaTypes.OCI_MANIFEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'schemaVersion':2,'config':C,'layers':[],'manifests':[]}",
                "{'schemaVersion':2,'config':C,'layers':[],'Layers':[]}",
                "{'schemaVersion':2,'config':C,'layers':[],'layers':[]}",
                "{'schemaVersion':2,'config':C,'layers':[],'l\\u0061yers':[]}",
                "{'schemaVersion':2,'config':C,'Config':C,'layers':[]}",
                "{'schemaVersion':2,'config':C,'layers':[],'fsLayers':[]}",
                "{'schemaVersion':1,'config':C,'layers':[]}",
                "{'schemaVersion':'2','config':C,'layers':[]}",
                "{'schemaVersion':2.5,'config':C,'layers':[]}",
                "{'config':C,'layers':[]}",
                "{'schemaVersion':2,'layers':[]}",
                "{'schemaVersion':2,'config':C}",
                "{'schemaVersion':2,'config':[],'layers':[]}",
                "{'schemaVersion':2,'config':C,'layers':{}}",
                "{'schemaVersion':2,'config':C,'layers':[null]}",
                "{'schemaVersion':2,'config':{'digest':'sha256:../../etc','size':1},'layers':[]}",
                "{'schemaVersion':2,'config':{'digest':'D','size':-1},'layers':[]}",
                "{'schemaVersion':2,'config':{'digest':'D','size':1,'Size':2},'layers':[]}",
                "{'schemaVersion':2,'config':{'digest':'D','size':1,'size':2},'layers':[]}",
                "{'schemaVersion':2,'config':{'digest':'D','size':99999999999999999999},'layers':[]}",
                "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.index.v1+json','config':C,'layers':[]}",
                "{'schemaVersion':2,'mediaType':'text/plain','config':C,'layers':[]}",
                "\ufeff{'schemaVersion':2,'config':C,'layers':[]}"
            })
    void ambiguousManifestIsRefused(String template) {
        assertThatThrownBy(() -> Manifest.parse(filled(template))).isInstanceOf(InvalidDocumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'schemaVersion':2,'manifests':[],'config':C}",
                "{'schemaVersion':2,'manifests':[],'layers':[]}",
                "{'schemaVersion':2,'manifests':[],'Manifests':[]}",
                "{'schemaVersion':2,'manifests':[],'manifests':[]}",
                "{'schemaVersion':2}",
                "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.manifest.v1+json','manifests':[]}",
                "{'schemaVersion':2,'manifests':[{'digest':'D','size':1,'platform':[]}]}",
                "{'schemaVersion':2,'manifests':[{'size':1}]}"
            })
    void ambiguousIndexIsRefused(String template) {
        assertThatThrownBy(() -> Index.parse(filled(template))).isInstanceOf(InvalidDocumentException.class);
    }

    @Test
    void layersAndBytesAreLimited() {
        String layers = (descriptor() + ",").repeat(500) + descriptor();
        assertThatThrownBy(() -> Manifest.parse(filled("{'schemaVersion':2,'config':C,'layers':[" + layers + "]}")))
                .hasMessage("manifest: \"layers\" is not a list of at most 500");
        assertThatThrownBy(() -> Manifest.parse(new byte[Manifest.MAX_BYTES + 1]))
                .hasMessage("manifest is larger than 4194304 bytes");
        assertThatThrownBy(() -> Index.parse(new byte[Manifest.MAX_BYTES + 1]))
                .hasMessage("index is larger than 4194304 bytes");
    }

    private static String descriptor() {
        return "{'mediaType':'x','digest':'" + A + "','size':1}";
    }

    private static byte[] filled(String template) {
        return bytes(template.replace(":C", ":" + descriptor())
                .replace("'D'", "'" + A + "'")
                .replace('\'', '"'));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
