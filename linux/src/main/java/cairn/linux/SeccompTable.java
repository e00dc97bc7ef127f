package cairn.linux;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A filter in which the calls that are decided by their number alone are found by a search over ranges of numbers.
 *
 * <p>libseccomp compares with each number by itself; the kernel translates the program anew for each process that gets it, and runs it
 * for every number to see which calls it need not ask about again. Ranges make it a third as long, and a start a quarter of a
 * millisecond shorter. What the library's program answers is asked of that program, number by number: nothing is decided here.
 */
final class SeccompTable {
    /** The greatest distance of a conditional jump (linux/filter.h). */
    private static final int FARTHEST = 255;

    private final Map<Integer, Integer> greatest;

    /** The greatest number that a rule names, by architecture. */
    SeccompTable(Map<Integer, Integer> greatest) {
        this.greatest = greatest;
    }

    /** From this number on (unsigned) to the next range: what is returned, or null where the arguments matter. */
    private record Range(int from, @Nullable Integer verdict) {}

    /** A place in the program that is not known yet: an instruction of the search, or the end of it with this verdict. */
    private record Node(int pivot, int below, int atLeast) {}

    /**
     * The program that answers as {@code whole} does.
     *
     * @param rest a program that does so for the calls whose arguments matter: from all rules that name such a call
     * @return {@code whole} itself where rules of other names matter too, or where a jump would be too far
     */
    byte[] before(byte[] rest, byte[] whole) {
        Map<Integer, List<Range>> tables = new LinkedHashMap<>();
        for (int architecture : greatest.keySet()) {
            if (architecture != SeccompCode.X32) {
                List<Range> ranges = ranges(rest, whole, architecture);
                if (ranges == null) {
                    return whole;
                }
                tables.put(architecture, ranges);
            }
        }
        List<byte[]> sections = new ArrayList<>();
        int behind = 0;
        for (Map.Entry<Integer, List<Range>> table :
                List.copyOf(tables.entrySet()).reversed()) {
            byte[] section = section(table.getKey(), table.getValue(), behind);
            if (section == null) {
                return whole;
            }
            sections.addFirst(section);
            behind += SeccompCode.length(section);
        }
        SeccompCode program = new SeccompCode();
        program.load(SeccompCode.ARCHITECTURE);
        sections.forEach(program::append);
        program.append(rest);
        byte[] result = program.bytes();
        return result.length < whole.length && agree(result, whole) ? result : whole;
    }

    private List<Integer> numbers(int architecture) {
        List<Integer> numbers = new ArrayList<>();
        for (int number = 0; number <= greatest.getOrDefault(architecture, 0) + 1; number++) {
            numbers.add(number);
        }
        if (architecture == SeccompCode.X86_64) {
            for (int number = SeccompCode.X32_BIT;
                    number <= Math.max(SeccompCode.X32_BIT, greatest.getOrDefault(SeccompCode.X32, 0)) + 1;
                    number++) {
                numbers.add(number);
            }
        }
        // seccomp(2) and tracers may skip a call by this number.
        numbers.add(-1);
        return numbers;
    }

    /** socketcall(2) and ipc(2) of 32-bit machines, which stand for many calls: the library has rules of all their names under these. */
    private static boolean isMultiplexed(int architecture, int number) {
        return architecture == SeccompCode.X86 && (number == 102 || number == 117);
    }

    private boolean agree(byte[] one, byte[] other) {
        for (int architecture : greatest.keySet()) {
            for (int number : architecture == SeccompCode.X32 ? List.<Integer>of() : numbers(architecture)) {
                Integer verdict = SeccompCode.verdict(one, architecture, number);
                Integer wanted = SeccompCode.verdict(other, architecture, number);
                if (verdict == null ? wanted != null : !verdict.equals(wanted)) {
                    return false;
                }
            }
        }
        return true;
    }

    private @Nullable List<Range> ranges(byte[] rest, byte[] whole, int architecture) {
        List<Range> ranges = new ArrayList<>();
        for (int number : numbers(architecture)) {
            Integer verdict = SeccompCode.verdict(whole, architecture, number);
            if (verdict == null
                    && (isMultiplexed(architecture, number)
                            || SeccompCode.verdict(rest, architecture, number) != null)) {
                return null;
            }
            Range last = ranges.isEmpty() ? null : ranges.getLast();
            boolean same = last != null && (verdict == null ? last.verdict() == null : verdict.equals(last.verdict()));
            if (!same) {
                ranges.add(new Range(number, verdict));
            }
        }
        return ranges;
    }

    /**
     * Is it another architecture? Jump over this. Else load the number, search, and return or jump to what comes behind all sections.
     *
     * @param behind instructions between this section and that
     */
    private static byte @Nullable [] section(int architecture, List<Range> ranges, int behind) {
        List<Node> nodes = new ArrayList<>();
        Map<@Nullable Integer, Integer> ends = new HashMap<>();
        search(ranges, nodes, ends);
        int length = 2 + nodes.size() + ends.size();
        if (length - 1 > FARTHEST) {
            return null;
        }
        SeccompCode section = new SeccompCode();
        section.jumpIf(SeccompCode.EQUAL, architecture, 0, length - 1);
        section.load(SeccompCode.NUMBER);
        for (int at = 0; at < nodes.size(); at++) {
            Node node = nodes.get(at);
            int atLeast = place(node.atLeast(), nodes.size()) - at - 1;
            section.jumpIf(SeccompCode.AT_LEAST, node.pivot(), atLeast, place(node.below(), nodes.size()) - at - 1);
        }
        List<@Nullable Integer> verdicts = new ArrayList<>(ends.keySet());
        verdicts.sort((one, other) -> ends.getOrDefault(other, 0) - ends.getOrDefault(one, 0));
        for (Integer verdict : verdicts) {
            if (verdict == null) {
                section.jump(behind + length - section.length() - 1);
            } else {
                section.answer(verdict);
            }
        }
        return section.bytes();
    }

    /** Ends have the numbers -1, -2, ... and stand behind the nodes. */
    private static int place(int node, int nodes) {
        return node >= 0 ? node : nodes - 1 - node;
    }

    /** Appends the search over these ranges; returns its first node, or the end if there is nothing to search. */
    private static int search(List<Range> ranges, List<Node> nodes, Map<@Nullable Integer, Integer> ends) {
        if (ranges.size() == 1) {
            return ends.computeIfAbsent(ranges.getFirst().verdict(), _ -> -ends.size() - 1);
        }
        int at = nodes.size();
        int middle = ranges.size() / 2;
        nodes.add(new Node(0, 0, 0));
        int below = search(ranges.subList(0, middle), nodes, ends);
        int atLeast = search(ranges.subList(middle, ranges.size()), nodes, ends);
        nodes.set(at, new Node(ranges.get(middle).from(), below, atLeast));
        return at;
    }
}
