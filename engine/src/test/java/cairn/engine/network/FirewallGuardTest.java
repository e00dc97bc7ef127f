package cairn.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.linux.Nftables;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FirewallGuardTest {
    private static final List<String> NAMES = List.of("cairn_a", "cairn_b", "cairn_c", "cairn_d", "cairn_e");

    private static FirewallTable table(String name, Nftables nftables) {
        InterfaceAddress address = Objects.requireNonNull(Subnet.cidr("10.9.0.1/24"));
        BridgeFamily ipv4 = new BridgeFamily(address.subnet(), address.address(), true, GatewayMode.NAT, true);
        FirewallTable table = new FirewallTable(name.substring("cairn_".length()), true, nftables);
        table.put(new TableRules(name.substring("cairn_".length()), List.of(), ipv4, null, false, true, List.of()));
        return table;
    }

    /** Exit status. */
    private static int nft(String... command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isThere(String table) {
        return nft("nft", "list", "chain", "ip", table, "prerouting") == 0;
    }

    private static boolean comesBack(String table) {
        assertThat(nft("nft", "delete", "table", "ip", table)).isZero();
        long end = System.nanoTime() + 5_000_000_000L;
        while (!isThere(table) && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        return isThere(table);
    }

    @Test
    void whatIsTakenAwayWhileOtherTablesAreRepairedComesBackToo() throws Exception {
        OwnNetwork.call(() -> {
            try (Nftables nftables = new Nftables();
                    FirewallGuard guard = new FirewallGuard()) {
                NAMES.forEach(name -> guard.add(table(name, nftables)));
                guard.begin();
                for (String name : NAMES) {
                    assertThat(comesBack(name)).as("%s once", name).isTrue();
                    assertThat(comesBack(name)).as("%s twice", name).isTrue();
                }
                return true;
            }
        });
    }
}
