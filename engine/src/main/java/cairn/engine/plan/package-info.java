/**
 * The launch plan as data: steps that layers, networks and the launch planner emit and that only {@code cairn-shim}
 * carries out. Nothing here decides, nothing here touches the machine. See {@code docs/LAUNCH_PLAN.md}.
 */
@NullMarked
package cairn.engine.plan;

import org.jspecify.annotations.NullMarked;
