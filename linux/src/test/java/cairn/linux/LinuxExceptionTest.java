package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class LinuxExceptionTest {
    @Test
    void messageNamesCallSubjectAndReason() {
        assertThat(new LinuxException("mount", "/a/b", Errno.ENOENT))
                .hasMessage("mount /a/b: No such file or directory");
        assertThat(new LinuxException("uname", "", Errno.EPERM)).hasMessage("uname: Operation not permitted");
        assertThat(new LinuxException("x", "y", 4242)).hasMessage("x y: error 4242");
    }

    /** The numbers against those of the C headers, as Python knows them. */
    @Test
    void errorNumbersAreThoseOfTheSystem() throws Exception {
        List<String> ours = new ArrayList<>();
        for (Field field : Errno.class.getFields()) {
            ours.add(String.format(Locale.ROOT, "errno.%s == %d", field.getName(), field.getInt(null)));
        }
        String script = "import errno; print(all([" + String.join(",", ours) + "]))";
        assertThat(Program.output("python3", "-c", script)).isEqualTo("True");
    }
}
