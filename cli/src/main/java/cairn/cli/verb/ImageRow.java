package cairn.cli.verb;

import cairn.cli.show.Ages;
import cairn.cli.show.Columns;
import cairn.cli.show.Row;
import cairn.cli.show.Shorten;
import cairn.cli.show.Times;
import cairn.cli.show.Tree;
import cairn.wire.Sizes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One line of {@code cairn images}: an image under one of its names. */
final class ImageRow extends Row {
    private static final String NONE = "<none>";

    static final Columns COLUMNS = new Columns(
            "*formatter.imageContext",
            "Containers",
            "CONTAINERS",
            "CreatedAt",
            "CREATED AT",
            "CreatedSince",
            "CREATED",
            "Digest",
            "DIGEST",
            "ID",
            "IMAGE ID",
            "LastUsed",
            "LAST USED",
            "Repository",
            "REPOSITORY",
            "SharedSize",
            "SHARED SIZE",
            "Size",
            "SIZE",
            "Tag",
            "TAG",
            "UniqueSize",
            "UNIQUE SIZE",
            "VirtualSize",
            "SIZE");

    private final Tree image;
    private final String repository;
    private final String tag;
    private final String digest;
    private final String lastUsed;
    private final boolean full;
    private final long now;

    private ImageRow(
            Tree image, String repository, String tag, String digest, String lastUsed, boolean full, long now) {
        super(COLUMNS);
        this.image = image;
        this.repository = repository;
        this.tag = tag;
        this.digest = digest;
        this.lastUsed = lastUsed;
        this.full = full;
        this.now = now;
    }

    /**
     * A row for each tag; for each digest whose repository has no tag, if digests are shown or there is no tag at all.
     *
     * @param times when images were last used, by ID; empty where nobody asks
     */
    static void add(
            List<ImageRow> rows, Tree image, Map<String, String> times, boolean digests, boolean full, long now) {
        String used = times.getOrDefault(image.at("Id").text(), "");
        int before = rows.size();
        List<String> references = image.at("RepoDigests").texts();
        List<String> repositories = new ArrayList<>();
        for (String name : image.at("RepoTags").texts()) {
            int colon = name.lastIndexOf(':');
            String repository = colon < 0 ? name : name.substring(0, colon);
            if (repository.equals(NONE)) {
                continue;
            }
            repositories.add(repository);
            String tag = colon < 0 ? NONE : name.substring(colon + 1);
            rows.add(new ImageRow(
                    image, repository, tag, digests ? digest(references, repository) : NONE, used, full, now));
        }
        boolean tagged = rows.size() > before;
        for (String reference : references) {
            int at = reference.indexOf('@');
            String repository = at < 0 ? reference : reference.substring(0, at);
            if (!repository.equals(NONE) && (!tagged || (digests && !repositories.contains(repository)))) {
                rows.add(new ImageRow(image, repository, NONE, reference.substring(at + 1), used, full, now));
            }
        }
        if (rows.size() == before) {
            rows.add(new ImageRow(image, NONE, NONE, NONE, used, full, now));
        }
    }

    /** One row, whatever names the image has: under the first of its tags. */
    static ImageRow first(Tree image, boolean full, long now) {
        List<String> tags = image.at("RepoTags").texts();
        String name = tags.isEmpty() ? "" : tags.getFirst();
        int colon = name.lastIndexOf(':');
        return colon < 0
                ? new ImageRow(image, NONE, NONE, "", "", full, now)
                : new ImageRow(image, name.substring(0, colon), name.substring(colon + 1), "", "", full, now);
    }

    private static String digest(List<String> references, String repository) {
        for (String reference : references) {
            if (reference.startsWith(repository + "@")) {
                return reference.substring(repository.length() + 1);
            }
        }
        return NONE;
    }

    @Override
    protected String cell(String column) {
        return switch (column) {
            case "Containers" -> counted("Containers");
            case "CreatedAt" -> Times.stamp(image.at("Created").number());
            case "CreatedSince" -> {
                long created = image.at("Created").number();
                yield created <= 0 ? "N/A" : Ages.ago(created, now);
            }
            case "Digest" -> digest;
            case "ID" ->
                full ? image.at("Id").text() : Shorten.id(image.at("Id").text());
            case "LastUsed" ->
                lastUsed.isEmpty() ? "N/A" : Ages.ago(Instant.parse(lastUsed).getEpochSecond(), now);
            case "Repository" -> repository;
            case "SharedSize" -> sized(image.at("SharedSize").number());
            case "Size" -> Sizes.decimal(image.at("Size").number());
            case "Tag" -> tag;
            case "UniqueSize" -> {
                long shared = image.at("SharedSize").number();
                yield shared < 0 ? "N/A" : sized(image.at("Size").number() - shared);
            }
            case "VirtualSize" -> Sizes.precise(image.at("Size").number());
            default -> "";
        };
    }

    @Override
    protected String label(String name) {
        return image.at("Labels", name).text();
    }

    private String counted(String member) {
        long count = image.at(member).number();
        return count < 0 ? "N/A" : Long.toString(count);
    }

    private static String sized(long bytes) {
        return bytes < 0 ? "N/A" : Sizes.precise(bytes);
    }
}
