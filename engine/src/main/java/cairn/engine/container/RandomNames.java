package cairn.engine.container;

import java.util.random.RandomGenerator;

/** Names for containers that were given none: a manner of standing and a mountain, such as {@code steady_eiger}. */
final class RandomNames {
    private static final String[] MANNERS = {
        "airy", "ancient", "bare", "bold", "bright", "brisk", "calm", "clear", "cloudy", "cool", "craggy", "deep",
        "distant", "eager", "early", "fair", "firm", "foggy", "frosty", "gentle", "golden", "grand", "green", "grey",
        "hardy", "hidden", "high", "icy", "jagged", "keen", "late", "lofty", "lone", "lucid", "mellow", "mild", "misty",
        "mossy", "noble", "open", "pale", "patient", "plain", "proud", "quiet", "rocky", "rugged", "serene", "sharp",
        "silent", "silver", "snowy", "solid", "stark", "steady", "steep", "still", "stony", "sunny", "swift", "tall",
        "tidy", "vast", "warm", "white", "wide", "wild", "windy", "wise"
    };

    private static final String[] MOUNTAINS = {
        "aconcagua", "annapurna", "ararat", "atlas", "blanc", "broad", "cervino", "cho_oyu", "cook", "damavand",
                "denali",
        "dhaulagiri", "eiger", "elbert", "elbrus", "erebus", "etna", "everest", "fitzroy", "foraker", "fuji",
                "gasherbrum",
        "hood", "huandoy", "huascaran", "illimani", "jannu", "jungfrau", "k2", "kailash", "kamet", "kenya",
                "kilimanjaro",
        "kinabalu", "lhotse", "logan", "makalu", "manaslu", "matterhorn", "meru", "monch", "nanda", "nuptse", "olympus",
        "ortler", "pelmo", "pumori", "rainier", "rigi", "robson", "rosa", "shasta", "shivling", "sinai", "snowdon",
        "tirich", "triglav", "ushba", "vinson", "viso", "whitney", "zugspitze"
    };

    private RandomNames() {}

    /** @param attempt from the third on a number is appended, so that a free name is found soon */
    static String next(RandomGenerator random, int attempt) {
        String name = MANNERS[random.nextInt(MANNERS.length)] + "_" + MOUNTAINS[random.nextInt(MOUNTAINS.length)];
        return attempt < 2 ? name : name + random.nextInt(10_000);
    }
}
