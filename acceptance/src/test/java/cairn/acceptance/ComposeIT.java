package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cairn.acceptance.Command.Result;
import cairn.acceptance.ComposeProject.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Projects in the shapes that people use, under both composes, unchanged. Those of the quick run are with the plugin where it has been built,
 * else with the old one, a few with both; with {@code CAIRN_LONG} all are with both.
 */
final class ComposeIT {
    private static TestDaemon daemon;
    private static DockerCli docker;
    private static LeakLedger before;
    private static List<Client> clients;

    @BeforeAll
    static void start() {
        TestDaemon.onlyCairn("Docker's daemon runs in a network namespace of its own here");
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        clients = ComposeProject.clients(daemon);
        Images.importBusybox(daemon, "busybox");
        daemon.awaitWarm();
        before = LeakLedger.of(daemon);
    }

    @AfterAll
    static void end() {
        if (daemon == null) {
            return;
        }
        try {
            before.awaitSame(daemon);
        } finally {
            daemon.close();
        }
    }

    /** Both of them for what differs between them, and in the long run for everything. */
    static Stream<Client> both() {
        return ComposeProject.available(clients);
    }

    static Stream<Client> one() {
        return ComposeProject.preferred(clients);
    }

    private static ComposeProject project(Client client, String name, String file) {
        return ComposeProject.of(daemon, client, name + client.name().toLowerCase(java.util.Locale.ROOT), file);
    }

    /** What the web servers of these projects run. */
    private static final String HTTPD =
            "sh -c 'mkdir /www && echo %s > /www/index.html && exec httpd -f -p 80 -h /www'";

    // ---- the ordinary project

    @ParameterizedTest
    @MethodSource("both")
    void aWebServerAnApplicationADatabaseAndACache(Client client) {
        String file = """
                services:
                  web:
                    image: busybox
                    command: %s
                    ports: ["80"]
                    depends_on: {app: {condition: service_started}}
                    networks: [front]
                  app:
                    image: busybox
                    command: sh -c 'nslookup db && nslookup cache && exec sleep 1000'
                    depends_on: {db: {condition: service_healthy}, cache: {condition: service_started}}
                    networks: {front: {}, back: {aliases: [application]}}
                  db:
                    image: busybox
                    command: sh -c 'sleep 0.3; echo ready > /ready; exec sleep 1000'
                    healthcheck: {test: [CMD, test, -s, /ready], interval: 200ms, retries: 20}
                    volumes: ["data:/data"]
                    networks: [back]
                  cache:
                    image: busybox
                    command: sleep 1000
                    tmpfs: /cache
                    networks: [back]
                networks: {front: {}, back: {}}
                volumes: {data: {}}
                """.formatted(HTTPD.formatted("hello"));
        try (ComposeProject project = project(client, "shop", file)) {
            project.ok("up", "-d");
            assertThat(docker.inspect(project.container("db", 1), "{{.State.Health.Status}}"))
                    .isEqualTo("healthy");
            assertThat(project.get("web", 80)).isEqualTo("hello");
            assertThat(project.exec("web", "nslookup app >/dev/null && echo found"))
                    .isEqualTo("found");
            assertThat(project.run("exec", "-T", "web", "nslookup", "db").exit())
                    .isNotZero();
            assertThat(project.exec("db", "nslookup application")).contains("Name:");
            assertThat(project.exec("app", "mount | grep -c ' /cache ' || true"))
                    .isEqualTo("0");
            assertThat(project.exec("cache", "mount | grep -c ' /cache '")).isEqualTo("1");
            assertThat(project.ok("ps")).contains(project.container("web", 1), project.container("cache", 1));
            assertThat(docker.ok("network", "ls", "--format", "{{.Name}}"))
                    .contains(project.resource("front"), project.resource("back"));
            assertThat(docker.ok("volume", "ls", "-q")).contains(project.resource("data"));
            // Nothing has changed, nothing happens.
            String id = docker.inspect(project.container("db", 1), "{{.Id}}");
            project.ok("up", "-d");
            assertThat(docker.inspect(project.container("db", 1), "{{.Id}}")).isEqualTo(id);
            project.ok("down", "-t", "0");
            assertThat(docker.ok("ps", "-aq")).isEmpty();
            assertThat(docker.ok("volume", "ls", "-q")).contains(project.resource("data"));
            project.ok("down", "-v");
            assertThat(docker.ok("volume", "ls", "-q")).doesNotContain(project.resource("data"));
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void scaledServicesShareAName(Client client) {
        String file = """
                services:
                  worker: {image: busybox, command: sleep 1000, stop_grace_period: 0s}
                  asker: {image: busybox, command: sleep 1000, stop_grace_period: 0s}
                """;
        try (ComposeProject project = project(client, "scale", file)) {
            project.ok("up", "-d", "--scale", "worker=3");
            assertThat(addresses(project, "worker")).hasSize(3);
            assertThat(project.exec("asker", "nslookup " + project.container("worker", 2)))
                    .contains("Address");
            project.ok("up", "-d", "--scale", "worker=1");
            assertThat(addresses(project, "worker")).hasSize(1);
            project.ok("up", "-d", "--scale", "worker=2");
            assertThat(addresses(project, "worker")).hasSize(2);
        }
    }

    private static List<String> addresses(ComposeProject project, String service) {
        return project.exec("asker", "nslookup -type=a " + service + " | sed -n 's/^Address: *//p'")
                .lines()
                .filter(line -> !line.contains("127.0.0.11"))
                .distinct()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("both")
    void onlyWhatChangedIsMadeAgain(Client client) {
        String file = """
                services:
                  same: {image: busybox, command: sleep 1000, stop_grace_period: 0s}
                  other: {image: busybox, command: sleep 1000, stop_grace_period: 0s, environment: {A: "%s"}}
                """;
        try (ComposeProject project = project(client, "change", file.formatted("1"))) {
            project.ok("up", "-d");
            String same = docker.inspect(project.container("same", 1), "{{.Id}}");
            String other = docker.inspect(project.container("other", 1), "{{.Id}}");
            project.file("compose.yaml", file.formatted("2"));
            project.ok("up", "-d");
            assertThat(docker.inspect(project.container("same", 1), "{{.Id}}")).isEqualTo(same);
            assertThat(docker.inspect(project.container("other", 1), "{{.Id}}")).isNotEqualTo(other);
            assertThat(project.exec("other", "echo $A")).isEqualTo("2");
            project.ok("up", "-d", "--force-recreate", "same");
            assertThat(docker.inspect(project.container("same", 1), "{{.Id}}")).isNotEqualTo(same);
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void oneOffRunsAndExecs(Client client) {
        String file = """
                services:
                  app:
                    image: busybox
                    command: sleep 1000
                    stop_grace_period: 0s
                    working_dir: /tmp
                    user: "1000"
                    environment: {NAME: compose}
                  helper: {image: busybox, command: sleep 1000, stop_grace_period: 0s}
                """;
        try (ComposeProject project = project(client, "oneoff", file)) {
            project.ok("up", "-d", "helper");
            assertThat(project.run(
                                    "run",
                                    "--rm",
                                    "-T",
                                    "app",
                                    "sh",
                                    "-c",
                                    "echo $NAME; id -u; pwd; nslookup helper >/dev/null && exit 7")
                            .fails(7)
                            .out())
                    .isEqualTo("compose\n1000\n/tmp\n");
            assertThat(docker.ok("ps", "-aq").lines()).hasSize(1);
            project.ok("up", "-d", "app");
            assertThat(project.ok("exec", "-T", "-u", "0", "-e", "X=y", "app", "sh", "-c", "id -u; echo $X"))
                    .isEqualTo("0\ny");
            assertThat(project.run("exec", "-T", "app", "sh", "-c", "exit 3").exit())
                    .isEqualTo(3);
            assertThat(project.run("exec", "-T", "nobody", "true").exit()).isNotZero();
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void logsOfAllServices(Client client) {
        String file = """
                services:
                  one: {image: busybox, command: "sh -c 'echo from one; exec sleep 1000'", stop_grace_period: 0s}
                  two:
                    image: busybox
                    command: sh -c 'echo from two; echo bad >&2; exec sleep 1000'
                    stop_grace_period: 0s
                    logging: {driver: json-file, options: {max-size: 1m, max-file: "3"}}
                """;
        try (ComposeProject project = project(client, "logs", file)) {
            project.ok("up", "-d");
            Wait.until(
                    Duration.ofSeconds(10),
                    () -> "logs",
                    () -> project.ok("logs", "--no-color").contains("bad"));
            assertThat(project.ok("logs", "--no-color").replaceAll(" +", " "))
                    .contains("| from one", "| from two", "| bad");
            assertThat(project.ok("logs", "--no-color", "--tail", "1", "two"))
                    .contains("bad")
                    .doesNotContain("from two");
            assertThat(docker.inspect(project.container("two", 1), "{{json .HostConfig.LogConfig}}"))
                    .contains("\"max-file\":\"3\"");
            try (Command follow = project.start("logs", "-f", "--no-color")) {
                follow.awaitOutput("bad");
                project.ok("exec", "-T", "one", "sh", "-c", "echo later > /proc/1/fd/1");
                follow.awaitOutput("later");
                project.ok("stop", "-t", "0");
                follow.await();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void theVerbsOfDailyLife(Client client) {
        String file = """
                services:
                  app: {image: busybox, command: sleep 1000, stop_grace_period: 0s, ports: ["8080"], labels: {a: b}}
                """;
        try (ComposeProject project = project(client, "verbs", file);
                Command events = project.start("events", "--json")) {
            // The old one's `create` makes no network for what it creates.
            project.ok(client == Client.V1 ? new String[] {"up", "--no-start"} : new String[] {"create"});
            project.ok("start");
            assertThat(project.ok("top")).contains("sleep 1000");
            project.ok("pause");
            assertThat(docker.inspect(project.container("app", 1), "{{.State.Status}}"))
                    .isEqualTo("paused");
            project.ok("unpause");
            assertThat(project.published("app", 8080)).isPositive();
            project.ok("restart", "-t", "0");
            project.ok("kill", "-s", "KILL");
            Wait.until(
                    Duration.ofSeconds(5),
                    () -> "the end",
                    () -> docker.inspect(project.container("app", 1), "{{.State.ExitCode}}")
                            .equals("137"));
            assertThat(project.ok("images")).contains("busybox");
            assertThat(project.ok("config")).contains("image: busybox");
            events.awaitOutput("kill");
            project.ok("rm", "-f");
            assertThat(docker.ok("ps", "-aq")).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void profilesAndOrphans(Client client) {
        String file = """
                services:
                  always: {image: busybox, command: sleep 1000, stop_grace_period: 0s}
                  sometimes: {image: busybox, command: sleep 1000, stop_grace_period: 0s, profiles: [debug]}
                """;
        try (ComposeProject project = project(client, "profile", file)) {
            project.ok("up", "-d");
            assertThat(project.ok("ps", "-q").lines()).hasSize(1);
            project.ok("--profile", "debug", "up", "-d");
            assertThat(project.ok("--profile", "debug", "ps", "-q").lines()).hasSize(2);
            project.file(
                    "compose.yaml",
                    "services: {always: {image: busybox, command: sleep 1000, stop_grace_period: 0s}}\n");
            project.ok("up", "-d", "--remove-orphans");
            assertThat(docker.ok("ps", "-q").lines()).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void externalNetworksAndFixedAddresses(Client client) {
        String file = """
                services:
                  fixed:
                    image: busybox
                    command: sleep 1000
                    stop_grace_period: 0s
                    networks: {own: {ipv4_address: 10.217.7.9, aliases: [nine]}, shared: {}}
                  guest: {image: busybox, command: sleep 1000, stop_grace_period: 0s, networks: [shared]}
                networks:
                  own: {ipam: {config: [{subnet: 10.217.7.0/24, gateway: 10.217.7.1}]}}
                  shared: {external: true, name: common}
                """;
        try (ComposeProject project = project(client, "external", file)) {
            assertThat(project.run("up", "-d").exit()).isNotZero();
            docker.ok("network", "create", "common");
            docker.ok(
                    "run",
                    "-d",
                    "--name",
                    "outsider",
                    "--network",
                    "common",
                    "--network-alias",
                    "friend",
                    "busybox",
                    "sleep",
                    "1000");
            project.ok("up", "-d");
            assertThat(project.exec("fixed", "ip -o -4 addr")).contains("10.217.7.9/24");
            assertThat(project.exec("guest", "nslookup friend && nslookup fixed"))
                    .contains("Name:");
            assertThat(docker.ok("exec", "outsider", "nslookup", "guest")).contains("Name:");
            assertThat(project.run("exec", "-T", "guest", "nslookup", "nine").exit())
                    .isNotZero();
            project.ok("down", "-t", "0");
            assertThat(docker.ok("network", "ls", "--format", "{{.Name}}")).contains("common");
        } finally {
            docker.run("rm", "-f", "outsider");
            docker.run("network", "rm", "common");
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void internalNetworksLeadNowhere(Client client) {
        String file = """
                services:
                  alone: {image: busybox, command: sleep 1000, stop_grace_period: 0s, networks: [closed]}
                  peer: {image: busybox, command: sleep 1000, stop_grace_period: 0s, networks: [closed]}
                networks: {closed: {internal: true}}
                """;
        try (ComposeProject project = project(client, "internal", file)) {
            project.ok("up", "-d");
            assertThat(project.exec("alone", "nslookup peer")).contains("Name:");
            assertThat(project.exec("alone", "ip route")).doesNotContain("default");
            assertThat(project.run("exec", "-T", "alone", "nslookup", "-type=a", "example.org")
                            .text())
                    .contains("SERVFAIL");
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void whatContainersAreToBeLike(Client client) {
        String file = """
                services:
                  app:
                    image: busybox
                    command: sleep 1000
                    stop_grace_period: 0s
                    init: true
                    hostname: box
                    domainname: example.org
                    read_only: true
                    cap_drop: [ALL]
                    cap_add: [NET_BIND_SERVICE]
                    security_opt: ["no-new-privileges:true"]
                    tmpfs: [/run, "/work:size=1m"]
                    shm_size: 8m
                    ulimits: {nofile: {soft: 200, hard: 400}, nproc: 100}
                    sysctls: {net.ipv4.ip_unprivileged_port_start: "0"}
                    extra_hosts: ["somewhere:192.0.2.7", "host.docker.internal:host-gateway"]
                    dns: [192.0.2.53]
                    dns_search: [corp.example]
                    mem_limit: 64m
                    cpus: 0.5
                    pids_limit: 50
                    group_add: ["2000"]
                    restart: "on-failure:3"
                    env_file: app.env
                    environment: {B: "${HOME_TOWN:-nowhere}"}
                    labels: {team: blue}
                    stop_signal: SIGINT
                """;
        try (ComposeProject project = project(client, "options", file)) {
            project.file("app.env", "A=from file\n");
            project.ok("up", "-d");
            String container = project.container("app", 1);
            assertThat(project.exec(
                            "app",
                            "cat /proc/1/comm; hostname -f; ulimit -n; echo $A; echo $B; id -G; touch /x 2>&1"
                                    + "; grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status"))
                    .contains(
                            "docker-init",
                            "box.example.org",
                            "200",
                            "from file",
                            "nowhere",
                            "2000",
                            "Read-only file system",
                            "0000000000000400",
                            "NoNewPrivs:\t1");
            assertThat(project.exec("app", "cat /etc/hosts"))
                    .contains("192.0.2.7\tsomewhere", daemon.subnet() + ".1\thost.docker.internal");
            assertThat(project.exec("app", "cat /etc/resolv.conf"))
                    .contains("nameserver 127.0.0.11", "search corp.example", "# ExtServers: [192.0.2.53]", "ndots:0");
            assertThat(project.exec("app", "df -k /work /dev/shm")).contains("1024", "8192");
            assertThat(
                            docker.inspect(
                                    container,
                                    "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}} {{.HostConfig.RestartPolicy.Name}}"
                                            + " {{.HostConfig.RestartPolicy.MaximumRetryCount}} {{.Config.StopSignal}} {{.Config.Labels.team}}"))
                    .isEqualTo("67108864 500000000 50 on-failure 3 SIGINT blue");
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void secretsAndConfigsAreFiles(Client client) {
        String file = """
                services:
                  app:
                    image: busybox
                    command: sleep 1000
                    stop_grace_period: 0s
                    secrets: [password, {source: token, target: my-token}]
                    configs: [{source: settings, target: /etc/settings.ini}]
                secrets: {password: {file: ./password.txt}, token: {file: ./token.txt}}
                configs: {settings: {file: ./settings.ini}}
                """;
        try (ComposeProject project = project(client, "secret", file)) {
            project.file("password.txt", "xyzzy");
            project.file("token.txt", "plugh");
            project.file("settings.ini", "answer=42\n");
            project.ok("up", "-d");
            assertThat(project.exec("app", "cat /run/secrets/password /run/secrets/my-token"))
                    .isEqualTo("xyzzyplugh");
            if (client == Client.V2) {
                assertThat(project.exec("app", "cat /etc/settings.ini")).isEqualTo("answer=42");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void jobsThatMustEndFirst(Client client) {
        String file = """
                services:
                  migrate: {image: busybox, command: "sh -c 'sleep 0.3; echo done > /data/state'", volumes: ["data:/data"]}
                  app:
                    image: busybox
                    command: sh -c 'cat /data/state; exec sleep 1000'
                    stop_grace_period: 0s
                    volumes: ["data:/data:ro"]
                    depends_on: {migrate: {condition: service_completed_successfully}}
                volumes: {data: {}}
                """;
        try (ComposeProject project = project(client, "jobs", file)) {
            project.ok("up", "-d");
            Wait.until(
                    Duration.ofSeconds(5),
                    () -> "its output",
                    () -> project.ok("logs", "app").contains("done"));
            assertThat(project.run("exec", "-T", "app", "touch", "/data/x").exit())
                    .isNotZero();
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void whatIsNotHealthyHoldsUpTheRest(Client client) {
        String file = """
                services:
                  sick:
                    image: busybox
                    command: sleep 1000
                    stop_grace_period: 0s
                    healthcheck: {test: "false", interval: 100ms, retries: 2}
                  app: {image: busybox, command: sleep 1000, stop_grace_period: 0s, depends_on: {sick: {condition: service_healthy}}}
                """;
        try (ComposeProject project = project(client, "sick", file)) {
            Result up = project.run("up", "-d");
            assertThat(up.exit()).isNotZero();
            assertThat(up.err()).contains("unhealthy");
            assertThat(docker.ok("ps", "--format", "{{.Names}}")).isEqualTo(project.container("sick", 1));
        }
    }

    @ParameterizedTest
    @MethodSource("both")
    void inTheForegroundUntilOneEnds(Client client) {
        String file = """
                services:
                  test: {image: busybox, command: "sh -c 'nslookup server && exit 9'", depends_on: [server]}
                  server: {image: busybox, command: sleep 1000, stop_grace_period: 0s}
                """;
        try (ComposeProject project = project(client, "front", file)) {
            Result up = project.run("up", "-t", "0", "--abort-on-container-exit", "--exit-code-from", "test");
            assertThat(up.exit()).as(up.toString()).isEqualTo(9);
            assertThat(docker.ok("ps", "-q")).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void namespacesAreShared(Client client) {
        String file = """
                services:
                  main: {image: busybox, command: %s, stop_grace_period: 0s}
                  side: {image: busybox, command: sleep 1000, stop_grace_period: 0s, network_mode: "service:main", depends_on: [main]}
                  other: {image: busybox, command: sleep 1000, stop_grace_period: 0s}
                  none: {image: busybox, command: sleep 1000, stop_grace_period: 0s, network_mode: none}
                  host: {image: busybox, command: sleep 1000, stop_grace_period: 0s, network_mode: host, pid: host}
                """.formatted(HTTPD.formatted("shared"));
        try (ComposeProject project = project(client, "share", file)) {
            project.ok("up", "-d");
            assertThat(project.exec("side", "wget -qO- http://127.0.0.1/")).isEqualTo("shared");
            assertThat(project.exec("side", "wget -qO- http://main/")).isEqualTo("shared");
            assertThat(project.exec("side", "nslookup other")).contains("Name:");
            assertThat(project.exec("none", "ls /sys/class/net")).isEqualTo("lo");
            assertThat(project.exec("host", "ls /sys/class/net")).contains(daemon.bridge());
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void linksAndVolumesFrom(Client client) {
        String file = """
                services:
                  store: {image: busybox, command: "sh -c 'echo kept > /store/file; exec sleep 1000'", stop_grace_period: 0s, volumes: [/store]}
                  user: {image: busybox, command: sleep 1000, stop_grace_period: 0s, volumes_from: ["store:ro"], links: ["store:shelf"]}
                """;
        try (ComposeProject project = project(client, "link", file)) {
            project.ok("up", "-d");
            assertThat(project.exec("user", "cat /store/file; nslookup shelf")).contains("kept", "Name:");
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void bindsAndFilesAreCopied(Client client) throws IOException {
        String file = """
                services:
                  app:
                    image: busybox
                    command: sleep 1000
                    stop_grace_period: 0s
                    volumes:
                      - ./conf:/conf:ro
                      - %s
                      - {type: tmpfs, target: /mem, tmpfs: {size: 1048576}}
                """.formatted(
                        client == Client.V1
                                ? "./made:/made"
                                : "{type: bind, source: ./made, target: /made, bind: {create_host_path: true}}");
        try (ComposeProject project = project(client, "bind", file)) {
            project.file("conf/a.txt", "bound\n");
            project.ok("up", "-d");
            assertThat(project.exec("app", "cat /conf/a.txt; echo here > /made/b; df -k /mem | tail -1"))
                    .contains("bound", "1024");
            assertThat(Files.readString(project.directory().resolve("made/b"))).isEqualTo("here\n");
            if (client == Client.V2) {
                project.ok("cp", "app:/conf/a.txt", project.directory() + "/copy");
                project.ok("cp", project.directory() + "/copy", "app:/tmp/back");
                assertThat(project.exec("app", "cat /tmp/back")).isEqualTo("bound");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("one")
    void stateSurvivesAndIsTakenUp(Client client) {
        String file = """
                services:
                  app: {image: busybox, command: "sh -c 'date +%s%N >> /data/starts; exec sleep 1000'", stop_grace_period: 0s, volumes: ["data:/data"]}
                  peer: {image: busybox, command: sleep 1000, stop_grace_period: 0s}
                volumes: {data: {labels: {kind: state}}}
                """;
        try (ComposeProject project = project(client, "state", file)) {
            project.ok("up", "-d");
            project.ok("down", "-t", "0");
            project.ok("up", "-d");
            assertThat(project.exec("app", "wc -l < /data/starts")).isEqualTo("2");
            daemon.restart();
            assertThat(project.exec("app", "nslookup peer")).contains("Name:");
            daemon.kill();
            daemon.start();
            assertThat(project.exec("app", "nslookup peer && wc -l < /data/starts"))
                    .contains("Name:", "2");
            assertThat(project.ok("ps", "-q").lines()).hasSize(2);
        }
    }

    // ---- of the plugin only

    private static ComposeProject plugin(String name, String file) {
        assumeTrue(clients.contains(Client.V2), "there is no compose plugin (packaging/compose)");
        return project(Client.V2, name, file);
    }

    @Test
    void waitingUntilAllIsHealthyAndForTheEnd() {
        String file = """
                services:
                  app:
                    image: busybox
                    command: sh -c 'sleep 0.2; touch /ok; exec sleep 1000'
                    stop_grace_period: 0s
                    healthcheck: {test: [CMD, test, -e, /ok], interval: 1h, start_interval: 100ms, start_period: 10s}
                  short: {image: busybox, command: "sh -c 'sleep 0.5; exit 5'"}
                """;
        try (ComposeProject project = plugin("wait", file)) {
            project.ok("up", "-d", "--wait", "app");
            assertThat(docker.inspect(project.container("app", 1), "{{.State.Health.Status}}"))
                    .isEqualTo("healthy");
            project.ok("up", "-d", "short");
            assertThat(project.run("wait", "short").exit()).isEqualTo(5);
            assertThat(project.ok("stats", "--no-stream", "--format", "{{.Name}}"))
                    .contains(project.container("app", 1));
            assertThat(project.ok("ls", "--format", "json")).contains("running(1)");
        }
    }

    @Test
    void configsWithContentAndIncludedFiles() {
        String file = """
                include: [more.yaml]
                services:
                  app:
                    image: busybox
                    command: sleep 1000
                    stop_grace_period: 0s
                    configs: [{source: inline, target: /inline, mode: 0440}]
                    secrets: [fromenv]
                  child: {extends: {service: app}, hostname: child}
                configs: {inline: {content: "value of ${NAME:-x}"}}
                secrets: {fromenv: {environment: PATH}}
                """;
        try (ComposeProject project = plugin("inline", file)) {
            project.file(
                    "more.yaml", "services: {extra: {image: busybox, command: sleep 1000, stop_grace_period: 0s}}\n");
            project.ok("up", "-d");
            assertThat(project.exec("app", "cat /inline; ls /run/secrets")).contains("value of x", "fromenv");
            assertThat(project.exec("child", "hostname; cat /inline")).contains("child", "value of x");
            assertThat(project.ok("ps", "-q").lines()).hasSize(3);
        }
    }

    @Test
    void dependentsRestartWithWhatTheyDependOn() {
        String file = """
                services:
                  base: {image: busybox, command: sleep 1000, stop_grace_period: 0s}
                  app: {image: busybox, command: sleep 1000, stop_grace_period: 0s, depends_on: {base: {condition: service_started, restart: true}}}
                """;
        try (ComposeProject project = plugin("depend", file)) {
            project.ok("up", "-d");
            String started = docker.inspect(project.container("app", 1), "{{.State.StartedAt}}");
            project.ok("restart", "-t", "0", "base");
            assertThat(docker.inspect(project.container("app", 1), "{{.State.StartedAt}}"))
                    .isNotEqualTo(started);
        }
    }

    @Test
    void replicasWithPortRangesAndLimits() {
        String file = """
                services:
                  web:
                    image: busybox
                    command: %s
                    stop_grace_period: 0s
                    ports: ["18700-18702:80"]
                    deploy: {replicas: 2, resources: {limits: {memory: 32M, cpus: "0.5", pids: 40}}, restart_policy: {condition: on-failure}}
                """.formatted(HTTPD.formatted("replica"));
        try (ComposeProject project = plugin("replica", file)) {
            project.ok("up", "-d");
            assertThat(docker.ok("ps", "--format", "{{.Ports}}")).contains("0.0.0.0:1870");
            for (int number : List.of(1, 2)) {
                String port = project.ok("port", "--index", Integer.toString(number), "web", "80");
                assertThat(ComposeProject.get(Integer.parseInt(port.substring(port.lastIndexOf(':') + 1))))
                        .isEqualTo("replica");
                assertThat(docker.inspect(
                                project.container("web", number), "{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}"))
                        .isEqualTo("33554432 40");
            }
            project.ok("scale", "web=3");
            assertThat(project.ok("ps", "-q").lines()).hasSize(3);
        }
    }

    @Test
    void aDryRunChangesNothing() {
        String file = "services: {app: {image: busybox, command: sleep 1000}}\n";
        try (ComposeProject project = plugin("dry", file)) {
            project.ok("--dry-run", "up", "-d");
            assertThat(docker.ok("ps", "-aq")).isEmpty();
            assertThat(docker.ok("network", "ls", "--format", "{{.Name}}")).doesNotContain(project.resource("default"));
        }
    }
}
