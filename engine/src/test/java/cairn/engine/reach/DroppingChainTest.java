package cairn.engine.reach;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DroppingChainTest {
    private static final String CHAINS = """
            table ip filter {
            \tchain FORWARD {
            \t\ttype filter hook forward priority filter; policy drop;
            \t}
            \tchain DOCKER-USER {
            \t}
            }
            table inet firewalld {
            \tchain filter_INPUT {
            \t\ttype filter hook input priority filter + 10; policy accept;
            \t}
            \tchain nat_POSTROUTING {
            \t\ttype nat hook postrouting priority srcnat + 10; policy accept;
            \t}
            }
            table ip cairn_cairn0 {
            \tchain foreign {
            \t\ttype filter hook prerouting priority raw; policy accept;
            \t}
            }
            """;

    @Test
    void chainsThatTheKernelCallsOnTheWayInAreFoundWithoutOurs() {
        assertThat(DroppingChain.bases(CHAINS))
                .containsExactly(
                        new DroppingChain.Base(
                                "ip",
                                "filter",
                                "FORWARD",
                                "forward",
                                "type filter hook forward priority filter; policy drop;"),
                        new DroppingChain.Base(
                                "inet",
                                "firewalld",
                                "filter_INPUT",
                                "input",
                                "type filter hook input priority filter + 10; policy accept;"));
        assertThat(DroppingChain.bases(CHAINS).getFirst().drops()).isTrue();
        assertThat(DroppingChain.bases(CHAINS).getLast().drops()).isFalse();
    }

    private static String chain(String rules) {
        return "table inet firewalld {\n\tchain c {\n\t\ttype filter hook input priority 10; policy accept;\n" + rules
                + "\t}\n}\n";
    }

    @Test
    void aLastRuleWithoutAConditionDropsAsWell() {
        String reject = "reject with icmpx admin-prohibited";
        assertThat(DroppingChain.lastRule(chain("\t\tct state established accept\n\t\t" + reject + "\n")))
                .isEqualTo(reject);
        assertThat(DroppingChain.lastRule(chain("\t\tcounter packets 12 bytes 720 drop\n")))
                .isEqualTo("counter packets 12 bytes 720 drop");
        assertThat(DroppingChain.lastRule(chain("\t\tdrop\n\t\taccept\n"))).isEmpty();
        assertThat(DroppingChain.lastRule(chain("\t\tct state invalid drop\n"))).isEmpty();
        assertThat(DroppingChain.lastRule(chain(""))).isEmpty();
    }
}
