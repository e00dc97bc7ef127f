package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kernel's verdict on every system call number, by each of its three entries and with each argument that matters, in containers with
 * different capabilities, compared with what the profile says. None of the calls is carried out. Numbers come from the kernel's headers,
 * so that the library that compiles the filter is not its own judge.
 */
final class SeccompVerdictsIT {
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    private static final long X32 = 0x40000000;
    private static final int NUMBERS = 600;
    private static final int URETPROBE = 335;
    private static final int UPROBE = 336;

    /** Newer than the headers and libraries of some distributions: allowed or not known yet. */
    private static final Map<Integer, String> NEWER = Map.ofEntries(
            Map.entry(451, "cachestat"),
            Map.entry(452, "fchmodat2"),
            Map.entry(453, "map_shadow_stack"),
            Map.entry(454, "futex_wake"),
            Map.entry(455, "futex_wait"),
            Map.entry(456, "futex_requeue"),
            Map.entry(457, "statmount"),
            Map.entry(458, "listmount"),
            Map.entry(459, "lsm_get_self_attr"),
            Map.entry(460, "lsm_set_self_attr"),
            Map.entry(461, "lsm_list_modules"),
            Map.entry(462, "mseal"),
            Map.entry(463, "setxattrat"),
            Map.entry(464, "getxattrat"),
            Map.entry(465, "listxattrat"),
            Map.entry(466, "removexattrat"));

    private static final Set<String> DEFAULT_CAPABILITIES = Set.of(
            "CHOWN",
            "DAC_OVERRIDE",
            "FSETID",
            "FOWNER",
            "MKNOD",
            "NET_RAW",
            "SETGID",
            "SETUID",
            "SETFCAP",
            "SETPCAP",
            "NET_BIND_SERVICE",
            "SYS_CHROOT",
            "KILL",
            "AUDIT_WRITE");

    /** A way into the kernel: its letter for the probe, and its calls by number. */
    private record Entry(char letter, long bit, Map<Integer, String> calls) {}

    private record Question(Entry entry, int number, long argument) {
        String line() {
            return entry.letter() + " " + (number | entry.bit()) + " " + Long.toUnsignedString(argument) + " 0 0\n";
        }

        String name() {
            return entry.calls().getOrDefault(number, NEWER.getOrDefault(number, ""));
        }

        @Override
        public String toString() {
            return name() + " (" + line().strip() + ")";
        }
    }

    private record Rule(boolean allows, List<String> conditions, Set<String> names) {
        private static final Pattern COMPARISON = Pattern.compile("arg0([=<>&])(\\d+)(?:=(\\d+))?");

        /** @param width the bits that count of an argument and of what it is compared with */
        boolean applies(Set<String> capabilities, long argument, long width) {
            return conditions.stream().allMatch(condition -> holds(condition, capabilities, argument & width, width));
        }

        private static boolean holds(String condition, Set<String> capabilities, long argument, long width) {
            Matcher comparison = COMPARISON.matcher(condition);
            if (comparison.matches()) {
                long value = Long.parseUnsignedLong(comparison.group(2)) & width;
                int order = Long.compareUnsigned(argument, value);
                return switch (comparison.group(1)) {
                    case "=" -> order == 0;
                    case "<" -> order < 0;
                    case ">" -> order > 0;
                    default -> (argument & value) == Long.parseUnsignedLong(comparison.group(3));
                };
            }
            boolean negated = condition.startsWith("!");
            String plain = negated ? condition.substring(1) : condition;
            if (plain.startsWith("cap=")) {
                return capabilities.contains(plain.substring(4)) != negated;
            }
            if (plain.startsWith("arch=")) {
                return List.of(plain.substring(5).split(",")).contains("amd64") != negated;
            }
            if (plain.equals("kernel>=4.8") || plain.startsWith("arg1")) {
                return !plain.startsWith("arg1");
            }
            throw new AssertionError("a condition of a new kind: " + condition);
        }
    }

    private static TestDaemon daemon;
    private static List<Rule> profile;
    private static List<Entry> entries;

    @BeforeAll
    static void start() throws IOException {
        TestDaemon.onlyCairn("the profile of Docker 20.10 is an older one");
        daemon = TestDaemon.fresh();
        Images.importProbe(daemon, "probe");
        profile = profile();
        entries = List.of(
                new Entry('6', 0, numbers("unistd_64.h")),
                new Entry('6', X32, numbers("unistd_x32.h")),
                new Entry('3', 0, numbers("unistd_32.h")));
    }

    @AfterAll
    static void end() {
        if (daemon != null) {
            daemon.close();
        }
    }

    private static List<Rule> profile() throws IOException {
        Path file = TestDaemon.tree().resolve("engine/src/main/resources/cairn/engine/launch/seccomp-default.txt");
        List<Rule> rules = new ArrayList<>();
        for (String paragraph : Files.readString(file).split("\n\n")) {
            if (!paragraph.startsWith("#")) {
                String[] sides = paragraph.split(" :", 2);
                List<String> words = List.of(sides[0].split(" "));
                rules.add(new Rule(
                        words.getFirst().equals("allow"),
                        words.subList(1, words.size()),
                        Set.of(sides[1].strip().split("\\s+"))));
            }
        }
        return rules;
    }

    private static Map<Integer, String> numbers(String header) throws IOException {
        Pattern define = Pattern.compile("#define __NR_(\\w+) \\(?(?:__X32_SYSCALL_BIT \\+ )?(\\d+)\\)?");
        Map<Integer, String> names = new HashMap<>();
        for (String line : Files.readAllLines(Path.of("/usr/include/x86_64-linux-gnu/asm", header))) {
            Matcher matcher = define.matcher(line);
            if (matcher.matches()) {
                names.put(Integer.parseInt(matcher.group(2)), matcher.group(1));
            }
        }
        return names;
    }

    /** The profile's own size, as Docker publishes it. */
    @Test
    void profileHasAsManyNamesAsDockers() {
        Set<String> always = new HashSet<>();
        Set<String> ever = new HashSet<>();
        Set<String> withSysAdmin = new TreeSet<>();
        for (Rule rule : profile) {
            if (rule.allows()) {
                ever.addAll(rule.names());
                always.addAll(rule.conditions().isEmpty() ? rule.names() : Set.of());
                withSysAdmin.addAll(rule.conditions().equals(List.of("cap=SYS_ADMIN")) ? rule.names() : Set.of());
            }
        }
        assertThat(always).hasSize(361);
        assertThat(ever).hasSize(426);
        assertThat(withSysAdmin).hasSize(26).contains("mount", "unshare", "setns", "clone3", "bpf");
    }

    private static List<Question> questions() {
        List<Question> questions = new ArrayList<>();
        for (Entry entry : entries) {
            Map<String, Integer> byName = entry.calls().entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey, (a, b) -> a));
            for (int number = 0; number < NUMBERS; number++) {
                // The kernel lets its own trampolines pass by all filters, and ends whoever else calls them.
                if (number != URETPROBE && number != UPROBE) {
                    questions.add(new Question(entry, number, 0));
                }
            }
            boolean wide = entry.letter() == '6';
            for (long family = 0; family <= 64; family++) {
                questions.add(new Question(entry, byName.get("socket"), family));
                if (wide) {
                    // The kernel looks at the lower half only.
                    questions.add(new Question(entry, byName.get("socket"), family | 1L << 32));
                    questions.add(new Question(entry, byName.get("socket"), family | 1L << 63));
                }
            }
            for (long persona : new long[] {1, 8, 9, 0x20000, 0x20008, 0x20001, 0x40000, 0x0fffffff, 0xffffffffL}) {
                questions.add(new Question(entry, byName.get("personality"), persona));
                if (wide) {
                    questions.add(new Question(entry, byName.get("personality"), persona | 1L << 32));
                }
            }
            for (long flags : LongStream.concat(
                            LongStream.range(0, 32).map(bit -> 1L << bit),
                            LongStream.of(0x01200011, 0x3d0f00, 0x7e020000, 0x10000011))
                    .toArray()) {
                questions.add(new Question(entry, byName.get("clone"), flags));
                if (wide) {
                    questions.add(new Question(entry, byName.get("clone"), flags | 1L << 32));
                }
            }
        }
        return questions;
    }

    private static List<Integer> answers(List<Question> questions, String... flags) {
        List<String> words = new ArrayList<>(List.of("run", "--rm", "-i", "--network", "none"));
        words.addAll(List.of(flags));
        words.addAll(List.of("probe", "/probe", "verdicts"));
        String input = questions.stream().map(Question::line).collect(Collectors.joining());
        List<String> lines = daemon.docker()
                .runWithInput(input, words.toArray(String[]::new))
                .ok()
                .lines();
        assertThat(lines).hasSameSizeAs(questions);
        return lines.stream().map(Integer::valueOf).toList();
    }

    /** What the profile says, for a library that knows every name. */
    private static int expected(Question question, Set<String> capabilities) {
        int answer = EPERM;
        // To the library an x32 process is one of 32 bits, and the upper halves mean nothing.
        long width = question.entry().bit() == 0 && question.entry().letter() == '6' ? -1 : 0xffffffffL;
        for (Rule rule : profile) {
            if (rule.names().contains(question.name()) && rule.applies(capabilities, question.argument(), width)) {
                if (rule.allows()) {
                    return 0;
                }
                answer = ENOSYS;
            }
        }
        return answer;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "+SYS_ADMIN",
                "+SYS_PTRACE",
                "+SYS_MODULE",
                "+SYS_RAWIO",
                "+SYS_TIME",
                "+SYS_NICE +SYS_BOOT +SYS_PACCT +SYS_TTY_CONFIG",
                "+DAC_READ_SEARCH +SYSLOG +BPF +PERFMON",
                "-SYS_CHROOT",
                "-ALL"
            })
    void everyVerdictIsTheProfiles(String changes) {
        Set<String> capabilities = new HashSet<>(DEFAULT_CAPABILITIES);
        List<String> flags = new ArrayList<>();
        for (String change : changes.isEmpty() ? List.<String>of() : List.of(changes.split(" "))) {
            String name = change.substring(1);
            boolean added = change.startsWith("+");
            flags.addAll(List.of(added ? "--cap-add" : "--cap-drop", name));
            if (name.equals("ALL")) {
                capabilities.clear();
            } else if (added) {
                capabilities.add(name);
            } else {
                capabilities.remove(name);
            }
        }
        List<Question> questions = questions();
        List<Integer> answers = answers(questions, flags.toArray(String[]::new));
        // Above the newest call that the library knows, calls are not implemented, so that C libraries fall back.
        Map<Entry, Integer> known = new HashMap<>();
        for (int i = 0; i < questions.size(); i++) {
            if (answers.get(i) == 0) {
                known.merge(questions.get(i).entry(), questions.get(i).number(), Math::max);
            }
        }
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            int answer = answers.get(i);
            int wanted = expected(question, capabilities);
            int newest = known.get(question.entry());
            boolean fine = answer == wanted;
            if (question.number() > newest) {
                fine = answer == ENOSYS
                        // Conditional calls have names, too, and are known even where none of them is allowed.
                        || answer == EPERM && wanted == EPERM && question.number() <= newest + 1;
            } else if (NEWER.containsKey(question.number())) {
                fine |= answer == EPERM;
            }
            if (!fine) {
                wrong.add(question + ": " + answer + " where the profile says " + wanted);
            }
        }
        assertThat(wrong).as("of %d verdicts", questions.size()).isEmpty();
        assertThat(known.values()).allMatch(number -> number >= 449);
        System.out.println(
                "FIGURE verdicts of the system call filter = " + 10 * questions.size() + ", all the profile's");
    }

    @Test
    void privilegedHasNoFilter() {
        assertThat(answers(questions(), "--privileged")).containsOnly(0);
        assertThat(answers(questions(), "--security-opt", "seccomp=unconfined")).containsOnly(0);
    }
}
