package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.create.Body;
import cairn.cli.create.KeyValues;
import cairn.cli.daemon.Query;

/** {@code cairn volume create}. */
public final class VolumeCreate implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .text("d,driver", "Driver of the volume: there is only local")
                .of(Kind.LIST, "label", "Label, as name=value")
                .of(Kind.STRINGS, "o,opt", "Option of the driver, as name=value: type, device, o, size")
                .text("name", "The volume's name");
        return Usage.of("[VOLUME]", 0, 1, flags).with("""
                        Without a name it gets a made-up one and counts as anonymous.

                        Examples:
                          cairn volume create data
                          cairn volume create -o type=tmpfs -o device=tmpfs -o o=size=64m memory
                          cairn volume create -o size=10g small
                          cairn volume create -o type=nfs -o o=addr=server,vers=4 -o device=:/export nfs""");
    }

    @Override
    public int run(Arguments given, Session session) {
        String name = given.text("name");
        if (!given.positionals().isEmpty()) {
            if (!name.isEmpty()) {
                throw new CliException("conflicting options: cannot specify a volume-name through both --name and as"
                        + " a positional arg");
            }
            name = given.positional(0);
        }
        Body body = new Body()
                .with("Driver", given.text("driver").isEmpty() ? "local" : given.text("driver"))
                .with("DriverOpts", KeyValues.map(given.texts("opt")))
                .with("Labels", KeyValues.map(given.texts("label")))
                .with("Name", name);
        session.out()
                .println(session.daemon()
                        .call("POST", new Query("/volumes/create"), body.members())
                        .at("Name")
                        .text());
        return 0;
    }
}
