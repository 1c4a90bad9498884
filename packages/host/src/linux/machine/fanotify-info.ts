// SPDX-License-Identifier: Apache-2.0
// Whether a group of fanotify intercepts opens, by what the kernel tells of its descriptor in `/proc/PID/fdinfo` (proc_pid_fdinfo(5)). Pure.

/** FAN_OPEN_PERM, FAN_ACCESS_PERM, FAN_OPEN_EXEC_PERM (fanotify_mark(2)), FAN_PRE_ACCESS. */
const PERMISSION_MASK = 0x17_0000;
/** FAN_CLASS_CONTENT, FAN_CLASS_PRE_CONTENT (fanotify_init(2)): a group made to answer, whether it has marked something yet or not. */
const PERMISSION_CLASSES = 0x0c;

export function interceptsOpens(info: string): boolean {
  const isOf = (bits: number, pattern: RegExp): boolean =>
    Array.from(info.matchAll(pattern), ([, hex = '0']) => Number.parseInt(hex, 16)).some(
      (flags) => (flags & bits) !== 0,
    );
  return (
    isOf(PERMISSION_CLASSES, /^fanotify flags:([0-9a-f]+)/gm) ||
    isOf(PERMISSION_MASK, /^fanotify .* mask:([0-9a-f]+)/gm)
  );
}
