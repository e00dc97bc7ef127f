package cairn.cli.verb;

import cairn.cli.show.Columns;
import cairn.cli.show.Row;
import cairn.cli.show.Tree;
import cairn.wire.Sizes;
import java.util.Locale;
import java.util.Map;

/** What one container uses: a sample of the API. */
final class StatsRow extends Row {
    private static final int FULL = 64;
    private static final int SHORT = 12;

    static final Columns COLUMNS = new Columns(
            "*container.statsContext",
            "BlockIO",
            "BLOCK I/O",
            "CPUPerc",
            "CPU %",
            "Container",
            "CONTAINER",
            "ID",
            "CONTAINER ID",
            "MemPerc",
            "MEM %",
            "MemUsage",
            "MEM USAGE / LIMIT",
            "Name",
            "NAME",
            "NetIO",
            "NET I/O",
            "PIDs",
            "PIDS");

    private final String asked;
    private final Tree sample;
    private final boolean full;

    /** @param asked what the user called it @param sample nothing while there is none yet */
    StatsRow(String asked, Tree sample, boolean full) {
        super(COLUMNS);
        this.asked = asked;
        this.sample = sample;
        this.full = full;
    }

    @Override
    protected String cell(String column) {
        if (!sample.there()) {
            return switch (column) {
                case "Container" -> asked;
                case "MemUsage", "NetIO", "BlockIO" -> "-- / --";
                default -> "--";
            };
        }
        return switch (column) {
            case "Container" -> asked;
            case "ID" -> shortened(sample.at("id").text());
            case "Name" -> {
                String name = sample.at("name").text();
                yield name.startsWith("/") ? name.substring(1) : name;
            }
            case "CPUPerc" -> percent(processor());
            case "MemUsage" -> Sizes.binary(memory()) + " / " + Sizes.binary(limit());
            case "MemPerc" -> percent(limit() == 0 ? 0 : 100.0 * memory() / limit());
            case "NetIO" -> Sizes.decimal(network("rx_bytes")) + " / " + Sizes.decimal(network("tx_bytes"));
            case "BlockIO" -> Sizes.decimal(devices('r')) + " / " + Sizes.decimal(devices('w'));
            case "PIDs" -> Long.toString(sample.at("pids_stats", "current").number());
            default -> "";
        };
    }

    private String shortened(String id) {
        return !full && id.length() == FULL ? id.substring(0, SHORT) : id;
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.2f%%", value);
    }

    private double processor() {
        Tree now = sample.at("cpu_stats");
        Tree before = sample.at("precpu_stats");
        double used = now.at("cpu_usage", "total_usage").number()
                - (double) before.at("cpu_usage", "total_usage").number();
        double system = now.at("system_cpu_usage").number()
                - (double) before.at("system_cpu_usage").number();
        return used > 0 && system > 0 ? used / system * now.at("online_cpus").number() * 100 : 0;
    }

    /** Without what the kernel would give back at once: the cache of files that nobody has touched lately. */
    private long memory() {
        Tree memory = sample.at("memory_stats");
        long usage = memory.at("usage").number();
        for (String cache : new String[] {"total_inactive_file", "inactive_file"}) {
            Tree size = memory.at("stats", cache);
            if (size.there() && size.number() < usage) {
                return usage - size.number();
            }
        }
        return usage;
    }

    private long limit() {
        return sample.at("memory_stats", "limit").number();
    }

    private long network(String counter) {
        long sum = 0;
        for (Map.Entry<String, Tree> one : sample.at("networks").members().entrySet()) {
            sum += one.getValue().at(counter).number();
        }
        return sum;
    }

    private long devices(char operation) {
        long sum = 0;
        for (Tree one : sample.at("blkio_stats", "io_service_bytes_recursive").items()) {
            String name = one.at("op").text();
            if (!name.isEmpty() && Character.toLowerCase(name.charAt(0)) == operation) {
                sum += one.at("value").number();
            }
        }
        return sum;
    }
}
