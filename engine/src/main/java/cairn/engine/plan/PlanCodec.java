package cairn.engine.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The binary form of a plan, as {@code docs/LAUNCH_PLAN.md} draws it. */
public final class PlanCodec {
    private static final int HEADER_BYTES = 20;

    private PlanCodec() {}

    /** @throws IllegalArgumentException when the plan is larger than the shim accepts, or a text contains NUL */
    public static byte[] encode(LaunchPlan plan) {
        List<byte[]> steps = new ArrayList<>();
        add(steps, plan.prepare(), 0);
        add(steps, plan.connect(), 1);
        add(steps, plan.inside(), 2);
        int bytes = 0;
        for (byte[] step : steps) {
            bytes += step.length;
        }
        if (bytes > Op.MAX_PLAN || steps.size() > Op.MAX_STEPS) {
            throw new IllegalArgumentException(
                    "launch plan of " + bytes + " bytes in " + steps.size() + " steps is larger than the shim accepts");
        }
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(Op.MAGIC).putInt(Op.VERSION);
        out.putInt(plan.kind() == LaunchPlan.Kind.RUN ? Op.KIND_RUN : Op.KIND_JOIN);
        out.putInt(steps.size()).putInt(bytes);
        for (byte[] step : steps) {
            out.put(step);
        }
        return out.array();
    }

    private static void add(List<byte[]> out, List<Step> steps, int section) {
        for (Step step : steps) {
            out.add(encode(step, section));
        }
    }

    private static byte[] encode(Step step, int section) {
        List<byte[]> arguments = new ArrayList<>();
        int bytes = 0;
        for (Object argument : step.arguments()) {
            byte[] encoded = switch (argument) {
                case Long number -> number(number);
                case String text -> text(plain(text, step));
                case byte[] raw -> text(raw);
                case List<?> vector -> vector(vector, step);
                default -> throw new IllegalArgumentException(step + ": " + argument.getClass());
            };
            arguments.add(encoded);
            bytes += encoded.length;
        }
        ByteBuffer out = ByteBuffer.allocate(8 + bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.putShort((short) step.op().number()).putShort((short) section).putInt(bytes);
        for (byte[] argument : arguments) {
            out.put(argument);
        }
        return out.array();
    }

    private static byte[] number(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    private static byte[] text(byte[] raw) {
        return ByteBuffer.allocate(4 + raw.length + 1)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(raw.length)
                .put(raw)
                .put((byte) 0)
                .array();
    }

    private static byte[] vector(List<?> elements, Step step) {
        List<byte[]> raw = new ArrayList<>();
        int bytes = 0;
        for (Object element : elements) {
            byte[] one = plain((String) element, step);
            raw.add(one);
            bytes += one.length + 1;
        }
        ByteBuffer out = ByteBuffer.allocate(4 + bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(bytes);
        for (byte[] one : raw) {
            out.put(one).put((byte) 0);
        }
        return out.array();
    }

    /** C ends a string at its first NUL, so what follows one would be dropped silently: refuse it. */
    private static byte[] plain(String text, Step step) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(step.op() + ": text with a NUL byte");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
