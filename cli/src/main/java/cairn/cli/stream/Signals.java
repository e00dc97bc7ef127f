package cairn.cli.stream;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;

/**
 * Signals of this process. The JDK has no supported interface for them; {@code sun.misc.Signal} is reached by reflection, as
 * the compiler refuses its name. Signals that the virtual machine needs for itself are left to it.
 */
public final class Signals {
    /** What is passed on to a container; not CHLD, PIPE, URG and WINCH, which are about this process. */
    public static final List<String> FORWARDED =
            List.of("HUP", "INT", "TERM", "USR1", "USR2", "ALRM", "CONT", "TSTP", "TTIN", "TTOU", "IO", "PWR", "SYS");

    private Signals() {}

    /** Calls the handler, on a thread of its own, with the name of each signal that arrives from now on. */
    public static void handle(List<String> names, Consumer<String> handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> receiver = Class.forName("sun.misc.SignalHandler");
            for (String name : names) {
                install(signal, receiver, name, handler);
            }
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("this JDK has no sun.misc.Signal", e);
        }
    }

    private static void install(Class<?> signal, Class<?> receiver, String name, Consumer<String> handler) {
        InvocationHandler invocation = (_, method, _) -> {
            if (method.getName().equals("handle")) {
                handler.accept(name);
            }
            return method.getReturnType() == int.class ? (Object) 0 : null;
        };
        Object proxy = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {receiver}, invocation);
        try {
            Object made = signal.getConstructor(String.class).newInstance(name);
            signal.getMethod("handle", signal, receiver).invoke(null, made, proxy);
        } catch (java.lang.reflect.InvocationTargetException e) {
            // IllegalArgumentException: unknown here, or in use by the virtual machine.
            if (!(e.getCause() instanceof IllegalArgumentException)) {
                throw new IllegalStateException("cannot handle signal " + name, e);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot handle signal " + name, e);
        }
    }
}
