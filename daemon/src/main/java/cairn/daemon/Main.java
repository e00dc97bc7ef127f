package cairn.daemon;

import cairn.engine.Engine;
import cairn.engine.EngineSettings;
import cairn.engine.error.EngineException;
import cairn.wire.http.SocketInUseException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** {@code cairn daemon}: opens the engine and serves it until SIGTERM or SIGINT. */
public final class Main {
    private static final System.Logger LOG = System.getLogger(Main.class.getName());

    private Main() {}

    @SuppressWarnings("SystemOut") // A program in the foreground talks to its terminal.
    public static void main(String[] arguments) {
        List<String> words = List.of(arguments);
        if (words.contains("--help") || words.contains("-h")) {
            System.out.print(DaemonOptions.help());
            return;
        }
        try {
            DaemonOptions options = DaemonOptions.parse(words);
            options.check();
            serve(options);
        } catch (DaemonOptions.UsageException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        } catch (EngineException e) {
            System.err.println("cairn daemon: " + HttpErrors.of(e.problem()).message());
            System.exit(1);
        } catch (SocketInUseException e) {
            System.err.println("cairn daemon: " + e.getMessage());
            System.exit(1);
        } catch (IOException | InterruptedException e) {
            System.err.println("cairn daemon: cannot start: " + e);
            System.exit(1);
        }
    }

    private static void serve(DaemonOptions options)
            throws IOException, InterruptedException, DaemonOptions.UsageException {
        DaemonLog.setLevel(options.debug() ? "debug" : options.logLevel());
        Path home = Path.of(System.getProperty("cairn.home", "."));
        EngineSettings settings = new EngineSettings(
                options.dataRoot(),
                options.execRoot(),
                home.resolve("bin/cairn-shim"),
                home,
                options.cgroupParent(),
                options.bridge(),
                RegistryOptions.of(options),
                options.log(),
                options.userNamespaces(),
                options.list("label"),
                options.debug());
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.countDown();
            try {
                stopped.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        Front front = new Front(options.sockets(), options.group(), options.pidFile());
        try (front;
                Engine engine = Engine.open(settings, front::listen)) {
            Router routes = routes(engine);
            // Under way before anybody is let in who could ask whether it is.
            WarmUp.start(engine, options.sockets().getFirst());
            front.open(IdleMemory.over(routes));
            LOG.log(System.Logger.Level.INFO, "API listen on {0}", options.sockets());
            stop.await();
            LOG.log(System.Logger.Level.INFO, "shutting down; containers live on");
            // Nobody may ask an engine that is closed.
            front.close();
        } finally {
            stopped.countDown();
        }
    }

    private static Router routes(Engine engine) {
        Router router = new Router();
        new SystemRoutes(engine).register(router);
        new ContainerRoutes(
                        engine.containers(),
                        engine.updates(),
                        engine.distribution().own())
                .register(router);
        new ExecRoutes(engine.execs()).register(router);
        new RootRoutes(engine).register(router);
        LogRoutes logs = new LogRoutes(engine.containers());
        logs.register(router);
        new AttachRoutes(engine.containers(), logs).register(router);
        new StatsRoutes(engine.stats()).register(router);
        new ArchiveRoutes(engine.copies()).register(router);
        new ImageRoutes(engine).register(router);
        new RegistryRoutes(engine.distribution(), new ImportRoute(engine)::answer).register(router);
        new DiskRoutes(engine).register(router);
        new NetworkRoutes(engine.networks(), engine.connections()).register(router);
        new VolumeRoutes(engine).register(router);
        new StoreRoutes(engine).register(router);
        new EventRoutes(engine.events()).register(router);
        new CairnRoutes(engine).register(router);
        new UpkeepRoutes(engine).register(router);
        UnsupportedRoutes.register(router);
        return router;
    }
}
