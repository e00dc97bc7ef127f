package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NftablesTest {
    @Test
    void transactionsTakeEffectWholeOrNotAtAll() {
        assertThat(Nftables.available()).isTrue();
        OwnNamespaces.run(OwnNamespaces.NETWORK, () -> {
            assertThat(Nftables.run("""
                    table ip cairn {
                        map ports { type inet_service : ipv4_addr . inet_service; }
                        chain post {
                            type nat hook postrouting priority srcnat;
                            ip saddr 172.17.0.0/16 masquerade
                        }
                    }
                    add element ip cairn ports { 8080 : 172.17.0.2 . 80 }
                    """)).isEmpty();
            assertThat(Nftables.run("list ruleset")).contains("masquerade", "8080 : 172.17.0.2 . 80");
            assertThat(Nftables.runJson("list tables")).startsWith("{\"nftables\":");

            assertThatThrownBy(() -> Nftables.run("add table ip other\nadd rule ip cairn nowhere accept\n"))
                    .isInstanceOf(NftablesException.class)
                    .hasMessageContaining("No such file or directory");
            assertThatThrownBy(() -> Nftables.run("add add\n")).hasMessageContaining("syntax error");
            assertThat(Nftables.run("list tables")).isEqualTo("table ip cairn\n");
        });
        assertThat(Nftables.run("list tables")).doesNotContain("table ip cairn\n");
    }

    @Test
    void aSocketThatIsKeptSeesWhatOthersChangeAndOutlivesRefusals() {
        OwnNamespaces.run(OwnNamespaces.NETWORK, () -> {
            try (Nftables kept = new Nftables()) {
                for (int i = 0; i < 50; i++) {
                    assertThat(
                                    kept.transact(
                                            "add table ip ours\ndelete table ip ours\ntable ip ours { set s { type ipv4_addr; }; }"))
                            .isEmpty();
                    assertThatThrownBy(() -> kept.transact("add table ip more\nadd element ip ours nosuch { 1.2.3.4 }"))
                            .isInstanceOf(NftablesException.class);
                    assertThatThrownBy(() -> kept.transact("add add\n")).hasMessageContaining("syntax error");
                    Nftables.run("add element ip ours s { 10.0.0." + i + " }");
                    assertThat(kept.transact("list table ip ours")).contains("10.0.0." + i);
                    Nftables.run("flush ruleset");
                    assertThat(kept.transact("list tables")).isEmpty();
                }
                kept.close();
                assertThat(kept.transact("add table ip again\nlist tables")).isEqualTo("table ip again\n");
            }
        });
    }
}
