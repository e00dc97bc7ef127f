package cairn.cli.args;

import org.jspecify.annotations.Nullable;

/**
 * One flag. {@code shorthand} is 0 where there is none; {@code stands} names the flag whose value this spelling sets (its
 * own name, except for old spellings, which help does not show); {@code initial} is the value without the flag.
 */
public record Flag(
        char shorthand,
        String name,
        String stands,
        Kind kind,
        @Nullable String initial,
        String help) {
    boolean hidden() {
        return !name.equals(stands) || help.isEmpty();
    }

    /** As error messages name it: {@code -e, --env}. */
    String spelling() {
        return shorthand == 0 ? "--" + name : "-" + shorthand + ", --" + name;
    }
}
