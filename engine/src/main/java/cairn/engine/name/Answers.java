package cairn.engine.name;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** What becomes of a container's query: an answer out of the table, or a question for somebody else. Bytes in, bytes out. */
final class Answers {
    /** Of a query, also over TCP: a name has 255 bytes at most. */
    static final int LARGEST_QUERY = 4096;

    static final int LARGEST_DATAGRAM = 4096;
    private static final int LARGEST_OVER_TCP = 65535;
    /** Over UDP without EDNS (RFC 1035). */
    private static final int PLAIN_DATAGRAM = 512;

    private static final int HEADER = 12;
    private static final int OPTIONS = 11;
    /** A record whose name points to the question's (RFC 1035, 4.1.4), without its data. */
    private static final int RECORD = 12;

    private static final int SECONDS = 600; // as Docker says

    private static final String V4 = ".in-addr.arpa";
    private static final String V6 = ".ip6.arpa";

    /** What is to be done with a query. */
    sealed interface Verdict {
        /** @param settled whether the same bytes get the same answer until the table changes */
        record Reply(byte[] bytes, boolean settled) implements Verdict {}

        /** Others may know. */
        record Ask(Query query) implements Verdict {}

        /** This is no query. */
        record Ignore() implements Verdict {}
    }

    /** A query that was read. {@code answered} is how large an answer may be. */
    record Query(byte[] bytes, Message message, int answered) {}

    private final NameTable table;
    private final RandomGenerator random;

    Answers(NameTable table, RandomGenerator random) {
        this.table = table;
        this.random = random;
    }

    /** @param bytes as a container has sent them: anything */
    Verdict to(byte[] bytes, String asker, boolean overTcp, boolean ndotsSet) {
        Message message;
        try {
            message = new Message(bytes);
        } catch (IOException | RuntimeException e) {
            return malformed(bytes);
        }
        Header header = message.getHeader();
        if (header.getFlag(Flags.QR)) {
            return new Verdict.Ignore();
        }
        Query query = new Query(bytes, message, room(message, overTcp));
        if (header.getOpcode() != Opcode.QUERY) {
            return failure(query, Rcode.NOTIMP);
        }
        Record question = message.getQuestion();
        if (question == null || header.getCount(Section.QUESTION) != 1) {
            return failure(query, Rcode.FORMERR);
        }
        if (question.getDClass() != DClass.IN) {
            return new Verdict.Ask(query);
        }
        return switch (question.getType()) {
            case Type.A, Type.AAAA -> byName(query, question, asker, ndotsSet);
            // An empty answer makes mail go to the name itself (RFC 5321, 5.1).
            case Type.MX ->
                table.addresses(asker, text(question.getName())) == null
                        ? new Verdict.Ask(query)
                        : reply(query, List.of());
            case Type.PTR -> byAddress(query, question, asker);
            default -> new Verdict.Ask(query);
        };
    }

    private static int room(Message message, boolean overTcp) {
        OPTRecord options = message.getOPT();
        if (overTcp) {
            return LARGEST_OVER_TCP;
        }
        int wanted = options == null ? PLAIN_DATAGRAM : options.getPayloadSize();
        return Math.clamp(wanted, PLAIN_DATAGRAM, LARGEST_DATAGRAM);
    }

    private Verdict byName(Query query, Record question, String asker, boolean ndotsSet) {
        String name = text(question.getName());
        List<InetAddress> known = table.addresses(asker, name);
        if (known == null) {
            // The resolver goes on with its search domains then.
            return ndotsSet && name.indexOf('.') < 0 ? reply(query, List.of()) : new Verdict.Ask(query);
        }
        // A name that has addresses of the other family only exists nevertheless: no data, but no error.
        boolean four = question.getType() == Type.A;
        List<InetAddress> addresses = new ArrayList<>();
        for (InetAddress address : known) {
            if (address instanceof Inet4Address == four) {
                addresses.add(address);
            }
        }
        Collections.shuffle(addresses, java.util.Random.from(random));
        int fitting =
                (query.answered() - HEADER - question.getName().length() - 4 - OPTIONS) / (RECORD + (four ? 4 : 16));
        List<Record> records = new ArrayList<>();
        for (InetAddress address : addresses.subList(0, Math.min(addresses.size(), fitting))) {
            records.add(
                    four
                            ? new ARecord(question.getName(), DClass.IN, SECONDS, address)
                            : new AAAARecord(question.getName(), DClass.IN, SECONDS, address));
        }
        return reply(query, records, records.size() < addresses.size(), addresses.size() < 2);
    }

    private Verdict byAddress(Query query, Record question, String asker) {
        InetAddress address = address(text(question.getName()));
        String name = address == null ? null : table.nameOf(asker, address);
        if (name == null) {
            return new Verdict.Ask(query);
        }
        try {
            Name absolute = Name.fromString(name + ".");
            return reply(query, List.of(new PTRRecord(question.getName(), DClass.IN, SECONDS, absolute)));
        } catch (TextParseException e) {
            return failure(query, Rcode.SERVFAIL); // A name that is no name in DNS, such as one of 64 characters.
        }
    }

    /** Of a name for reverse questions (RFC 1035, 3.5; RFC 3596, 2.5); null if it is none. */
    static @Nullable InetAddress address(String name) {
        String folded = Place.folded(name);
        try {
            if (folded.endsWith(V4)) {
                String[] labels =
                        folded.substring(0, folded.length() - V4.length()).split("\\.", -1);
                return labels.length == 4 ? InetAddress.getByAddress(bytes(labels, 10)) : null;
            }
            if (folded.endsWith(V6)) {
                String[] labels =
                        folded.substring(0, folded.length() - V6.length()).split("\\.", -1);
                return labels.length == 32 ? InetAddress.getByAddress(bytes(labels, 16)) : null;
            }
        } catch (NumberFormatException | UnknownHostException e) {
            // Not an address.
        }
        return null;
    }

    /** Labels stand in reverse order: decimal numbers of a byte each, or single hexadecimal digits. */
    private static byte[] bytes(String[] labels, int radix) {
        int each = radix == 16 ? 2 : 1;
        byte[] bytes = new byte[labels.length / each];
        for (int i = 0; i < labels.length; i++) {
            String label = labels[labels.length - 1 - i];
            int number = 0;
            for (int j = 0; j < label.length(); j++) {
                int digit = Character.digit(label.charAt(j), radix);
                number = digit < 0 ? 256 : number * radix + digit;
            }
            if (label.isEmpty() || label.length() > 3 || number > (radix == 16 ? 15 : 255)) {
                throw new NumberFormatException(label);
            }
            bytes[i / each] = (byte) (bytes[i / each] << 4 * (each - 1) | number);
        }
        return bytes;
    }

    /** Without the point at its end. */
    private static String text(Name name) {
        return name.toString(true);
    }

    private static Verdict reply(Query query, List<Record> records) {
        return reply(query, records, false, true);
    }

    private static Verdict reply(Query query, List<Record> records, boolean truncated, boolean settled) {
        Message answer = answer(query, Rcode.NOERROR);
        if (truncated) {
            answer.getHeader().setFlag(Flags.TC);
        }
        records.forEach(record -> answer.addRecord(record, Section.ANSWER));
        return new Verdict.Reply(answer.toWire(query.answered()), settled);
    }

    static Verdict.Reply failure(Query query, int code) {
        return new Verdict.Reply(answer(query, code).toWire(query.answered()), false);
    }

    private static Message answer(Query query, int code) {
        Header asked = query.message().getHeader();
        Message answer = new Message(asked.getID());
        Header header = answer.getHeader();
        header.setOpcode(asked.getOpcode());
        header.setFlag(Flags.QR);
        header.setFlag(Flags.RA);
        if (asked.getFlag(Flags.RD)) {
            header.setFlag(Flags.RD);
        }
        header.setRcode(code);
        Record question = query.message().getQuestion();
        if (question != null) {
            answer.addRecord(question, Section.QUESTION);
        }
        if (query.message().getOPT() != null) {
            answer.addRecord(new OPTRecord(LARGEST_DATAGRAM, 0, 0), Section.ADDITIONAL);
        }
        return answer;
    }

    /** Nobody has answered. */
    static byte[] servfail(Query query) {
        return failure(query, Rcode.SERVFAIL).bytes();
    }

    /** An answer that is larger than it may be, without its records: the resolver comes again over TCP. */
    static byte[] truncated(Query query) {
        Message answer = answer(query, Rcode.NOERROR);
        answer.getHeader().setFlag(Flags.TC);
        return answer.toWire(query.answered());
    }

    /** With as much of a header as is there. */
    private static Verdict malformed(byte[] bytes) {
        if (bytes.length < HEADER || bytes[2] < 0) {
            return new Verdict.Ignore();
        }
        Message answer = new Message((bytes[0] & 0xff) << 8 | bytes[1] & 0xff);
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        answer.getHeader().setRcode(Rcode.FORMERR);
        return new Verdict.Reply(answer.toWire(), false);
    }
}
