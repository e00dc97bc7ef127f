package cairn.engine.name;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.hostile.Fuzzing;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class AnswersTest {
    private final NameTable table = new NameTable();
    private final Answers answers = new Answers(table, new Random(1));

    private static InetAddress ip(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static Place member(String container, String network, List<String> names, String... addresses) {
        List<InetAddress> parsed = new ArrayList<>();
        for (String address : addresses) {
            parsed.add(ip(address));
        }
        return new Place(container + network, container, network + "-id", network, true, true, names, parsed, Map.of());
    }

    @BeforeEach
    void containers() {
        table.put(member("asker", "front", List.of("asker"), "10.0.0.9"));
        table.put(member("web", "front", List.of("Web", "www", "0123456789ab"), "10.0.0.2", "fd00::2"));
        table.put(member("web", "back", List.of("web"), "10.0.1.2"));
        table.put(member("db", "back", List.of("db"), "10.0.1.3"));
        table.put(member("a", "front", List.of("a", "app"), "10.0.0.3"));
        table.put(member("b", "front", List.of("b", "app"), "10.0.0.4"));
        table.put(member("six", "front", List.of("six"), "fd00::6"));
        table.put(member("dots", "my.net", List.of("x.y"), "10.0.2.2"));
        table.put(member("asker", "my.net", List.of("asker"), "10.0.2.9"));
    }

    private static byte[] query(String name, int type) throws Exception {
        Message query = Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
        query.getHeader().setID(4711);
        return query.toWire();
    }

    private Message reply(byte[] query, boolean tcp) throws Exception {
        assertThat(answers.to(query, "asker", tcp, false)).isInstanceOf(Answers.Verdict.Reply.class);
        Message reply = new Message(((Answers.Verdict.Reply) answers.to(query, "asker", tcp, false)).bytes());
        assertThat(reply.getHeader().getID()).isEqualTo(4711);
        assertThat(reply.getHeader().getFlag(Flags.QR)).isTrue();
        assertThat(reply.getHeader().getFlag(Flags.RA)).isTrue();
        return reply;
    }

    private List<String> ask(String name, int type) throws Exception {
        Message reply = reply(query(name, type), false);
        assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
        List<String> found = new ArrayList<>();
        for (Record record : reply.getSectionArray(Section.ANSWER)) {
            assertThat(record.getTTL()).isEqualTo(600);
            assertThat(record.getName().toString()).isEqualTo(name);
            found.add(record.rdataToString());
        }
        return found;
    }

    private void unknown(String name, int type) throws Exception {
        assertThat(answers.to(query(name, type), "asker", false, false))
                .as(name)
                .isInstanceOf(Answers.Verdict.Ask.class);
    }

    @Test
    void namesAliasesAndIdsInAnyCase() throws Exception {
        for (String name :
                List.of("web.", "WEB.", "wWw.", "0123456789ab.", "web.front.", "WWW.FRONT.", "0123456789ab.front.")) {
            assertThat(ask(name, Type.A)).as(name).containsExactly("10.0.0.2");
            assertThat(ask(name, Type.AAAA)).as(name).containsExactly("fd00:0:0:0:0:0:0:2");
            assertThat(ask(name, Type.MX)).isEmpty();
        }
        assertThat(ask("x.y.", Type.A)).containsExactly("10.0.2.2");
        assertThat(ask("x.y.my.net.", Type.A)).containsExactly("10.0.2.2");
    }

    @Test
    void nobodySeesANetworkThatHeIsNotOn() throws Exception {
        unknown("db.", Type.A);
        unknown("db.back.", Type.A);
        unknown("web.back.", Type.A);
        unknown("web.front.example.", Type.A);
        unknown(".", Type.A);
        unknown("front.", Type.A);
        unknown("2.1.0.10.in-addr.arpa.", Type.PTR);
        table.remove("webfront");
        unknown("web.", Type.A);
        unknown("web.", Type.MX);
        unknown("2.0.0.10.in-addr.arpa.", Type.PTR);
        table.remove("askerfront");
        table.remove("askermy.net");
        unknown("a.", Type.A);
    }

    @Test
    void aNameWithAddressesOfTheOtherFamilyExists() throws Exception {
        assertThat(ask("six.", Type.A)).isEmpty();
        assertThat(ask("six.", Type.AAAA)).hasSize(1);
        assertThat(ask("a.", Type.AAAA)).isEmpty();
        unknown("web.", Type.TXT);
        unknown("web.", Type.SRV);
    }

    @Test
    void severalAddressesTakeTurns() throws Exception {
        List<String> first = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            List<String> found = ask("app.", Type.A);
            assertThat(found).containsExactlyInAnyOrder("10.0.0.3", "10.0.0.4");
            first.add(found.getFirst());
        }
        assertThat(first).contains("10.0.0.3", "10.0.0.4");
    }

    @Test
    void addressesLeadBackToTheFirstName() throws Exception {
        assertThat(ask("2.0.0.10.in-addr.arpa.", Type.PTR)).containsExactly("web.front.");
        assertThat(ask(ReverseMap.fromAddress(ip("10.0.0.4")).toString(), Type.PTR))
                .containsExactly("b.front.");
        assertThat(ask(ReverseMap.fromAddress(ip("fd00::6")).toString().toUpperCase(java.util.Locale.ROOT), Type.PTR))
                .containsExactly("six.front.");
        for (String name : List.of(
                "1.2.3.in-addr.arpa.",
                "256.0.0.10.in-addr.arpa.",
                "x.0.0.10.in-addr.arpa.",
                "in-addr.arpa.",
                "1.ip6.arpa.",
                "web.")) {
            unknown(name, Type.PTR);
        }
        assertThat(Answers.address("4.0.0.10.in-addr.arpa")).isEqualTo(ip("10.0.0.4"));
        assertThat(Answers.address("+4.0.0.10.in-addr.arpa")).isNull();
    }

    @Test
    void linksAreTheAskersOwn() throws Exception {
        table.put(new Place(
                "askerfront",
                "asker",
                "front-id",
                "front",
                true,
                true,
                List.of("asker"),
                List.of(ip("10.0.0.9")),
                Map.of("Server", "web")));
        assertThat(ask("server.", Type.A)).containsExactly("10.0.0.2");
        assertThat(answers.to(query("server.", Type.A), "a", false, false)).isInstanceOf(Answers.Verdict.Ask.class);
    }

    @Test
    void manyAddressesAreCutToWhatFitsAndAllGoOverTcp() throws Exception {
        for (int i = 0; i < 300; i++) {
            table.put(member("m" + i, "front", List.of("many"), "10.1." + i / 200 + "." + (1 + i % 200)));
        }
        byte[] query = query("many.", Type.A);
        Message plain = reply(query, false);
        assertThat(plain.getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(plain.getSectionArray(Section.ANSWER)).hasSize((512 - 12 - 10 - 11) / 16);
        assertThat(reply(query, true).getSectionArray(Section.ANSWER)).hasSize(300);

        Message asked = new Message(query);
        asked.addRecord(new OPTRecord(65000, 0, 0), Section.ADDITIONAL);
        byte[] reply = ((Answers.Verdict.Reply) answers.to(asked.toWire(), "asker", false, false)).bytes();
        assertThat(reply.length).isBetween(4000, 4096);
        assertThat(new Message(reply).getOPT() != null).isTrue();
    }

    @Test
    void withNdotsNamesWithoutAPointStayHere() throws Exception {
        Answers.Verdict verdict = answers.to(query("nowhere.", Type.A), "asker", false, true);
        assertThat(verdict).isInstanceOf(Answers.Verdict.Reply.class);
        assertThat(new Message(((Answers.Verdict.Reply) verdict).bytes()).getRcode())
                .isEqualTo(Rcode.NOERROR);
        assertThat(answers.to(query("nowhere.example.", Type.A), "asker", false, true))
                .isInstanceOf(Answers.Verdict.Ask.class);
    }

    @Test
    void whatIsNoQuestionGetsNoAnswerOrSaysSo() throws Exception {
        byte[] query = query("web.", Type.A);
        assertThat(answers.to(new byte[3], "asker", false, false)).isInstanceOf(Answers.Verdict.Ignore.class);
        byte[] answer = query.clone();
        answer[2] |= (byte) 0x80;
        assertThat(answers.to(answer, "asker", false, false)).isInstanceOf(Answers.Verdict.Ignore.class);
        assertThat(reply(java.util.Arrays.copyOf(query, query.length - 1), false)
                        .getRcode())
                .isEqualTo(Rcode.FORMERR);
        byte[] update = query.clone();
        update[2] = 5 << 3;
        assertThat(reply(update, false).getRcode()).isEqualTo(Rcode.NOTIMP);
        byte[] none = java.util.Arrays.copyOf(query, 12);
        none[5] = 0;
        assertThat(reply(none, false).getRcode()).isEqualTo(Rcode.FORMERR);
    }

    private static ByteBuffer received(byte[] packet) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Answers.LARGEST_DATAGRAM + 1);
        return buffer.put(packet).flip();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** What is kept is what would be found again, under another number. */
    private void keptAndToldAgain(SettledAnswers kept, byte[] packet, byte[] answer) {
        assertThat(kept.answer(received(packet))).isFalse();
        kept.keep(packet, answer, table.changes());
        byte[] again = packet.clone();
        again[0] ^= 0x55;
        again[1] ^= 0x55;
        ByteBuffer buffer = received(again);
        if (kept.answer(buffer)) {
            Answers.Verdict found = answers.to(again, "asker", false, false);
            assertThat(found).isInstanceOf(Answers.Verdict.Reply.class);
            assertThat(bytes(buffer)).isEqualTo(((Answers.Verdict.Reply) found).bytes());
        } else {
            assertThat(bytes(buffer)).isEqualTo(again);
            assertThat(Math.max(packet.length, answer.length)).isGreaterThan(300);
        }
    }

    @Test
    void whatIsKeptIsForgottenWithAChangeAndIsNeverMuch() throws Exception {
        SettledAnswers kept = new SettledAnswers(table);
        byte[] question = query("web.", Type.A);
        byte[] answer = ((Answers.Verdict.Reply) answers.to(question, "asker", false, false)).bytes();
        keptAndToldAgain(kept, question, answer);
        assertThat(kept.answer(received(query("Web.", Type.A)))).isFalse();
        assertThat(kept.answer(received(query("web.", Type.AAAA)))).isFalse();
        assertThat(kept.answer(received(new byte[0]))).isFalse();
        assertThat(kept.answer(received(new byte[] {1, 2}))).isFalse();

        table.put(member("new", "other", List.of("new"), "10.0.9.9"));
        assertThat(kept.answer(received(question))).isFalse();
        long before = table.changes();
        table.remove("newother");
        assertThat(kept.answer(received(question))).isFalse();
        kept.keep(question, answer, before);
        assertThat(kept.answer(received(question))).as("found before a change").isFalse();

        int found = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] packet = question.clone();
            packet[3] = (byte) i;
            packet[2] = (byte) (i >> 8);
            kept.keep(packet, answer, table.changes());
        }
        for (int i = 0; i < 1000; i++) {
            byte[] packet = question.clone();
            packet[3] = (byte) i;
            packet[2] = (byte) (i >> 8);
            found += kept.answer(received(packet)) ? 1 : 0;
        }
        assertThat(found).isBetween(1, 64);
    }

    /** Else each client would go on with the address that came first once. */
    @Test
    void namesWithSeveralAddressesAreShuffledEachTime() throws Exception {
        for (int type : new int[] {Type.A, Type.AAAA}) {
            Answers.Verdict verdict = answers.to(query("app.", type), "asker", false, false);
            assertThat(((Answers.Verdict.Reply) verdict).settled()).isEqualTo(type == Type.AAAA);
        }
    }

    @Test
    void nothingThatAContainerSendsBreaksIt() throws Exception {
        Message asked = new Message(query("www.front.", Type.A));
        asked.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
        new Fuzzing(
                        "dns packets",
                        List.of(
                                query("web.", Type.A),
                                query("app.front.", Type.AAAA),
                                query("2.0.0.10.in-addr.arpa.", Type.PTR),
                                asked.toWire()),
                        "web",
                        "front",
                        "in-addr",
                        "arpa",
                        "\u00c0\u000c")
                .run(input -> {
                    SettledAnswers kept = new SettledAnswers(table);
                    byte[] packet = input.length > Answers.LARGEST_QUERY
                            ? java.util.Arrays.copyOf(input, Answers.LARGEST_QUERY)
                            : input;
                    for (boolean tcp : List.of(false, true)) {
                        switch (answers.to(packet, "asker", tcp, false)) {
                            case Answers.Verdict.Reply(byte[] bytes, boolean settled) -> {
                                new Message(bytes);
                                if (settled && !tcp) {
                                    keptAndToldAgain(kept, packet, bytes);
                                }
                            }
                            case Answers.Verdict.Ask(Answers.Query query) -> {
                                new Message(query.message().toWire());
                                Answers.servfail(query);
                                assertThat(Answers.truncated(query).length).isLessThanOrEqualTo(query.answered());
                            }
                            case Answers.Verdict.Ignore() -> {}
                        }
                    }
                });
    }
}
