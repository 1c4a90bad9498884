// SPDX-License-Identifier: Apache-2.0
// Error codes: Actions on files and the vault (AC-3…AC-9).
import type { ErrorCodeEntry } from './entry.ts';

export const ACTION_CODES = {
  'vault.entry_ambiguous': {
    summary: 'Several entries of the vault have an id that ends with these characters.',
    whatToDo: 'Give more characters of the id, or the whole id.',
  },
  'action.append_only': {
    summary: 'The file or its folder is append-only (chattr +a), so the file was not changed.',
    whatToDo: 'Lazaret never removes this attribute. Remove it yourself (`chattr -a`), then scan again.',
  },
  'action.busy': {
    summary: 'The file is a mount point or in use by the kernel, so it was not changed.',
    whatToDo: 'Unmount it, then scan again.',
  },
  'action.changed': {
    summary: 'The file changed between its scan and the action, so the action was not carried out.',
    whatToDo: 'Scan it again. If it keeps changing, find the process that writes it.',
  },
  'action.deny_needs_realtime': {
    summary: 'The action deny access was chosen for a scheduled or manual scan.',
    whatToDo: 'Only real-time scan can deny access. Choose delete, clean, pass or quarantine.',
  },
  'action.displaced': {
    summary: 'The file was put back under a new name, because another file now has its old name.',
    whatToDo: 'The message names the new path. Compare both files; nothing was overwritten.',
  },
  'action.immutable': {
    summary: 'The file or its folder is immutable (chattr +i), so the file was not changed.',
    whatToDo: 'Lazaret never removes this attribute. Remove it yourself (`chattr -i`), then scan again.',
  },
  'action.io_error': {
    summary: 'The operating system reported an I/O error.',
    whatToDo: 'Check the kernel log. The disk may be failing.',
  },
  'action.no_space': {
    summary: 'The file system has no space for the folder that the action needs.',
    whatToDo: 'Free some space or raise the quota, then scan again.',
  },
  'action.not_permitted': {
    summary: 'The file system refuses the action.',
    whatToDo: 'The message names the cause: a security module, a special file system or a missing capability.',
  },
  'action.object_moved': {
    summary: 'The file was renamed or moved after its scan, so it was not changed.',
    whatToDo: 'Scan the file at its new path.',
  },
  'action.path_unsafe': {
    summary: 'The path of the file contains a symbolic link or something else unsafe, so the file was not changed.',
    whatToDo: 'Scan the file by its real path.',
  },
  'action.read_only': {
    summary: 'The file system is mounted read-only, so the file was not changed.',
    whatToDo: 'Remount the file system read-write, then scan again.',
  },
  'action.stranded': {
    summary: 'The file could be neither deleted nor put back. It is in a folder of Lazaret next to its old path.',
    whatToDo: 'The message names the path. The agent tries again at its next start.',
  },
  'clean.not_available': {
    summary: 'This version of Lazaret cannot clean files, so it quarantines the file instead.',
    whatToDo: 'Nothing, if the quarantine succeeded. To avoid this error, choose the action quarantine.',
  },
  'restore.exists': {
    summary: 'A file already exists at the path to which the file would be restored.',
    whatToDo: 'Restore to another path, or move the existing file. Nothing was overwritten.',
  },
  'restore.interfered': {
    summary: 'Another process replaced the file while it was being restored.',
    whatToDo: 'Find out which process writes there, then restore to another path.',
  },
  'restore.parent_missing': {
    summary: 'The folder to restore the file to does not exist.',
    whatToDo: 'Create the folder, or restore to another path.',
  },
  'restore.parent_unsafe': {
    summary: 'The path to restore to contains a symbolic link.',
    whatToDo: 'Give the real path.',
  },
  'restore.write_failed': {
    summary: 'The restored file could not be written.',
    whatToDo: 'The message names the reason. The entry is still in the vault.',
  },
  'vault.entry_corrupt': {
    summary: 'An entry of the vault is damaged.',
    whatToDo: 'No damaged data was given out. Restore the entry from a backup, or delete it.',
  },
  'vault.entry_not_found': {
    summary: 'The vault has no such entry.',
    whatToDo: 'Run `lazaret quarantine list` to see all entries.',
  },
  'vault.entry_unreadable': {
    summary: 'An entry of the vault cannot be read.',
    whatToDo: 'The message names the reason. Check the disk and the permissions of the vault.',
  },
  'vault.full': {
    summary: 'The vault is full, and no entry is past its retention.',
    whatToDo: 'Delete entries, or raise vault.bytesMax. The file was not changed.',
  },
  'vault.key_damaged': {
    summary: 'A key file of the vault is damaged.',
    whatToDo: 'Restore the key file from a backup. Without it, its entries cannot be opened.',
  },
  'vault.key_missing': {
    summary: 'The key file of an entry is missing.',
    whatToDo: 'Restore the key file from a backup.',
  },
  'vault.metadata_too_large': {
    summary: 'The file has more attributes than an entry of the vault can hold.',
    whatToDo: 'The file was not changed. Remove extended attributes, or deal with the file by hand.',
  },
  'vault.too_large': {
    summary: 'The file is larger than an entry of the vault can be.',
    whatToDo: 'The file was not changed. Deal with it by hand.',
  },
  'vault.unsafe_directory': {
    summary: 'Other users can write to the folder of the vault, or to a folder above it.',
    whatToDo: 'Make root the owner of the folder (mode 0700) and of all folders above it.',
  },
  'vault.unsupported_version': {
    summary: 'An entry of the vault was written by a newer version.',
    whatToDo: 'Update the agent.',
  },
  'vault.write_failed': {
    summary: 'The copy into the vault could not be written.',
    whatToDo: 'The message names the reason. The file was not changed.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
