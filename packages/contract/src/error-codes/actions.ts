// SPDX-License-Identifier: Apache-2.0
// Error codes: Actions on files and the vault (AC-3…AC-9).
import type { ErrorCodeEntry } from './entry.ts';

export const ACTION_CODES = {
  'vault.entry_ambiguous': {
    summary: 'Several entries of the vault end with what was given.',
    whatToDo: 'Give more characters of the id, or all of it.',
  },
  'action.append_only': {
    summary: 'The file or its folder may only be appended to (chattr +a), so it was left.',
    whatToDo: 'Lazaret never strips attributes: remove it yourself (`chattr -a`) and scan again.',
  },
  'action.busy': {
    summary: 'The file is a mount point or in use by the kernel, so it was left.',
    whatToDo: 'Unmount it, then scan again.',
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
    summary: 'The file had to be put back beside its old name, because something else stands there now.',
    whatToDo: 'The message names the new place. Look at both files; nothing was overwritten.',
  },
  'action.immutable': {
    summary: 'The file or its folder is immutable (chattr +i), so it was left.',
    whatToDo: 'Lazaret never strips attributes: remove it yourself (`chattr -i`) and scan again.',
  },
  'action.io_error': {
    summary: 'The operating system reported an error of input or output.',
    whatToDo: 'Look into the kernel log; the disk may be failing.',
  },
  'action.no_space': {
    summary: 'The file system has no room for the folder that an action needs.',
    whatToDo: 'Make room or raise the quota, then scan again.',
  },
  'action.not_permitted': {
    summary: 'The file system refuses the action.',
    whatToDo: 'The message names what was refused: a security module, a special file system, a missing capability.',
  },
  'action.object_moved': {
    summary: 'The file stands under another name now than when it was scanned, so it was left.',
    whatToDo: 'Scan its new place.',
  },
  'action.path_unsafe': {
    summary: 'A symbolic link or something else stands in the way to the file, so it was left.',
    whatToDo: 'Scan it by its real path.',
  },
  'action.read_only': {
    summary: 'The file system is mounted read-only, so the file was left.',
    whatToDo: 'Remount it for writing, then scan again.',
  },
  'action.stranded': {
    summary: 'The file could be neither deleted nor put back, and lies in our folder beside it.',
    whatToDo: 'The message names the place; the next start of the agent tries again.',
  },
  'clean.not_available': {
    summary: 'This version cannot clean; Quarantine follows.',
    whatToDo: 'Nothing: the file is in the vault if that succeeded. Choose Quarantine to skip this step.',
  },
  'restore.exists': {
    summary: 'Something stands where the file is to be restored.',
    whatToDo: 'Choose another place, or move what is there. Nothing was overwritten.',
  },
  'restore.interfered': {
    summary: 'Somebody swapped the file while it was put back.',
    whatToDo: 'Find out who writes there, then restore to another place.',
  },
  'restore.parent_missing': {
    summary: 'The folder that the file came from is not there.',
    whatToDo: 'Make it, or restore to another place.',
  },
  'restore.parent_unsafe': {
    summary: 'A symbolic link stands in the way to the place of restore.',
    whatToDo: 'Name the real place.',
  },
  'restore.write_failed': {
    summary: 'The file could not be written back.',
    whatToDo: 'The message names the reason. The entry is still in the vault.',
  },
  'vault.entry_corrupt': {
    summary: 'An entry of the vault is damaged.',
    whatToDo: 'Nothing wrong was given out. Bring the entry back from a backup, or delete it.',
  },
  'vault.entry_not_found': {
    summary: 'The vault has no such entry.',
    whatToDo: '`lazaret quarantine list` shows all.',
  },
  'vault.entry_unreadable': {
    summary: 'An entry of the vault cannot be read.',
    whatToDo: 'The message names the reason; look at the disk and at the rights of the vault.',
  },
  'vault.full': {
    summary: 'The vault is full, and no entry is past its retention.',
    whatToDo: 'Delete entries, or raise vault.bytesMax. The file was left where it is.',
  },
  'vault.key_damaged': {
    summary: 'A key file of the vault is damaged.',
    whatToDo: 'Bring it back from a backup: without it its entries cannot be opened.',
  },
  'vault.key_missing': {
    summary: 'The key of an entry is not there.',
    whatToDo: 'Bring the key file back from a backup.',
  },
  'vault.metadata_too_large': {
    summary: 'The file has more attributes than an entry of the vault can hold.',
    whatToDo: 'The file was left where it is. Remove extended attributes, or handle it by hand.',
  },
  'vault.too_large': {
    summary: 'The file is larger than an entry of the vault can be.',
    whatToDo: 'The file was left where it is. Handle it by hand.',
  },
  'vault.unsafe_directory': {
    summary: 'The folder of the vault can be changed by others.',
    whatToDo: 'Give it to root with mode 0700, and its parents to root too.',
  },
  'vault.unsupported_version': {
    summary: 'An entry of the vault was written by a newer version.',
    whatToDo: 'Update the agent.',
  },
  'vault.write_failed': {
    summary: 'The copy into the vault could not be written.',
    whatToDo: 'The message names the reason. The file was left where it is.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
