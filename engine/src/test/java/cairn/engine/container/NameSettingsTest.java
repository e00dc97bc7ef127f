package cairn.engine.container;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.name.Upstream;
import java.util.List;
import org.junit.jupiter.api.Test;

class NameSettingsTest {
    private static NameSettings of(String host, List<String> dns, List<String> search, List<String> options) {
        return NameSettings.of(host, dns, search, options, false);
    }

    private static List<String> servers(NameSettings settings) {
        return settings.upstream().servers().stream()
                .map(server ->
                        (server.fromHost() ? "host " : "") + server.address().getHostAddress())
                .toList();
    }

    @Test
    void theHostsFileDecides() {
        NameSettings settings = of("""
                # systemd
                nameserver 127.0.0.53
                nameserver   192.0.2.1
                nameserver fe80::1
                ; more
                domain old
                search example.org corp
                options edns0 trust-ad
                sortlist 130.155.160.0
                """, List.of(), List.of(), List.of());
        assertThat(settings.file()).endsWith("""

                nameserver 127.0.0.11
                search example.org corp
                options edns0 trust-ad ndots:0
                sortlist 130.155.160.0

                # Based on host file: '/etc/resolv.conf' (internal resolver)
                # ExtServers: [host(127.0.0.53) 192.0.2.1 host(fe80::1)]
                # Overrides: []
                # Option ndots from: internal
                """);
        assertThat(servers(settings)).containsExactly("host 127.0.0.53", "192.0.2.1", "host fe80:0:0:0:0:0:0:1");
        assertThat(settings.upstream().ndotsSet()).isFalse();
    }

    @Test
    void optionsReplaceItPartByPart() {
        NameSettings settings = of(
                "nameserver 127.0.0.53\nsearch a\noptions ndots:2\n",
                List.of("127.0.0.1", "2001:db8::1", "127.0.0.11", "192.0.2.4"),
                List.of("."),
                List.of("timeout:1", "ndots:3"));
        assertThat(settings.file()).endsWith("""

                nameserver 127.0.0.11
                options timeout:1 ndots:3

                # Based on host file: '/etc/resolv.conf' (internal resolver)
                # ExtServers: [127.0.0.1 2001:db8::1 127.0.0.11 192.0.2.4]
                # Overrides: [nameservers search options]
                # Option ndots from: override
                """);
        // The container's own loopback, and never itself.
        assertThat(servers(settings)).containsExactly("127.0.0.1", "2001:db8:0:0:0:0:0:1", "192.0.2.4");
        assertThat(settings.upstream().ndotsSet()).isTrue();
    }

    @Test
    void ndotsOfTheHostCountsAndNonsenseDoesNot() {
        assertThat(of("options ndots:5\n", List.of(), List.of(), List.of()).file())
                .contains("options ndots:5\n", "ndots from: host", "# NO EXTERNAL NAMESERVERS DEFINED\n");
        NameSettings bad = of("options ndots:x\nnameserver one.one\n", List.of(), List.of(), List.of());
        assertThat(bad.file())
                .contains("options ndots:0\n", "ndots from: internal", "# Invalid nameservers: [one.one]\n");
        assertThat(bad.upstream()).isEqualTo(new Upstream(List.of(), false));
        assertThat(of("", List.of(), List.of(), List.of("ndots:0")).upstream().ndotsSet())
                .isFalse();
    }
}
