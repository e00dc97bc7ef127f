package cairn.daemon;

import cairn.engine.error.Problem;

/** Endpoints of Docker's API that this version does not have: each says so instead of pretending. */
final class UnsupportedRoutes {
    private UnsupportedRoutes() {}

    static void register(Router router) {
        for (String group : new String[] {"swarm", "nodes", "services", "tasks", "secrets", "configs"}) {
            for (String method : new String[] {"GET", "POST", "DELETE"}) {
                Router.Action refuse = call -> {
                    throw new Problem.Unavailable(
                                    "This node is not a swarm manager. Cairn has no swarm mode: use compose for several containers.")
                            .exception();
                };
                router.add(method, "/" + group, refuse);
                router.add(method, "/" + group + "/{rest...}", refuse);
            }
        }
        refuse(router, "POST", "/build", "building images");
        refuse(router, "POST", "/build/{rest...}", "building images");
        refuse(router, "POST", "/session", "building images");
        refuse(router, "POST", "/grpc", "building images");
        refuse(router, "PUT", "/volumes/{name}", "cluster volumes");
        for (String method : new String[] {"GET", "POST", "DELETE"}) {
            refuse(router, method, "/plugins/{rest...}", "plugins");
        }
    }

    private static void refuse(Router router, String method, String path, String what) {
        router.add(method, path, call -> {
            throw new Problem.NotSupported(what + ": not supported by this version of Cairn").exception();
        });
    }
}
