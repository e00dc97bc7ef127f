package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.wire.container.HostConfig;
import cairn.wire.container.RestartPolicy;

/**
 * When a container that has ended is started again.
 *
 * @param most how often in a row after failures; 0 for no limit
 */
record RestartRule(When when, int most) {
    /** Docker's policies. */
    enum When {
        NEVER,
        ALWAYS,
        UNLESS_STOPPED,
        ON_FAILURE
    }

    private static final RestartRule NO = new RestartRule(When.NEVER, 0);

    /** @throws cairn.engine.error.EngineException InvalidParameter, in Docker's words */
    static RestartRule of(HostConfig host) {
        RestartPolicy policy = host.restartPolicy();
        RestartRule rule = switch (policy.name()) {
            case "", "no" -> NO;
            case "always" -> new RestartRule(When.ALWAYS, 0);
            case "unless-stopped" -> new RestartRule(When.UNLESS_STOPPED, 0);
            case "on-failure" -> new RestartRule(When.ON_FAILURE, policy.maximumRetryCount());
            default ->
                throw new Problem.InvalidParameter("invalid restart policy: unknown policy '" + policy.name()
                                + "'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'")
                        .exception();
        };
        if (policy.maximumRetryCount() != 0 && rule.when != When.ON_FAILURE) {
            throw new Problem.InvalidParameter(
                            "invalid restart policy: maximum retry count can only be used with 'on-failure'"
                                    + (policy.maximumRetryCount() < 0 ? " and cannot be negative" : ""))
                    .exception();
        }
        if (rule.most < 0) {
            throw new Problem.InvalidParameter("invalid restart policy: maximum retry count cannot be negative")
                    .exception();
        }
        if (host.autoRemove() && rule.when != When.NEVER) {
            throw new Problem.InvalidParameter("can't create 'AutoRemove' container with restart policy").exception();
        }
        return rule;
    }

    /** After an end with this code. */
    boolean wants(int exitCode, Restarts restarts) {
        return switch (when) {
            case NEVER -> false;
            case ALWAYS -> true;
            case UNLESS_STOPPED -> !restarts.manuallyStopped();
            case ON_FAILURE -> exitCode != 0 && (most == 0 || restarts.count() < most);
        };
    }
}
