package cairn.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanCodecTest {
    @Test
    void theTableAndTheEnumAgree() throws IOException {
        List<String> fromTable = new ArrayList<>();
        List<String> constants = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("../shim/plan.table"))) {
            String[] word = line.split("\\s+");
            if (word[0].equals("op")) {
                StringBuilder row = new StringBuilder(word[2] + " " + word[1] + " " + word[3]);
                for (int i = 4; i < word.length; i++) {
                    row.append(' ').append(word[i].charAt(0));
                }
                fromTable.add(row.toString());
            } else if (word[0].equals("const")) {
                constants.add(word[1] + "=" + Integer.decode(word[2]));
            }
        }
        List<String> fromEnum = new ArrayList<>();
        for (Op op : Op.values()) {
            StringBuilder row = new StringBuilder(op.name() + " " + op.number() + " " + op.sections());
            for (Op.Kind kind : op.arguments()) {
                row.append(' ')
                        .append(
                                switch (kind) {
                                    case NUMBER -> 'i';
                                    case TEXT -> 's';
                                    case VECTOR -> 'v';
                                });
            }
            fromEnum.add(row.toString());
        }
        assertThat(fromEnum).isEqualTo(fromTable);
        for (String constant : constants) {
            String name = constant.substring(0, constant.indexOf('='));
            assertThat(constantOf(name)).as(name).isEqualTo(constant);
        }
    }

    private static String constantOf(String name) {
        try {
            return name + "=" + Op.class.getField(name).getInt(null);
        } catch (ReflectiveOperationException e) {
            return name + " is missing";
        }
    }

    @Test
    void aStepIsLengthPrefixedAndEveryTextEndsWithNul() {
        LaunchPlan plan = new LaunchPlan(
                LaunchPlan.Kind.RUN,
                List.of(Step.of(Op.MKDIR, "/a", 0755)),
                List.of(),
                List.of(Step.of(Op.EXEC, List.of("/bin/sh"), List.of("sh", ""), List.of())));
        ByteBuffer bytes = ByteBuffer.wrap(PlanCodec.encode(plan)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.getInt()).isEqualTo(Op.MAGIC);
        assertThat(bytes.getInt()).isEqualTo(Op.VERSION);
        assertThat(bytes.getInt()).isEqualTo(Op.KIND_RUN);
        assertThat(bytes.getInt()).isEqualTo(2);
        assertThat(bytes.getInt()).isEqualTo(bytes.remaining());
        assertThat(bytes.getShort()).isEqualTo((short) Op.MKDIR.number());
        assertThat(bytes.getShort()).isEqualTo((short) 0);
        assertThat(bytes.getInt()).isEqualTo(4 + 3 + 8);
        assertThat(bytes.getInt()).isEqualTo(2);
        byte[] path = new byte[3];
        bytes.get(path);
        assertThat(path).isEqualTo(new byte[] {'/', 'a', 0});
        assertThat(bytes.getLong()).isEqualTo(0755);
        assertThat(bytes.getShort()).isEqualTo((short) Op.EXEC.number());
        assertThat(bytes.getShort()).isEqualTo((short) 2);
        assertThat(bytes.getInt()).isEqualTo(4 + 8 + 4 + 4 + 4);
        assertThat(bytes.getInt()).isEqualTo(8);
        bytes.position(bytes.position() + 8);
        assertThat(bytes.getInt()).isEqualTo(4);
        byte[] arguments = new byte[4];
        bytes.get(arguments);
        assertThat(arguments).isEqualTo(new byte[] {'s', 'h', 0, 0});
        assertThat(bytes.getInt()).isEqualTo(0);
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @Test
    void textWithNulIsRefused() {
        LaunchPlan plan =
                new LaunchPlan(LaunchPlan.Kind.RUN, List.of(Step.of(Op.MKDIR, "/a\0b", 0755)), List.of(), List.of());
        assertThatThrownBy(() -> PlanCodec.encode(plan)).hasMessageContaining("NUL");
    }

    @Test
    void stepsInTheWrongSectionAreRefused() {
        assertThatThrownBy(() ->
                        new LaunchPlan(LaunchPlan.Kind.RUN, List.of(Step.of(Op.CHDIR, "/")), List.of(), List.of()))
                .hasMessageContaining("CHDIR");
    }

    @Test
    void aFailuresIndexNamesTheStep() {
        LaunchPlan plan = new LaunchPlan(
                LaunchPlan.Kind.RUN,
                List.of(Step.of(Op.MKDIR, "/a", 0755)),
                List.of(Step.of(Op.NETLINK, -1, new byte[] {1})),
                List.of(Step.of(Op.CHDIR, "/b")));
        assertThat(plan.describe(2)).isEqualTo("CHDIR /b");
        assertThat(plan.describe(7)).isEqualTo("no step 7");
    }
}
