const FOLDERS: Readonly<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
};

/** Debian's library that has programs see another time of day, where it is on this machine. */
export const FAKETIME = `/usr/lib/${FOLDERS[process.arch]}/faketime/libfaketimeMT.so.1`;
