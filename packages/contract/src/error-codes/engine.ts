// SPDX-License-Identifier: Apache-2.0
// Error codes: Patterns and the scan process (PF-4, LM).
import type { ErrorCodeEntry } from './entry.ts';

export const ENGINE_CODES = {
  'scanner.down': {
    summary: 'The scan process died and does not start again.',
    whatToDo:
      'Check the log of the agent for the cause. Until the scan process runs again, files go to the ledger with the reason engine-failure.',
  },
  'patterns.canary_detected': {
    summary: 'New patterns detect a file of the operating system.',
    whatToDo:
      'The new patterns were not activated; the old ones stay active. Report the false positive to the author of the patterns.',
  },
  'patterns.count_mismatch': {
    summary: 'The engine loaded fewer patterns than the release contains.',
    whatToDo: 'The old patterns stay active. A pattern file is damaged, or needs a newer engine.',
  },
  'patterns.damaged': {
    summary: 'A file of a pattern release changed after the release was made.',
    whatToDo: 'Load the release again, and check the disk.',
  },
  'patterns.duplicate': {
    summary: 'Two sources have different files with the same name.',
    whatToDo: 'Rename one of the files, or remove one of the sources.',
  },
  'patterns.empty': {
    summary: 'No pattern file was found.',
    whatToDo: 'Give a directory with ClamAV files (.ndb, .hdb, .cvd …) or YARA rules (.yar, .yara).',
  },
  'patterns.file_name': {
    summary: 'The name of a pattern file contains a character that is not allowed.',
    whatToDo: 'Use only letters, digits, dot, minus, plus and underscore.',
  },
  'patterns.file_gone': {
    summary: 'A pattern file is a broken link, or it disappeared while it was read.',
    whatToDo:
      'Remove the link, or restore its target. The old patterns stay active, and the next check reads the file again.',
  },
  'patterns.foreign_file': {
    summary: 'A pattern file is not a regular file, or is a link that a user other than root can change.',
    whatToDo: 'Replace the link with the file itself, or use a directory that only root can write to.',
  },
  'patterns.no_directory': {
    summary: 'The path is not a directory. Patterns are loaded from a directory.',
    whatToDo:
      'Put the file into a separate directory, and give that directory. All its pattern files become one release.',
  },
  'patterns.load_failed': {
    summary: 'The engine rejected the patterns.',
    whatToDo: 'The message names the file, and the line if the engine reports it. The old patterns stay active.',
  },
  'patterns.load_in_progress': {
    summary: 'Another load of patterns is already running.',
    whatToDo: 'Wait until it ends, then try again.',
  },
  'patterns.load_timeout': {
    summary: 'Loading the patterns took too long and was stopped.',
    whatToDo: 'The old patterns stay active. Load fewer patterns, or give the machine more memory.',
  },
  'patterns.loader_died': {
    summary: 'The process that loaded the patterns died.',
    whatToDo: 'The old patterns stay active. The most common cause is that memory ran out.',
  },
  'patterns.no_previous': {
    summary: 'There is no previous pattern release.',
    whatToDo: 'Load a release with `lazaret patterns load`.',
  },
  'patterns.not_found': {
    summary: 'The directory of the patterns does not exist.',
    whatToDo: 'Check its spelling.',
  },
  'patterns.self_test_failed': {
    summary: 'With the new patterns, the engine does not find the test file, or cannot unpack archives.',
    whatToDo: 'The old patterns stay active. The message names what was not found.',
  },
  'patterns.table': {
    summary: 'A table of the release (types, actions or kinds) is not valid.',
    whatToDo: 'The message names the table and the place in it. The old release stays active.',
  },
  'patterns.too_large': {
    summary: 'A pattern file is larger than 2 GiB.',
    whatToDo: 'Split the file, or leave it out.',
  },
  'patterns.unreadable': {
    summary: 'A pattern file, or its directory, cannot be read.',
    whatToDo:
      'The message names the file and the reason. Check its permissions and its disk or network drive. The old patterns stay active until the file can be read.',
  },
  'patterns.worker_failed': {
    summary: 'No worker with the new patterns passed its self-test.',
    whatToDo: 'The old patterns stay active. Check the log of the scanner.',
  },
  'patterns.write_failed': {
    summary: 'A pattern release, or a copy of pattern files, cannot be written.',
    whatToDo:
      'The message names the place and the reason: make room there, raise the quota, or look at the disk, then try again. The active release stays in force, and nothing of the other one is kept.',
  },
  'patterns.yara_invalid': {
    summary: 'A YARA rule cannot be compiled.',
    whatToDo: 'The message names the file and the line. The old release stays active.',
  },
  'safefs.not_loaded': {
    summary: 'The native module for file access is not built.',
    whatToDo: 'Run `./start`, which builds it.',
  },
  'scanner.bad_request': {
    summary: 'The scanner does not understand a request.',
    whatToDo: 'The agent and the scanner have different versions. Build both from the same checkout.',
  },
  'scanner.limit_out_of_range': {
    summary: 'The scanner was given a limit outside its range.',
    whatToDo: 'docs/reference/policy.md lists the ranges.',
  },
  'scanner.not_loaded': {
    summary: 'No patterns are loaded.',
    whatToDo: 'Load patterns with `lazaret patterns load`. Until then, the state is "not protected yet".',
  },
  'scanner.queue_full': {
    summary: 'The queue of the scanner is full.',
    whatToDo: 'Try again later. Clients should wait for answers before they send more requests.',
  },
  'scanner.sandbox_failed': {
    summary: 'The sandbox of the scan process could not be set up, so the scan process was not started.',
    whatToDo:
      'The message names the missing kernel feature, or a folder for temporary files that does not belong to the scan process. In the second case, remove that folder.',
  },
  'scanner.socket_failed': {
    summary: 'The scan process cannot listen on its socket.',
    whatToDo:
      'The message names the path and the reason: a missing directory, no write permission, or a path that is too long for a socket.',
  },
  'scanner.socket_in_use': {
    summary: 'Another scan process listens on the same socket.',
    whatToDo: 'Stop the other scan process, or give this one another path.',
  },
  'scanner.start_failed': {
    summary: 'The scan process did not start.',
    whatToDo: 'The message names the reason. If the scan process is not built, run `./start`.',
  },
  'scanner.too_many_profiles': {
    summary: 'A client of the scanner has set too many sets of limits and type rules.',
    whatToDo: 'Close the connection and open a new one.',
  },
  'scanner.unknown_profile': {
    summary: 'A scan request refers to limits that its client never set.',
    whatToDo: 'This is an error of the client.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
