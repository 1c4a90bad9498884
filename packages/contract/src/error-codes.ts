// SPDX-License-Identifier: Apache-2.0
// The catalogue of error codes: every failure that reaches a person or a program has one. docs/reference/error-codes.md is generated from here
// (`node tools/codegen/error-codes/main.ts`), and a test holds code, catalogue and document together. A code never changes its meaning.
import type { FaultCode } from '@lazaret/core';

/** What one code means. `exitCode` of the command line where it ends a command; 2 when absent. */
export interface ErrorCodeEntry {
  readonly summary: string;
  readonly whatToDo: string;
  readonly exitCode?: 0 | 1 | 2 | 3;
}

export const ERROR_CODES = {
  'action.append_only': {
    summary: 'The file or its folder carries the attribute "append only" (chattr +a), which no action takes off.',
    whatToDo: 'Take the attribute off yourself (`chattr -a`) and run the scan again.',
  },
  'action.busy': {
    summary: 'The file is a mount point, or the kernel is using it.',
    whatToDo: 'Unmount what is mounted on it, then scan again.',
  },
  'action.changed': {
    summary: 'The file changed between its scan and the action, so nothing was done to it.',
    whatToDo: 'Scan it again. If it keeps changing, find the process that writes it.',
  },
  'action.deny_needs_realtime': {
    summary: 'Deny access was set for a scheduled or manual scan.',
    whatToDo: 'Deny access blocks an access, which only real-time scan sees. Choose delete, clean, pass or quarantine.',
  },
  'action.displaced': {
    summary: "Something else took the file's place during the action, so what had been there stands beside it.",
    whatToDo: 'Look at the folder: the name ends in `.lazaret-put-back-…`. Somebody is swapping files there.',
  },
  'action.failed': {
    summary: 'The operating system refused an action on a file.',
    whatToDo: 'The message names the reason: a read-only file system, an immutable attribute, a missing right.',
  },
  'action.immutable': {
    summary: 'The file or its folder carries the attribute "immutable" (chattr +i), which no action takes off.',
    whatToDo: 'Take the attribute off yourself (`chattr -i`) and run the scan again.',
  },
  'action.io_error': {
    summary: 'The operating system refused a step of the action for an unusual reason.',
    whatToDo: 'The message names the error number; look at the kernel log.',
  },
  'action.no_space': {
    summary: 'The file system has no room for the folder that a removal goes through.',
    whatToDo: 'Free some space or quota there, then scan again.',
  },
  'action.not_permitted': {
    summary: 'The file system refuses the removal even to root.',
    whatToDo: 'Look for attributes, security modules or a network file system.',
  },
  'action.object_moved': {
    summary: 'The file was moved or replaced after its scan; nothing was touched.',
    whatToDo: 'Scan again. If it goes on, find the process that moves it.',
  },
  'action.path_unsafe': {
    summary: 'A symbolic link, or something that is no folder, stands in the way to the file; nothing was touched.',
    whatToDo: 'Scan again by the real path. Somebody may be swapping folders.',
  },
  'action.read_only': {
    summary: 'The file system is mounted read-only, so the file cannot be removed.',
    whatToDo: 'Remount it for writing, or remove the file where the file system comes from.',
  },
  'action.stranded': {
    summary: 'What was moved for a removal could not be put back; it waits in a root-only folder.',
    whatToDo: 'The next start tries again. Bring back the folder that it came from.',
  },
  'agent.busy': {
    summary: 'Another run holds the scan lock and cannot make way.',
    whatToDo: 'Look with `lazaret agent status`; wait, pause or cancel the running one.',
  },
  'agent.internal': {
    summary: 'A fault of Lazaret itself.',
    whatToDo: 'Report it with the log line that carries the same time. Nothing was changed by the step that failed.',
  },
  'agent.not_running': {
    summary: 'No agent answers on the control socket.',
    whatToDo: 'Start it (`./start`, or the service), or use a command that works without it, such as `lazaret scan`.',
  },
  'clean.not_available': {
    summary: 'Cleaning is not available in this version; quarantine follows.',
    whatToDo: 'Nothing, or choose another action in the policy.',
  },
  'cli.usage': {
    summary: 'The command line was not understood.',
    whatToDo: 'See `lazaret COMMAND --help`.',
  },
  'exceptions.expires': {
    summary: 'The expiry of an exception is no instant.',
    whatToDo: 'Write an ISO 8601 instant with its offset: 2027-01-31T00:00:00Z.',
  },
  'exceptions.glob': {
    summary: 'The pattern of an exception cannot be read, or would except everything.',
    whatToDo: 'Use * and ? within a name, ** alone between separators, and ${NAME} for a variable of the system.',
  },
  'exceptions.one_match': {
    summary: 'An exception matches by none or by several fields.',
    whatToDo: 'Give exactly one of directory, file, extension, sha256, pattern; make one exception for each.',
  },
  'exceptions.relative': {
    summary: 'The path of an exception is not absolute.',
    whatToDo: 'Begin it at the root, or with a variable of the system.',
  },
  'exceptions.sha256': {
    summary: 'The hash of an exception is no SHA-256.',
    whatToDo: 'Write its 64 hexadecimal digits, as `sha256sum` prints them.',
  },
  'json.not_canonical': {
    summary: 'A value cannot be written as JSON.',
    whatToDo: 'Remove dates, infinities and invalid characters; write such values as text.',
  },
  'limits.out_of_range': {
    summary: 'A number of the policy lies outside its range.',
    whatToDo: 'The message names the range; docs/reference/policy.md lists them all.',
  },
  'path.invalid': {
    summary: 'The path is not absolute, or does not end in a file name.',
    whatToDo: 'Write the whole path, from / to the name of the file.',
  },
  'path.not_canonical': {
    summary: 'A path holds ".." or a zero byte.',
    whatToDo: 'Name the place itself, without climbing.',
  },
  'path.not_found': {
    summary: 'A path that was given does not exist.',
    whatToDo: 'Check its spelling. Nothing was scanned.',
  },
  'policy.invalid': {
    summary: 'The policy does not have the shape of a policy.',
    whatToDo: 'Each fault names its place; docs/reference/policy-sample.yaml shows every field.',
  },
  'policy.not_applied': {
    summary: 'The policy holds a field that this version does not know.',
    whatToDo: 'Check its spelling, or update the agent. The field is kept; an exception with one is not applied.',
    exitCode: 0,
  },
  'policy.unreadable': {
    summary: 'The policy file cannot be read, or is neither YAML nor JSON.',
    whatToDo: 'The message names the line. The last good policy stays in force.',
  },
  'restore.exists': {
    summary: 'Something is at the place already; nothing was changed.',
    whatToDo: 'Move it away, or restore to another place with `--to`.',
  },
  'restore.interfered': {
    summary: 'Somebody swapped the file while it was put back.',
    whatToDo: 'The entry is still in the vault: restore it to a folder that only root may write.',
  },
  'restore.parent_missing': {
    summary: 'The folder that the file came from is not there.',
    whatToDo: 'Make it, or restore to another place with `--to`.',
  },
  'restore.parent_unsafe': {
    summary: 'A symbolic link stands in the way to the folder.',
    whatToDo: 'Name the real place with `--to`.',
  },
  'restore.write_failed': {
    summary: 'The file could not be written there.',
    whatToDo: 'The message names the reason: no room, a read-only file system, a missing right.',
  },
  'safefs.not_loaded': {
    summary: 'The native part for file operations could not be loaded.',
    whatToDo: 'In a checkout, run `./start` or `make -C native`; else install the product again.',
  },
  'schedule.at': {
    summary: 'A time of day cannot be read.',
    whatToDo: 'Write hh:mm with two digits each, in quotes: "02:30". A range of real-time may end at "24:00".',
  },
  'schedule.day_of_month': {
    summary: 'There is no such day of a month.',
    whatToDo: 'Use 1 to 31. In a month without that day its last day is taken.',
  },
  'schedule.days': {
    summary: 'The interval in days is out of range.',
    whatToDo: 'Use a whole number from 1 to 365.',
  },
  'schedule.every': {
    summary: 'The interval of a daily schedule is not known.',
    whatToDo: 'Use "day", "weekday", or {"days": 3, "from": "2027-01-30"}.',
  },
  'schedule.from': {
    summary: 'The start date cannot be read.',
    whatToDo: 'Write a date that exists as YYYY-MM-DD.',
  },
  'schedule.from_required': {
    summary: 'An interval above 1 has no start date.',
    whatToDo: 'Add "from": the date to count from. Weeks count from the Monday of its week.',
  },
  'schedule.hourly_needs_update': {
    summary: 'An hourly schedule was set for a scan.',
    whatToDo: 'Hourly is for pattern updates. A scan is daily, weekly or monthly.',
  },
  'schedule.invalid': {
    summary: 'The value does not have the shape of a schedule.',
    whatToDo: 'docs/reference/schedules.md shows every form.',
  },
  'schedule.minute': {
    summary: 'The minute of an hourly schedule is out of range.',
    whatToDo: 'Use a whole number from 0 to 59.',
  },
  'schedule.nth': {
    summary: 'A month does not have that occurrence of a weekday for sure.',
    whatToDo: 'Use 1, 2, 3, 4 or "last".',
  },
  'schedule.on': {
    summary: 'A monthly schedule names no day, or two.',
    whatToDo: 'Use {"day": 31}, or {"weekday": "monday", "nth": 1}.',
  },
  'schedule.ranges': {
    summary: "Real-time's weekly ranges are none, too many or empty.",
    whatToDo: 'Give each range a day, a from and a different to; to switch real-time off set enabled to false.',
  },
  'schedule.start_window': {
    summary: 'A scan was set to start between 00:01 and 00:59.',
    whatToDo: 'Use 00:00, or 01:00 to 23:59. Manual scans and pattern updates are free of this rule.',
  },
  'schedule.weekday': {
    summary: 'A weekday is missing, unknown or named twice.',
    whatToDo: 'Use monday, tuesday, wednesday, thursday, friday, saturday, sunday, each once.',
  },
  'schedule.weeks': {
    summary: 'The interval in weeks is out of range.',
    whatToDo: 'Use a whole number from 1 to 52.',
  },
  'schedule.zone': {
    summary: 'The time zone is not known.',
    whatToDo: 'Use an IANA name such as Europe/Berlin, or leave it out for the zone of the VM.',
  },
  'targets.empty_list': {
    summary: 'A directory list has no entry.',
    whatToDo: 'Add a directory, or choose all directories.',
  },
  'targets.extension': {
    summary: 'An extension cannot be one.',
    whatToDo: 'Write exe, tar.gz, or "" for files without an extension; no wildcards, no separators.',
  },
  'targets.missing': {
    summary: 'A directory of the list does not exist (yet).',
    whatToDo: 'Nothing, if it will come: it becomes live when it appears. Else check its spelling.',
    exitCode: 0,
  },
  'targets.network': {
    summary: 'A network drive was set as a target.',
    whatToDo: 'Scan it where its disk is: network drives are never scanned.',
  },
  'targets.no_extensions': {
    summary: 'A list of extensions has no entry.',
    whatToDo: 'Add an extension, or choose all files.',
  },
  'targets.not_covered': {
    summary: 'A directory of the list lies on a network or pseudo file system and is not scanned.',
    whatToDo: 'Remove it from the list, or scan it where its disk is.',
    exitCode: 0,
  },
  'targets.relative': {
    summary: 'A directory of the list is not absolute.',
    whatToDo: 'Begin it at the root.',
  },
  'vault.entry_corrupt': {
    summary: 'A vault entry is damaged: not one byte of it is given out.',
    whatToDo: 'Bring it back from a backup, or delete it with `lazaret quarantine delete`.',
  },
  'vault.entry_not_found': {
    summary: 'The vault has no entry of that name.',
    whatToDo: 'See `lazaret quarantine list`.',
  },
  'vault.entry_unreadable': {
    summary: 'A vault entry could not be read from the disk.',
    whatToDo: 'Look at the kernel log for errors of the disk.',
  },
  'vault.full': {
    summary: 'The vault is at its cap, and too little in it is past its retention; the file was not quarantined.',
    whatToDo: 'Delete entries, or raise `vault.bytesMax` in the policy.',
  },
  'vault.key_damaged': {
    summary: 'A key file of the vault is damaged.',
    whatToDo: 'Bring it back from a backup: without it its entries cannot be read.',
  },
  'vault.key_missing': {
    summary: 'The key of a vault entry is not there.',
    whatToDo: 'Bring the key file back from a backup.',
  },
  'vault.metadata_too_large': {
    summary: 'The file has more extended attributes than a vault entry can hold.',
    whatToDo: 'Quarantine it by hand, or choose delete.',
  },
  'vault.too_large': {
    summary: 'The file is larger than a vault entry can be (256 TiB).',
    whatToDo: 'Delete it by hand.',
  },
  'vault.unsafe_directory': {
    summary: 'A folder of the vault or its keys is open to others, or is a link.',
    whatToDo: 'Make it belong to root with mode 0700, and find out who changed it.',
  },
  'vault.unsupported_version': {
    summary: 'A vault entry was written by a newer version.',
    whatToDo: 'Update Lazaret.',
  },
  'vault.write_failed': {
    summary: 'The copy into the vault could not be made.',
    whatToDo: 'The message names the reason: no room, an unreadable file.',
  },
} as const satisfies Record<FaultCode, ErrorCodeEntry> & Record<string, ErrorCodeEntry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The entry of a code, or null: for programs that got a code from elsewhere. */
export function findErrorCode(code: string): ErrorCodeEntry | null {
  return Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code as ErrorCode] : null;
}
