package cairn.cli.progress;

import cairn.cli.show.Tree;

/**
 * One message of the stream.
 *
 * @param id what it is about, such as a layer; "" for nothing in particular
 * @param stream text that is printed as it is; "" in messages with a status
 * @param counted whether it belongs to the counting of one piece of work, so that the next one of this id replaces it
 * @param units what is counted; "" for bytes
 */
record Message(String id, String status, String stream, boolean counted, long current, long total, String units) {
    static Message of(Tree line) {
        Tree detail = line.at("progressDetail");
        return new Message(
                line.at("id").text(),
                line.at("status").text(),
                line.at("stream").text(),
                detail.there(),
                Math.max(0, detail.at("current").number()),
                Math.max(0, detail.at("total").number()),
                detail.at("units").text());
    }

    /** Whether it says how far the work has come. */
    boolean counts() {
        return current > 0 || total > 0;
    }

    /** As a line of its own, or as the text that it is. */
    String printed() {
        return stream.isEmpty() ? (id.isEmpty() ? status : id + ": " + status) + "\n" : stream;
    }
}
