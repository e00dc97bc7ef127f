/** The only native door: system calls, netlink, nftables, seccomp, cgroup files and the mount table. */
module cairn.linux {
    requires static transitive org.jspecify;

    exports cairn.linux;
}
