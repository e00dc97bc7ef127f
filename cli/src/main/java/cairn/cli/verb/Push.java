package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.progress.Progress;
import cairn.cli.registry.Account;
import cairn.cli.registry.Credentials;
import cairn.cli.registry.ImageName;
import cairn.cli.registry.Registry;
import cairn.cli.show.Tree;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code cairn push}. */
public final class Push implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .bool("a,all-tags", "Push every tag of the repository")
                .text("platform", "Push only this variant, as an image of its own: os[/arch[/variant]]")
                .bool("q,quiet", "Print only the name of what was pushed")
                .bool("disable-content-trust", true, "");
        return Usage.of("NAME[:TAG]", 1, 1, flags).with("""
                        The name says where to: give the image a name that begins with the registry, then push that.
                        Layers that the registry has are not sent again.

                        Example:
                          cairn tag app registry.example:5000/team/app:1 && cairn push registry.example:5000/team/app:1""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        String platform = platform(given.text("platform"), session);
        boolean quiet = given.on("quiet");
        ImageName name = TagChoice.of(given, session);
        if (!name.digest().isEmpty()) {
            throw new CliException("cannot push a digest reference");
        }
        Query query =
                Query.image(name.repository(), "/push").given("tag", name.tag()).given("platform", platform);
        Account account = Credentials.known(Registry.key(name.domain()), session.environment(), session.err());
        Map<String, String> headers = new HashMap<>(account.header());
        headers.putAll(Account.header(sources(name, session)));
        try (Reply stream = session.daemon().open("POST", query, headers, null)) {
            if (quiet) {
                Progress.await(stream);
                session.out().println(name.full());
            } else {
                Progress.show(stream, session);
            }
        }
        return 0;
    }

    /** For the registries that the image has come from: what its manifest names may have to be copied from there. */
    private static List<Account> sources(ImageName name, Session session) {
        Set<String> keys = new LinkedHashSet<>();
        for (Tree image : named(name, session)) {
            for (String reference : image.at("RepoDigests").texts()) {
                keys.add(Registry.key(ImageName.parse(reference).domain()));
            }
        }
        keys.remove(Registry.key(name.domain()));
        List<Account> accounts = new ArrayList<>();
        for (String key : keys) {
            Account account = Credentials.known(key, session.environment(), session.err());
            if (!account.equals(Account.NONE)) {
                accounts.add(account);
            }
        }
        return accounts;
    }

    /** Nothing where there is no such image: the push says so. */
    private static List<Tree> named(ImageName name, Session session) {
        List<Tree> images = new ArrayList<>();
        List<String> names = new ArrayList<>(List.of(name.full()));
        if (name.bare()) {
            Query tags = new Query("/images/json")
                    .given("filters", FilterFlag.encode(List.of("reference=" + name.familiar())));
            names.clear();
            session.daemon()
                    .get(tags)
                    .items()
                    .forEach(image -> names.add(image.at("Id").text()));
        }
        for (String each : names) {
            try {
                images.add(session.daemon().get(Query.image(each, "/json")));
            } catch (CliException e) {
                return List.of();
            }
        }
        return images;
    }

    private static String platform(String text, Session session) {
        if (text.isEmpty()) {
            return "";
        }
        try {
            String json = PlatformFlag.json(text);
            Note.print(session.out(), """
                    Using --platform pushes only the specified platform manifest of a multi-platform image index.
                    Other components, like attestations, will not be included.
                    To push the complete multi-platform image, remove the --platform flag.
                    """);
            return json;
        } catch (CliException e) {
            throw new CliException("Invalid platform " + text + e.getMessage());
        }
    }
}
