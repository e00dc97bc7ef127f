package cairn.engine.name;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * What a container was told lately, by the bytes of its question behind their number; forgotten with every change of the table. A program
 * that looks up a name for each of its requests so gets answers that are not thought about. For one thread.
 */
final class SettledAnswers {
    private static final int MOST = 64;
    private static final int LARGEST_QUESTION = 300;
    private static final int LARGEST_ANSWER = 512;

    /** Each message begins with it (RFC 1035, 4.1.1). */
    private static final int NUMBER = 2;

    private final NameTable table;
    private final Map<ByteBuffer, byte[]> answers = new HashMap<>();
    private long changes;

    SettledAnswers(NameTable table) {
        this.table = table;
    }

    /** Puts the answer into the question's place, from the beginning of the buffer; if there is none, leaves that as it is. */
    boolean answer(ByteBuffer question) {
        long now = table.changes();
        if (now != changes) {
            answers.clear();
            changes = now;
            return false;
        }
        if (question.limit() <= NUMBER) {
            return false;
        }
        byte[] answer = answers.get(question.position(NUMBER));
        if (answer == null) {
            question.position(0);
            return false;
        }
        question.limit(answer.length)
                .put(answer, NUMBER, answer.length - NUMBER)
                .flip();
        return true;
    }

    /** @param seen how many changes the table had had before the answer was looked for */
    void keep(byte[] question, byte[] answer, long seen) {
        if (seen != changes || question.length > LARGEST_QUESTION || answer.length > LARGEST_ANSWER) {
            return;
        }
        if (answers.size() >= MOST) {
            answers.clear();
        }
        answers.put(ByteBuffer.wrap(question, NUMBER, question.length - NUMBER).slice(), answer);
    }
}
