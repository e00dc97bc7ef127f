/**
 * From a checked spec to a running process: {@link cairn.engine.launch.LaunchPlanner} decides (pure, golden-tested),
 * {@link cairn.engine.launch.Launcher} hands the plan to the shim and speaks with it afterwards. Knows no image, no
 * network and no container record; {@code cairn.engine.container} is its caller.
 */
@NullMarked
package cairn.engine.launch;

import org.jspecify.annotations.NullMarked;
