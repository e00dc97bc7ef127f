package cairn.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.wire.explain.HolderExplanation;
import cairn.wire.explain.HopExplanation;
import cairn.wire.explain.ListenerExplanation;
import cairn.wire.explain.PortExplanation;
import cairn.wire.explain.ProbeExplanation;
import cairn.wire.explain.RuleExplanation;
import cairn.wire.explain.TraceExplanation;
import cairn.wire.explain.WayExplanation;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReachPictureTest {
    private static final HopExplanation RULE =
            new HopExplanation("firewall", "it becomes 172.17.0.2:80", "tcp . 8080 : 172.17.0.2 . 80", "passes", "");
    private static final HopExplanation STOP =
            new HopExplanation("listener", "nothing listens on 80/tcp in web", "", "stops", "start it");
    private static final ListenerExplanation LISTENER =
            new ListenerExplanation("::1", 80, "tcp", 7, List.of("httpd", "-f"), "web", false);

    @Test
    void waysThatAreTheSameAreDrawnOnce() {
        HolderExplanation holder = new HolderExplanation(
                List.of("0.0.0.0:8080"),
                "web",
                "id",
                "172.17.0.2:80/tcp",
                "bridge",
                List.of(),
                List.of(
                        new WayExplanation("another host", true, List.of(RULE)),
                        new WayExplanation("this host, to 127.0.0.1", false, List.of(STOP)),
                        new WayExplanation("a container on another network", true, List.of(RULE))),
                List.of(STOP),
                List.of(LISTENER),
                false,
                "0.0.0.0:8080/tcp belongs to container web, but nothing listens",
                "start it");
        PortExplanation port = new PortExplanation(
                "8080/tcp",
                holder.summary(),
                "start it",
                List.of(holder),
                List.of(new RuleExplanation("ip filter FORWARD", "policy drop", "drops what is forwarded")));
        assertThat(PortPicture.of(port)).isEqualTo("""
                0.0.0.0:8080/tcp belongs to container web, but nothing listens

                Port 0.0.0.0:8080 of container web, 172.17.0.2:80/tcp
                  network       bridge

                From another host
                and from a container on another network
                  ok    firewall      it becomes 172.17.0.2:80
                                      tcp . 8080 : 172.17.0.2 . 80

                From this host, to 127.0.0.1
                  STOP  listener      nothing listens on 80/tcp in web

                To the program in web, from all of these
                  STOP  listener      nothing listens on 80/tcp in web

                What listens in web
                  [::1]:80/tcp  pid 7  httpd -f

                What to do
                  start it

                Chains of others that drop what their rules do not accept
                  ip filter FORWARD
                    policy drop
                      drops what is forwarded
                """);
    }

    @Test
    void aTraceEndsWithTheRealPacket() {
        TraceExplanation trace = new TraceExplanation(
                "web",
                "db",
                "80/tcp",
                "172.17.0.2",
                false,
                "web does not reach db: nothing listens",
                "start it",
                List.of(RULE, STOP),
                List.of(LISTENER),
                new ProbeExplanation("connect", "172.17.0.2:80", "refused", false, 1));
        assertThat(TracePicture.of(trace)).isEqualTo("""
                web does not reach db: nothing listens

                The way from web to db
                  ok    firewall      it becomes 172.17.0.2:80
                                      tcp . 8080 : 172.17.0.2 . 80
                  STOP  listener      nothing listens on 80/tcp in web
                  STOP  connect       172.17.0.2:80 from web: refused, after 1 ms

                What listens there
                  [::1]:80/tcp  pid 7  httpd -f

                What to do
                  start it
                """);
    }
}
