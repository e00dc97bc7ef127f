package cairn.cli.stream;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Signals of this process. The JDK has no supported interface for them; {@code sun.misc.Signal} is reached by reflection, as
 * the compiler refuses its name. Signals that the virtual machine needs for itself are left to it.
 */
public final class Signals {
    /** What is passed on to a container; not CHLD, PIPE, URG and WINCH, which are about this process. */
    public static final List<String> FORWARDED =
            List.of("HUP", "INT", "TERM", "USR1", "USR2", "ALRM", "CONT", "TSTP", "TTIN", "TTOU", "IO", "PWR", "SYS");

    /** Puts the former handlers back when it is closed. */
    public interface Handling extends AutoCloseable {
        @Override
        void close();
    }

    private Signals() {}

    /** Calls the handler, on a thread of its own, with the name of each signal that arrives from now on. */
    public static Handling handle(List<String> names, Consumer<String> handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> receiver = Class.forName("sun.misc.SignalHandler");
            Map<Object, Object> former = new LinkedHashMap<>();
            for (String name : names) {
                install(signal, receiver, name, proxy(receiver, name, handler), former);
            }
            return () -> restore(signal, receiver, former);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("this JDK has no sun.misc.Signal", e);
        }
    }

    /** The same, set up on a thread of its own: it takes longer than a short container runs. */
    public static Handling handleSoon(List<String> names, Consumer<String> handler) {
        Soon soon = new Soon();
        Thread thread = new Thread(() -> soon.begin(handle(names, handler)), "signals");
        thread.setDaemon(true);
        thread.start();
        return soon;
    }

    private static final class Soon implements Handling {
        private @Nullable Handling handling;
        private boolean over;

        synchronized void begin(Handling begun) {
            handling = begun;
            if (over) {
                begun.close();
            }
        }

        @Override
        public synchronized void close() {
            over = true;
            if (handling != null) {
                handling.close();
            }
        }
    }

    private static Object proxy(Class<?> receiver, String name, Consumer<String> handler) {
        InvocationHandler invocation = (_, method, _) -> {
            if (method.getName().equals("handle")) {
                handler.accept(name);
            }
            return method.getReturnType() == int.class ? (Object) 0 : null;
        };
        return Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {receiver}, invocation);
    }

    private static void install(
            Class<?> signal, Class<?> receiver, String name, Object handler, Map<Object, Object> former) {
        try {
            Object made = signal.getConstructor(String.class).newInstance(name);
            Object before = signal.getMethod("handle", signal, receiver).invoke(null, made, handler);
            if (before != null) {
                former.put(made, before);
            }
        } catch (InvocationTargetException e) {
            // IllegalArgumentException: unknown here, or in use by the virtual machine.
            if (!(e.getCause() instanceof IllegalArgumentException)) {
                throw new IllegalStateException("cannot handle signal " + name, e);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot handle signal " + name, e);
        }
    }

    private static void restore(Class<?> signal, Class<?> receiver, Map<Object, Object> former) {
        try {
            for (Map.Entry<Object, Object> entry : former.entrySet()) {
                signal.getMethod("handle", signal, receiver).invoke(null, entry.getKey(), entry.getValue());
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot restore the handling of signals", e);
        }
    }
}
