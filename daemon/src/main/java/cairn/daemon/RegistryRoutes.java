package cairn.daemon;

import cairn.engine.distribution.Distribution;
import cairn.engine.distribution.RegistryAccess;
import cairn.engine.error.Problem;
import cairn.oci.InvalidReferenceException;
import cairn.oci.Platform;
import cairn.oci.Platforms;
import cairn.oci.Reference;
import cairn.oci.registry.Credentials;
import cairn.oci.registry.LoginResult;
import cairn.wire.DescriptorBuilder;
import cairn.wire.Filters;
import cairn.wire.Json;
import cairn.wire.JsonException;
import cairn.wire.image.DistributionInspect;
import cairn.wire.image.SearchResult;
import cairn.wire.system.AuthConfig;
import cairn.wire.system.AuthResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What concerns registries: pull, push, login, search, and a look at what is there. */
final class RegistryRoutes {
    private static final Set<String> SEARCH_FILTERS = Set.of("is-automated", "is-official", "stars");
    private static final int SEARCH_LIMIT = 25;
    private static final int MAX_SEARCH_LIMIT = 100;

    private final Distribution distribution;
    private final Router.Action importing;

    /** @param importing the other meaning of {@code POST /images/create} */
    RegistryRoutes(Distribution distribution, Router.Action importing) {
        this.distribution = distribution;
        this.importing = importing;
    }

    void register(Router router) {
        router.add("POST", "/images/create", call -> {
            if (call.query().get("fromImage").isEmpty()) {
                importing.handle(call);
            } else {
                pull(call);
            }
        });
        router.add("POST", "/images/{name...}/push", this::push);
        router.add("POST", "/auth", this::login);
        router.add("GET", "/images/search", this::search);
        router.add("GET", "/distribution/{name...}/json", this::look);
    }

    private static Credentials credentials(Call call) {
        return RegistryAuth.of(call.exchange().header(RegistryAuth.HEADER));
    }

    private void pull(Call call) throws IOException, InterruptedException {
        // Old clients write the name's end when they mean all tags.
        String image = call.query().get("fromImage");
        Reference reference = named(
                image.endsWith(":") ? image.substring(0, image.length() - 1) : image,
                call.query().get("tag"));
        Platform platform = platform(call, distribution.own());
        Credentials credentials = credentials(call);
        ProgressStream.run(
                call,
                "pull",
                (progress, cancellation) ->
                        distribution.pull().pull(reference, platform, credentials, progress, cancellation));
    }

    private void push(Call call) throws IOException, InterruptedException {
        Reference reference = named(call.path("name"), call.query().get("tag"));
        Credentials credentials = credentials(call);
        Platform platform = platform(call, distribution.own());
        if (platform != null) {
            distribution.push().requirePlatform(reference, platform);
        }
        Map<String, Credentials> sources = RegistryAuth.byDomain(call.exchange().header(RegistryAuth.HEADER_OF_MANY));
        ProgressStream.run(
                call,
                "push",
                (progress, cancellation) ->
                        distribution.push().push(reference, credentials, sources, progress, cancellation));
    }

    /** @param tag a tag, or a digest as text; empty where the name has all */
    private static Reference named(String name, String tag) {
        try {
            Reference reference = Reference.parseNormalized(name);
            if (tag.isEmpty()) {
                return reference;
            }
            return tag.indexOf(':') >= 0
                    ? Reference.parseNormalized(reference.withoutTagAndDigest().canonical() + "@" + tag)
                    : reference.withTag(tag);
        } catch (InvalidReferenceException e) {
            throw new Problem.InvalidParameter(String.valueOf(e.getMessage())).exception(e);
        }
    }

    /** Null where the call names none. As people write it, or as JSON: the API has both, each in its own places. */
    static @Nullable Platform platform(Call call, Platform own) {
        String text = call.query().get("platform");
        try {
            if (text.startsWith("{")) {
                cairn.wire.Platform wanted =
                        Json.read(cairn.wire.Platform.class, text.getBytes(StandardCharsets.UTF_8));
                return new Platform(
                        wanted.os(), wanted.architecture(), wanted.variant().isEmpty() ? null : wanted.variant());
            }
            return text.isEmpty() ? null : Platforms.parse(text, own);
        } catch (JsonException e) {
            throw new Problem.InvalidParameter("failed to parse platform: " + e.getMessage()).exception(e);
        } catch (IllegalArgumentException e) {
            throw new Problem.InvalidParameter(String.valueOf(e.getMessage())).exception(e);
        }
    }

    private void login(Call call) throws IOException {
        AuthConfig config = call.exchange().json(AuthConfig.class);
        LoginResult result = distribution.access().login(config.serveraddress(), RegistryAuth.of(config));
        call.exchange().respond(200, new AuthResponse(result.identityToken(), result.status()));
    }

    private void look(Call call) throws IOException {
        Reference reference = named(call.path("name"), "");
        RegistryAccess.Look look = distribution.access().look(reference, credentials(call));
        List<cairn.wire.Platform> platforms = new ArrayList<>();
        for (Platform platform : look.platforms()) {
            platforms.add(new cairn.wire.Platform(
                    platform.architecture(),
                    platform.os(),
                    Objects.requireNonNullElse(platform.osVersion(), ""),
                    platform.osFeatures().isEmpty() ? null : platform.osFeatures(),
                    Objects.requireNonNullElse(platform.variant(), "")));
        }
        call.exchange()
                .respond(
                        200,
                        new DistributionInspect(
                                DescriptorBuilder.builder()
                                        .mediaType(look.descriptor().mediaType())
                                        .digest(look.descriptor().digest().toString())
                                        .size(look.descriptor().size())
                                        .build(),
                                platforms));
    }

    private void search(Call call) throws IOException {
        Filters filters = call.filters();
        String unknown = filters.unknown(SEARCH_FILTERS);
        if (unknown != null) {
            throw new Problem.InvalidParameter("invalid filter '" + unknown + "'").exception();
        }
        Boolean official = filters.flag("is-official");
        Boolean automated = filters.flag("is-automated");
        int stars = stars(filters);
        int limit = call.number("limit", 0);
        if (limit < 0 || limit > MAX_SEARCH_LIMIT) {
            throw new Problem.InvalidParameter("limit " + limit + " is outside the range of [1, 100]").exception();
        }
        List<SearchResult> rows = new ArrayList<>();
        for (var found : distribution
                .access()
                .search(call.query().get("term"), limit == 0 ? SEARCH_LIMIT : limit, credentials(call))) {
            if ((official == null || official == found.official())
                    && (automated == null || automated == found.automated())
                    && found.stars() >= stars) {
                rows.add(new SearchResult(
                        found.stars(), found.official(), found.name(), found.automated(), found.description()));
            }
        }
        call.exchange().respond(200, rows);
    }

    /** The highest of those given. */
    private static int stars(Filters filters) {
        int stars = 0;
        for (String text : filters.get("stars")) {
            try {
                stars = Math.max(stars, Integer.parseInt(text));
            } catch (NumberFormatException e) {
                throw new Problem.InvalidParameter("invalid filter 'stars=" + text + "'").exception(e);
            }
        }
        return stars;
    }
}
