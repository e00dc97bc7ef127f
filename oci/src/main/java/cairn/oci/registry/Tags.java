package cairn.oci.registry;

import cairn.oci.InvalidDocumentException;
import cairn.oci.Reference;
import cairn.oci.http.HttpFailure;
import cairn.oci.http.HttpReply;
import cairn.oci.json.JsonText;
import cairn.oci.registry.Exchange.Ask;
import cairn.oci.registry.RegistryException.Kind;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The list of a repository's tags (distribution spec, "Listing Tags"), over all its pages. */
final class Tags {
    private static final int MAX_PAGES = 1_000;
    private static final int MAX_PAGE = 4 << 20;
    private static final int MAX_TAGS = 500_000;
    private static final Pattern NEXT =
            Pattern.compile("\\s*<([^<>]*)>\\s*;\\s*rel\\s*=\\s*\"?next\"?\\s*", Pattern.CASE_INSENSITIVE);

    private Tags() {}

    static List<String> read(Exchange exchange, Endpoint endpoint, Reference name, String path, List<String> scopes)
            throws RegistryException {
        List<String> tags = new ArrayList<>();
        Set<URI> seen = new HashSet<>();
        HttpReply page = exchange.send(endpoint, Ask.get(path, scopes));
        for (int pages = 1; ; pages++) {
            URI next = add(page, name, tags);
            if (next == null) {
                return List.copyOf(tags);
            }
            if (pages == MAX_PAGES || !seen.add(next)) {
                throw invalid(name, pages == MAX_PAGES ? "has more than " + MAX_PAGES + " pages" : "leads in a circle");
            }
            page = exchange.again(endpoint, next, page, Ask.get("", scopes));
        }
    }

    /** Takes a page in and closes it; returns where the next one is. */
    private static @Nullable URI add(HttpReply page, Reference name, List<String> tags) throws RegistryException {
        if (page.status() != 200) {
            throw Wording.pull(name, ErrorReply.of(page));
        }
        try (page) {
            List<String> more =
                    JsonText.object("tag list", page.bytes(MAX_PAGE), MAX_PAGE).strings("tags");
            tags.addAll(more == null ? List.of() : more);
        } catch (InvalidDocumentException e) {
            throw new RegistryException(Kind.INVALID, String.valueOf(e.getMessage()), e);
        } catch (HttpFailure e) {
            throw RegistryException.of(e);
        }
        if (tags.size() > MAX_TAGS) {
            throw invalid(name, "has more than " + MAX_TAGS + " tags");
        }
        return next(page, name);
    }

    /** The Link header's target (RFC 8288), which has to be at the same server. */
    private static @Nullable URI next(HttpReply reply, Reference name) throws RegistryException {
        for (String link : reply.headers("Link")) {
            Matcher matcher = NEXT.matcher(link);
            if (matcher.matches()) {
                try {
                    URI next = Redirects.resolve(reply.uri(), matcher.group(1));
                    if (!Redirects.origin(next).equals(Redirects.origin(reply.uri()))) {
                        throw invalid(name, "goes on at another host");
                    }
                    return next;
                } catch (HttpFailure e) {
                    throw new RegistryException(Kind.INVALID, String.valueOf(e.getMessage()), e);
                }
            }
        }
        return null;
    }

    private static RegistryException invalid(Reference name, String what) {
        return new RegistryException(Kind.INVALID, "tag list of " + name.familiarRepository() + " " + what);
    }
}
