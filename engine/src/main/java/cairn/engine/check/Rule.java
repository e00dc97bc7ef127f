package cairn.engine.check;

/** One thing that has to hold in every store. Reads the picture, and beyond it only what stays as it is. */
@FunctionalInterface
interface Rule {
    void check(Picture store, Relations relations, Findings findings);
}
