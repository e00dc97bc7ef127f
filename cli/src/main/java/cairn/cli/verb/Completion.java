package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.completion.Bash;
import cairn.cli.completion.Fish;
import cairn.cli.completion.Zsh;

/** {@code cairn completion}. */
public final class Completion implements Verb {
    @Override
    public Usage usage() {
        return Usage.of("bash|zsh|fish", 1, 1, new Flags()).with("""
                        Examples:
                          source <(cairn completion bash)                                    for this shell
                          cairn completion bash > /etc/bash_completion.d/cairn               for all
                          cairn completion zsh > "${fpath[1]}/_cairn"
                          cairn completion fish > ~/.config/fish/completions/cairn.fish""");
    }

    @Override
    public int run(Arguments given, Session session) {
        String script = switch (given.positional(0)) {
            case "bash" -> Bash.script();
            case "zsh" -> Zsh.script();
            case "fish" -> Fish.script();
            default ->
                throw new CliException("unknown shell: " + given.positional(0) + " (bash, zsh and fish are known)");
        };
        session.out().print(script);
        return 0;
    }
}
