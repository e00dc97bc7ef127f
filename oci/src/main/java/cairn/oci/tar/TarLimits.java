package cairn.oci.tar;

/**
 * How much a tar stream may ask of its reader.
 *
 * @param headerBytes of one entry's PAX records or GNU long names, all taken together
 * @param entries in the archive; each costs a reader that records it up to 16 bytes of memory
 * @param nameBytes of one name or link target; by default what the kernel takes (PATH_MAX less its NUL): a longer one could be made step by
 *     step, but never opened again
 * @param depth slashes in one name
 * @param xattrBytes of one extended attribute's value
 * @param xattrs of one entry
 * @param sparseMapBytes of one sparse file's map as it stands in the archive
 * @param totalBytes of the archive; sparse files count with their expanded size
 */
public record TarLimits(
        int headerBytes,
        long entries,
        int nameBytes,
        int depth,
        int xattrBytes,
        int xattrs,
        int sparseMapBytes,
        long totalBytes) {
    /** What the engine takes from strangers. */
    public static final TarLimits DEFAULT =
            new TarLimits(1 << 20, 3_000_000, 4095, 1024, 64 << 10, 1024, 1 << 20, 1L << 40);

    public TarLimits {
        if (headerBytes < 0
                || entries < 0
                || nameBytes < 0
                || depth < 0
                || xattrBytes < 0
                || xattrs < 0
                || sparseMapBytes < 0
                || totalBytes < 0) {
            throw new IllegalArgumentException("a limit is negative");
        }
    }

    public TarLimits withEntries(long entries) {
        return new TarLimits(headerBytes, entries, nameBytes, depth, xattrBytes, xattrs, sparseMapBytes, totalBytes);
    }

    public TarLimits withNameBytes(int nameBytes) {
        return new TarLimits(headerBytes, entries, nameBytes, depth, xattrBytes, xattrs, sparseMapBytes, totalBytes);
    }

    public TarLimits withTotalBytes(long totalBytes) {
        return new TarLimits(headerBytes, entries, nameBytes, depth, xattrBytes, xattrs, sparseMapBytes, totalBytes);
    }
}
