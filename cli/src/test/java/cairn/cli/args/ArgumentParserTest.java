package cairn.cli.args;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of pflag. That Docker's own spellings mean what they mean to Docker is CreateRequestTest's business. */
class ArgumentParserTest {
    private static Flags flags() {
        return new Flags()
                .bool("i,interactive", "x")
                .bool("t,tty", "x")
                .bool("sig-proxy", true, "x")
                .of(Kind.LIST, "e,env", "x")
                .of(Kind.LIST, "p,publish", "x")
                .text("w,workdir", "x")
                .text("name", "x")
                .of(Kind.INT, "n,last", "-1", "x")
                .of(Kind.INT, "timeout", "x")
                .also("time", "timeout")
                .of(Kind.STRINGS, "platform", "x")
                .of(Kind.UINT16, "weight", "x")
                .of(Kind.BYTES, "m,memory", "x")
                .of(Kind.DURATION, "interval", "x")
                .of(Kind.DECIMAL, "cpus", "x")
                .of(Kind.ULIMIT, "ulimit", "x")
                .of(Kind.FILTER, "filter", "x");
    }

    private static Arguments parse(String line, boolean interspersed) {
        return ArgumentParser.parse(flags(), interspersed, line.isEmpty() ? new String[0] : line.split(" ", -1), 0);
    }

    private static String shown(String line, boolean interspersed) {
        Arguments given = parse(line, interspersed);
        List<String> out = new ArrayList<>();
        for (Flag flag : flags().all()) {
            if (flag.name().equals(flag.stands()) && given.given(flag.name())) {
                out.add(flag.name() + "=" + String.join("+", given.texts(flag.name())));
            }
        }
        return String.join(" ", out) + " | " + String.join(" ", given.positionals());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a b; | a b",
                "-i a;interactive=true | a",
                "-it a;interactive=true tty=true | a",
                "-ti a;interactive=true tty=true | a",
                "-i=false a;interactive=false | a",
                "-it=false a;interactive=true tty=false | a",
                "--tty=0 a;tty=0 | a",
                "--tty false;tty=true | false",
                "--sig-proxy a;sig-proxy=true | a",
                "--sig-proxy=false a;sig-proxy=false | a",
                "-e A=b a;env=A=b | a",
                "-eA=b a;env=A=b | a",
                "-e=A=b a;env=A=b | a",
                "--env=A=b a;env=A=b | a",
                "--env A=b a;env=A=b | a",
                "-e A -e B a;env=A+B | a",
                "-iteA=b a;interactive=true tty=true env=A=b | a",
                "-itw/tmp a;interactive=true tty=true workdir=/tmp | a",
                "-itw /tmp a;interactive=true tty=true workdir=/tmp | a",
                "-p80:80 a;publish=80:80 | a",
                "--name --tty a;name=--tty | a",
                "-e -x a;env=-x | a",
                "-w - a;workdir=- | a",
                "- a; | - a",
                "-- -i; | -i",
                "-i -- -t a;interactive=true | -t a",
                "--name= a;name= | a",
                "--name x --name y a;name=x+y | a",
                "-n 3;last=3 | ",
                "-n3;last=3 | ",
                "-n=3;last=3 | ",
                "-n -1;last=-1 | ",
                "--time 5;timeout=5 | ",
                "--platform a,b --platform c;platform=a+b+c | ",
            })
    void splitsTheSameInBothModesBeforeTheFirstPositional(String line, String expected) {
        String flags = expected.substring(0, expected.indexOf('|')).strip();
        String rest = expected.substring(expected.indexOf('|') + 1).strip();
        assertThat(shown(line, false)).isEqualTo(flags + " | " + rest);
        assertThat(shown(line, true)).isEqualTo(flags + " | " + rest);
    }

    @Test
    void whatFollowsTheImageBelongsToTheCommand() {
        assertThat(shown("-i busybox sh -t --foo -e", false)).isEqualTo("interactive=true | busybox sh -t --foo -e");
        assertThat(shown("a -i b", true)).isEqualTo("interactive=true | a b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--foo a;unknown flag: --foo",
                "--foo=1 a;unknown flag: --foo",
                "--tt a;unknown flag: --tt",
                "-x a;unknown shorthand flag: 'x' in -x",
                "-izt a;unknown shorthand flag: 'z' in -zt",
                "-e;flag needs an argument: 'e' in -e",
                "-ie;flag needs an argument: 'e' in -e",
                "--env;flag needs an argument: --env",
                "--=x;bad flag syntax: --=x",
                "---x;bad flag syntax: ---x",
                "-i=x a;invalid argument \"x\" for \"-i, --interactive\" flag: strconv.ParseBool: parsing \"x\": invalid syntax",
                "-n x;invalid argument \"x\" for \"-n, --last\" flag: strconv.ParseInt: parsing \"x\": invalid syntax",
                "--time x;invalid argument \"x\" for \"--time\" flag: strconv.ParseInt: parsing \"x\": invalid syntax",
                "-n 99999999999999999999;invalid argument \"99999999999999999999\" for \"-n, --last\" flag: strconv.ParseInt: parsing \"99999999999999999999\": value out of range",
                "--weight 70000;invalid argument \"70000\" for \"--weight\" flag: strconv.ParseUint: parsing \"70000\": value out of range",
                "-m 5x;invalid argument \"5x\" for \"-m, --memory\" flag: invalid suffix: 'x'",
                "--memory=;invalid argument \"\" for \"-m, --memory\" flag: invalid size: ''",
                "--interval x;invalid argument \"x\" for \"--interval\" flag: time: invalid duration \"x\"",
                "--cpus x;invalid argument \"x\" for \"--cpus\" flag: failed to parse x as a rational number",
                "--ulimit x;invalid argument \"x\" for \"--ulimit\" flag: invalid ulimit argument: x",
                "--ulimit nofile=5:3;invalid argument \"nofile=5:3\" for \"--ulimit\" flag: ulimit soft limit must be less than or equal to hard limit: 5 > 3",
            })
    void faultsAreSaidInDockersWords(String line, String message) {
        assertThatThrownBy(() -> parse(line, false))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }

    @Test
    void helpNeedsNothingElse() {
        assertThat(parse("--help", false).help()).isTrue();
        assertThat(parse("-h", false).help()).isTrue();
        assertThat(parse("a --help", false).help()).isFalse();
        assertThat(parse("a --help", true).help()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "1,1",
        "1b,1",
        "1k,1024",
        "1KB,1024",
        "1KiB,1024",
        "1.5g,1610612736",
        "64m,67108864",
        "2t,2199023255552",
        "-1,-1",
        "1 m,1048576"
    })
    void sizesArePowersOf1024(String text, long bytes) {
        assertThat(Bytes.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "20GB,20000000000", "1.5k,1500", "3MiB,3145728", "1gib,1073741824", "5,5", "7b,7", "-1,-1"})
    void sizesOnDiskAreWhatListingsShow(String text, long bytes) {
        assertThat(Bytes.onDisk(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "1s,1000000000",
        "1h30m,5400000000000",
        "300ms,300000000",
        "1.5h,5400000000000",
        "-2s,-2000000000",
        "1us,1000"
    })
    void durationsAreGos(String text, long nanos) {
        assertThat(Durations.parse(text)).isEqualTo(nanos);
    }

    @ParameterizedTest
    @CsvSource({"1.5,1500000000", ".25,250000000", "3/2,1500000000", "0,0", "x,-1", "-1,-1", "0.0000000001,-1"})
    void processorsAreCountedInBillionths(String text, long nano) {
        assertThat(Decimals.nano(text)).isEqualTo(nano);
    }

    @Test
    void helpShowsNamesTypesAndDefaultsButNoOldSpellings() {
        String help = Help.flags(flags().text("hidden", ""), 60);
        assertThat(help)
                .contains(
                        "  -e, --env list", "      --name string", "--sig-proxy", "x (default true)", "x (default -1)");
        assertThat(help).doesNotContain("--time ", "--hidden");
        assertThat(help.lines()).allMatch(line -> line.length() <= 60);
    }
}
