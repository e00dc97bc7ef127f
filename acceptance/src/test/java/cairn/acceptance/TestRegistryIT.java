package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The registries that other tests use, judged by skopeo: so that a failure there is Cairn's. */
final class TestRegistryIT {
    @Test
    void eachKindOfRegistryServesSkopeoAndNobodyWithoutThePassword() throws Exception {
        Path work = TestDaemon.newDirectory();
        try (TestRegistry plain = TestRegistry.plain();
                TestRegistry tls = TestRegistry.tls();
                TestRegistry password = TestRegistry.withPassword();
                TestRegistry tokens = TestRegistry.withTokens()) {
            Path layer = Images.tar(
                    Files.createDirectories(work.resolve("root/etc")).getParent(), work.resolve("layer.tar"));
            Path archive = Images.archive(work, "a:1", "", java.util.List.of(layer));
            String image = "docker-archive:" + archive;
            plain.copyIn(image, "a:1");
            tls.copyIn(image, "a:1");
            password.copyIn(image, "a:1", "--dest-creds=user:secret");
            tokens.copyIn(image, "a:1", "--dest-creds=user:secret");
            tls.trustIn(work.resolve("certs.d"));
            Command.run(
                            "skopeo",
                            "inspect",
                            "--cert-dir=" + work.resolve("certs.d/" + tls.address()),
                            "docker://" + tls.image("a:1"))
                    .ok();
            assertThat(plain.manifest("a", "1")).isNotEmpty();
            for (TestRegistry closed : new TestRegistry[] {password, tokens}) {
                String name = "docker://" + closed.image("a:1");
                Command.run("skopeo", "inspect", "--tls-verify=false", "--creds=user:secret", name)
                        .ok();
                Command.run("skopeo", "inspect", "--tls-verify=false", name).fails(1);
                Command.run("skopeo", "inspect", "--tls-verify=false", "--creds=user:wrong", name)
                        .fails(1);
            }
        } finally {
            TestDaemon.deleteTree(work);
        }
    }
}
