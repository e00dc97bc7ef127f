package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TableWatchTest {
    private static void nft(String command) {
        try {
            assertThat(new ProcessBuilder("nft", command).inheritIO().start().waitFor())
                    .isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Timeout(30)
    void whatOthersTakeAwayIsNoticedAndNothingElse() {
        OwnNamespaces.run(OwnNamespaces.NETWORK, () -> {
            try (TableWatch watch = TableWatch.open("ours"::equals)) {
                Nftables.run(
                        "table ip ours {\n  set s {\n    type ipv4_addr\n  }\n}\nadd element ip ours s { 10.0.0.1 }");
                Nftables.run("delete element ip ours s { 10.0.0.1 }");
                nft("add element ip ours s { 10.0.0.2 }");
                nft("add table ip ours2");
                nft("delete table ip ours2");
                nft("add table inet ours");
                nft("delete table inet ours");
                nft("delete element ip ours s { 10.0.0.2 }");
                assertThat(watch.awaitDamage()).isTrue();
                watch.skip();
                nft("flush ruleset");
                assertThat(watch.awaitDamage()).isTrue();
                assertThat(Nftables.run("list ruleset")).isEmpty();
                watch.stop();
                nft("add table ip ours");
                assertThat(watch.awaitDamage()).isFalse();
            }
        });
    }
}
