package cairn.engine.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventsTest {
    @TempDir
    Path directory;

    private Events events(int fileBytes, int queueLimit) {
        return new Events(new Journal(directory, fileBytes), queueLimit, Clock.systemUTC());
    }

    private static void publish(Events events, int from, int to) {
        for (int i = from; i < to; i++) {
            events.publish("container", "number", Integer.toString(i), Map.of("name", "n" + i));
        }
    }

    private static List<String> actors(Events.Subscription subscription) throws InterruptedException {
        List<String> actors = new ArrayList<>();
        Event event = subscription.next(0);
        while (event != null) {
            actors.add(event.actor());
            event = subscription.next(0);
        }
        return actors;
    }

    private static List<String> numbers(int from, int to) {
        List<String> numbers = new ArrayList<>();
        for (int i = from; i < to; i++) {
            numbers.add(Integer.toString(i));
        }
        return numbers;
    }

    @Test
    void nextDaemonKnowsWhatHappenedBefore() throws InterruptedException {
        publish(events(1 << 20, 100), 0, 500);
        Events later = events(1 << 20, 100);
        publish(later, 500, 600);
        try (Events.Subscription all = later.subscribe(Instant.EPOCH);
                Events.Subscription news = later.subscribe(null)) {
            publish(later, 600, 605);
            assertThat(actors(all)).isEqualTo(numbers(0, 605));
            assertThat(actors(news)).isEqualTo(numbers(600, 605));
        }
    }

    @Test
    void slowReaderLosesNothing() throws InterruptedException {
        Events events = events(10_000, 10);
        try (Events.Subscription slow = events.subscribe(null)) {
            publish(events, 0, 15);
            assertThat(slow.next(0)).extracting(Event::actor).isEqualTo("0");
            publish(events, 15, 100);
            assertThat(actors(slow)).isEqualTo(numbers(1, 100));
            publish(events, 100, 103);
            assertThat(actors(slow)).isEqualTo(numbers(100, 103));
        }
    }

    @Test
    void journalIsBoundedAndGivesWhatItHas() throws IOException, InterruptedException {
        Events events = events(2_000, 10);
        publish(events, 0, 1_000);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.toList()).hasSize(Journal.FILES);
        }
        try (Events.Subscription all = events.subscribe(Instant.EPOCH)) {
            List<String> actors = actors(all);
            assertThat(actors).hasSizeGreaterThan(20);
            assertThat(actors).isEqualTo(numbers(1_000 - actors.size(), 1_000));
        }
    }

    @Test
    void tornAndDamagedLinesArePassedOver() throws IOException, InterruptedException {
        publish(events(1 << 20, 10), 0, 3);
        Path file;
        try (Stream<Path> files = Files.list(directory)) {
            file = files.findFirst().orElseThrow();
        }
        Files.writeString(file, "\0\0\0\n{\"Type\":\"container\",\"Act", StandardOpenOption.APPEND);
        Events later = events(1 << 20, 10);
        publish(later, 3, 5);
        try (Events.Subscription all = later.subscribe(Instant.EPOCH)) {
            assertThat(actors(all)).isEqualTo(numbers(0, 5));
        }
    }

    @Test
    void timeOfAnEventIsKeptToTheNanosecond() throws InterruptedException {
        Events events = events(1 << 20, 10);
        try (Events.Subscription live = events.subscribe(null)) {
            publish(events, 0, 1);
            Event heard = live.next(0);
            try (Events.Subscription read = events(1 << 20, 10).subscribe(Instant.EPOCH)) {
                assertThat(read.next(0)).isEqualTo(heard);
            }
        }
    }

    @Test
    void withoutAPlaceForItEventsAreHeardAllTheSame() throws IOException, InterruptedException {
        Path file = directory.resolve("file");
        Files.writeString(file, "");
        Events events = new Events(new Journal(file.resolve("below"), 100), 10, Clock.systemUTC());
        try (Events.Subscription live = events.subscribe(null)) {
            publish(events, 0, 3);
            assertThat(actors(live)).isEqualTo(numbers(0, 3));
        }
    }
}
