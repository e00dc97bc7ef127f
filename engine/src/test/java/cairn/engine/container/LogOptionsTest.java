package cairn.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.log.ContainerLog;
import cairn.engine.log.LogFile;
import cairn.engine.plan.LogFormat;
import cairn.wire.container.LogConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogOptionsTest {
    private static final ContainerFiles FILES = new ContainerFiles(Path.of("/data/containers"), Path.of("/run"), "abc");

    private static LogConfig config(String driver, String... options) {
        Map<String, String> map = new HashMap<>();
        for (String option : options) {
            map.put(option.substring(0, option.indexOf('=')), option.substring(option.indexOf('=') + 1));
        }
        return new LogConfig(driver, map);
    }

    private static void refused(String text, LogConfig config) {
        assertThatThrownBy(() -> LogOptions.check(config))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.problem()).isEqualTo(new Problem.InvalidParameter(text)));
    }

    @Test
    void localHasDockersLimits() {
        assertThat(LogOptions.of(config("local"))).isEqualTo(new LogOptions("local", 20_971_520, 5, true));
        assertThat(LogOptions.of(config("local", "max-size=20m", "max-file=2", "compress=0")))
                .isEqualTo(new LogOptions("local", 20_000_000, 2, false));
    }

    @Test
    void jsonFileIsCompressedOnlyIfItIsAskedFor() {
        assertThat(LogOptions.of(config("", "max-size=1m", "max-file=3")).compressed())
                .isFalse();
        assertThat(LogOptions.of(config("json-file", "max-size=1m", "max-file=3", "compress=T"))
                        .compressed())
                .isTrue();
    }

    @Test
    void whatContradictsItselfIsRefusedOfNewContainersAndBorneOfOld() {
        LogConfig one = config("local", "max-file=1");
        refused("compression cannot be enabled when max file count is 1", one);
        assertThat(LogOptions.of(one)).isEqualTo(new LogOptions("local", 20_971_520, 1, false));
        assertThatCode(() -> LogOptions.check(config("local", "max-file=1", "compress=false")))
                .doesNotThrowAnyException();
        String json = "compress cannot be true when max-file is less than 2 or max-size is not set";
        refused(json, config("json-file", "compress=true"));
        refused(json, config("json-file", "compress=true", "max-size=1m"));
        refused(json, config("json-file", "compress=true", "max-file=3"));
        refused("unknown log opt 'tag' for log driver local", config("local", "tag=x"));
        refused(
                "error reading compress log option: strconv.ParseBool: parsing \"yes\": invalid syntax",
                config("local", "compress=yes"));
        refused("strconv.ParseBool: parsing \"yes\": invalid syntax", config("json-file", "compress=yes"));
    }

    @Test
    void logsOfEarlierVersionsAreReadToo() {
        LogFile local = new LogFile(Path.of("/data/containers/abc/local-logs/container.log"), LogFormat.LOCAL);
        LogFile former = new LogFile(Path.of("/data/containers/abc/container.log"), LogFormat.JSON_FILE);
        LogFile json = new LogFile(Path.of("/data/containers/abc/abc-json.log"), LogFormat.JSON_FILE);
        assertThat(LogOptions.of(config("local")).file(FILES)).isEqualTo(local);
        assertThat(LogOptions.of(config("local")).log(FILES)).isEqualTo(new ContainerLog(List.of(former, local)));
        assertThat(LogOptions.of(config("json-file")).log(FILES)).isEqualTo(new ContainerLog(List.of(json)));
        assertThat(LogOptions.of(config("none")).log(FILES)).isNull();
    }
}
