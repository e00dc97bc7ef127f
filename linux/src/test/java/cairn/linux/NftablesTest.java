package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
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

    @Test
    void eachTransactionHasTheNextNumberAndQuestionsAndRefusalsHaveNone() {
        OwnNamespaces.run(OwnNamespaces.NETWORK, () -> {
            int begin = Nftables.generation();
            String table =
                    "table ip ours { chain c { type filter hook output priority raw; ip daddr 10.0.0.1 drop; }; }";
            Nftables.run(table);
            assertThat(Nftables.generation()).isEqualTo(begin + 1);
            Nftables.run("list ruleset");
            assertThatThrownBy(() -> Nftables.run("create table ip ours")).isInstanceOf(NftablesException.class);
            assertThat(Nftables.generation()).isEqualTo(begin + 1);
            Nftables.run("add table ip ours\ndelete table ip ours\n" + table);
            assertThat(Nftables.generation()).isEqualTo(begin + 2);
            // Another namespace counts for itself.
            OwnNamespaces.run(
                    OwnNamespaces.NETWORK,
                    () -> assertThat(Nftables.generation()).isEqualTo(begin));
        });
    }

    /** What the library waits with, select(2), ends the process at a descriptor from 1,024 on: so this runs in one of its own. */
    @Test
    void descriptorsBeyondWhatSelectKnowsDoNoHarm() {
        String output = Program.output(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Crowd.class.getName());
        assertThat(output).isEqualTo("fine");
    }

    /** Has more descriptors open than select(2) knows, and uses nftables in a network namespace of its own. */
    static final class Crowd {
        private static final int MANY = 1_100;

        private Crowd() {}

        public static void main(String[] arguments) throws Exception {
            List<FileInputStream> crowd = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                crowd.add(new FileInputStream("/dev/null"));
            }
            OwnNamespaces.run(OwnNamespaces.NETWORK, () -> {
                try (TableWatch watch = TableWatch.open("ours"::equals);
                        Nftables kept = new Nftables()) {
                    Nftables.run("table ip ours {\n  set s {\n    type ipv4_addr\n  }\n}");
                    assertThat(kept.transact("list tables")).isEqualTo("table ip ours\n");
                    assertThatThrownBy(() -> kept.transact("add rule ip ours nowhere accept"))
                            .isInstanceOf(NftablesException.class)
                            .hasMessageContaining("No such file or directory");
                    for (FileInputStream one : crowd) {
                        one.close();
                    }
                    assertThat(kept.transact("list tables")).isEqualTo("table ip ours\n");
                    crowd.clear();
                    for (int i = 0; i < MANY; i++) {
                        crowd.add(new FileInputStream("/dev/null"));
                    }
                    // The socket that it has kept since is one of those that select(2) knows.
                    kept.transact("add table ip more");
                    assertThat(Nftables.runJson("list tables")).contains("\"ours\"", "\"more\"");
                    Nftables.run("delete table ip ours");
                    // It is told of that when the thread that did it has ended.
                    FutureTask<Boolean> damage = new FutureTask<>(watch::awaitDamage);
                    Thread.ofPlatform().start(damage);
                    Thread.sleep(100);
                    watch.stop();
                    Nftables.run("delete table ip more");
                    assertThat(damage.get()).isFalse();
                }
            });
            assertThat(Nftables.run("list tables")).doesNotContain("table ip ours\n");
            System.out.println("fine");
        }
    }
}
