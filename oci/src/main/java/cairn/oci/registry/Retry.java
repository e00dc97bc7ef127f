package cairn.oci.registry;

import cairn.oci.http.HttpFailure;
import cairn.oci.http.HttpReply;
import cairn.oci.registry.RegistryException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * When to try again what may pass by itself.
 *
 * @param attempts in all
 * @param first pause, doubled each time, of which a random part between one half and all is waited: clients that failed together should not
 *     come back together
 * @param most that is waited at once, also when the server asks for more
 */
record Retry(int attempts, Duration first, Duration most) {
    static final Retry USUAL = new Retry(5, Duration.ofMillis(250), Duration.ofSeconds(30));

    interface Call {
        HttpReply once() throws HttpFailure, RegistryException;
    }

    Retry atMost(int fewer) {
        return new Retry(Math.min(attempts, fewer), first, most);
    }

    /** Returns the first reply that is neither 429 nor a server's fault, or the last one. */
    HttpReply send(Call call) throws HttpFailure, RegistryException {
        for (int attempt = 1; ; attempt++) {
            String after;
            try {
                HttpReply reply = call.once();
                if (!passing(reply.status()) || attempt >= attempts) {
                    return reply;
                }
                after = reply.header("Retry-After");
                reply.close();
            } catch (HttpFailure e) {
                if (!e.passing() || attempt >= attempts) {
                    throw e;
                }
                after = null;
            }
            pause(attempt, after);
        }
    }

    private static boolean passing(int status) {
        return switch (status) {
            case 408, 429, 500, 502, 503, 504 -> true;
            default -> false;
        };
    }

    /** Waits after a failure. */
    void pause(int attempt, @Nullable String after) throws RegistryException {
        Duration doubled = first.multipliedBy(1L << Math.min(attempt - 1, 16));
        long millis = Math.min(doubled.toMillis(), most.toMillis());
        long jittered = millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1);
        long asked = Math.min(after == null ? 0 : millis(after), most.toMillis());
        try {
            Thread.sleep(Math.max(jittered, asked));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException(Kind.UNAVAILABLE, "context canceled", e);
        }
    }

    /** Seconds or a date (RFC 9110, section 10.2.3); 0 where it is neither. */
    private static long millis(String after) {
        String text = after.strip();
        if (!text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Long.parseLong(text) * 1000;
        }
        try {
            Instant when = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Math.max(0, Duration.between(Instant.now(), when).toMillis());
        } catch (DateTimeParseException e) {
            return 0;
        }
    }
}
