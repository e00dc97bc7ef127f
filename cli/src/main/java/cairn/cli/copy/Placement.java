package cairn.cli.copy;

import cairn.cli.CliException;

/**
 * Where an archive is unpacked, and what its topmost name becomes there: Docker's rules, which are those of cp(1) but for a missing
 * directory at the end.
 *
 * @param directory to unpack in
 * @param name of what is copied
 */
record Placement(String directory, String name) {
    /**
     * Of a copy.
     *
     * @param source the topmost name as it is
     * @param isDirectory what the source is
     * @param exists whether the target does
     * @param targetIsDirectory what the target is, if it exists
     */
    static Placement of(String source, boolean isDirectory, Place target, boolean exists, boolean targetIsDirectory) {
        if (exists && targetIsDirectory) {
            return new Placement(target.path(), source);
        }
        if (exists && isDirectory) {
            throw new CliException("cannot copy directory");
        }
        if (!exists && !isDirectory && target.slash()) {
            throw new CliException("no such directory");
        }
        return new Placement(target.parent(), target.base());
    }
}
