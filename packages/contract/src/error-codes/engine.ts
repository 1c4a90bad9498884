// SPDX-License-Identifier: Apache-2.0
// Error codes: Patterns and the scan process (PF-4, LM).
import type { ErrorCodeEntry } from './entry.ts';

export const ENGINE_CODES = {
  'scanner.down': {
    summary: 'The scan process has died and does not come up again.',
    whatToDo: 'Look at the log of the agent for why; files scanned meanwhile are in the ledger as engine-failure.',
  },
  'patterns.canary_detected': {
    summary: 'New patterns detect a file of the operating system.',
    whatToDo: 'They were not put in force: the old ones stay. Report the false positive to their author.',
  },
  'patterns.count_mismatch': {
    summary: 'Fewer patterns were loaded than the release holds.',
    whatToDo: 'The old ones stay in force. A file is damaged, or needs a newer engine.',
  },
  'patterns.damaged': {
    summary: 'A file of a release is not the one that the release was made of.',
    whatToDo: 'Load the release again; look at the disk.',
  },
  'patterns.duplicate': {
    summary: 'Two sources hold different files of one name.',
    whatToDo: 'Rename one, or leave one source out.',
  },
  'patterns.empty': {
    summary: 'No pattern file was found.',
    whatToDo: 'Give a directory with ClamAV files (.ndb, .hdb, .cvd …) or YARA rules (.yar, .yara).',
  },
  'patterns.file_name': {
    summary: 'A pattern file has a name that a release cannot hold.',
    whatToDo: 'Use letters, digits, dot, minus, plus and underscore.',
  },
  'patterns.file_gone': {
    summary: 'A pattern file leads nowhere, or went away while it was read.',
    whatToDo:
      'Remove the link, or mend what it leads to. The old patterns stay in force, and the next look reads it again.',
  },
  'patterns.foreign_file': {
    summary: 'A pattern file is no plain file, or a link that somebody else than root may have set.',
    whatToDo: 'Put the file itself there, or give a directory into which root alone may write.',
  },
  'patterns.no_directory': {
    summary: 'Patterns are loaded from a directory, and this is none.',
    whatToDo: 'Put the file into a directory of its own, and give that: its pattern files become one release.',
  },
  'patterns.load_failed': {
    summary: 'The engine refused the patterns.',
    whatToDo: 'The message names the file, and the line where the engine tells it. The old ones stay in force.',
  },
  'patterns.load_in_progress': {
    summary: 'Patterns are being loaded already.',
    whatToDo: 'Wait for that load to end.',
  },
  'patterns.load_timeout': {
    summary: 'Loading the patterns took too long and was ended.',
    whatToDo: 'The old ones stay in force. Load fewer, or give the machine more memory.',
  },
  'patterns.loader_died': {
    summary: 'The process that loaded the patterns died.',
    whatToDo: 'The old ones stay in force. Most often memory ran out.',
  },
  'patterns.no_previous': {
    summary: 'There is no release to go back to.',
    whatToDo: 'Load one with `lazaret patterns load`.',
  },
  'patterns.not_found': {
    summary: 'The directory of the patterns does not exist.',
    whatToDo: 'Check its spelling.',
  },
  'patterns.self_test_failed': {
    summary: 'New patterns do not find the test file, or the engine cannot unpack.',
    whatToDo: 'The old ones stay in force. The message names what was not found.',
  },
  'patterns.table': {
    summary: 'A table of the release (types, actions, kinds) is not one.',
    whatToDo: 'The message names the table and the place in it. The old release stays in force.',
  },
  'patterns.too_large': {
    summary: 'A pattern file is larger than 2 GiB.',
    whatToDo: 'Split it, or leave it out.',
  },
  'patterns.unreadable': {
    summary: 'A pattern file, or its directory, cannot be read.',
    whatToDo:
      'The message names it and the reason. Look at its rights, its disk or its network drive. The old patterns stay in force, and it is taken once it can be read.',
  },
  'patterns.worker_failed': {
    summary: 'No worker with the new patterns passed its self-test.',
    whatToDo: 'The old ones stay in force. Look into the log of the scanner.',
  },
  'patterns.yara_invalid': {
    summary: 'A YARA rule cannot be compiled.',
    whatToDo: 'The message names file and line. The old release stays in force.',
  },
  'safefs.not_loaded': {
    summary: 'The native part for files is not built.',
    whatToDo: 'Run `./start`, which builds it.',
  },
  'scanner.bad_request': {
    summary: 'The scanner was asked something that it does not understand.',
    whatToDo: 'Agent and scanner are of different versions: build them together.',
  },
  'scanner.limit_out_of_range': {
    summary: 'The scanner was given a limit outside its range.',
    whatToDo: 'docs/reference/policy.md lists the ranges.',
  },
  'scanner.not_loaded': {
    summary: 'No patterns are loaded.',
    whatToDo: 'Load some with `lazaret patterns load`; until then the state is "not protected yet".',
  },
  'scanner.queue_full': {
    summary: 'The scanner has more work waiting than it may hold.',
    whatToDo: 'Try again later; clients should wait for answers.',
  },
  'scanner.sandbox_failed': {
    summary: 'The scan process could not be locked in, so it was not started.',
    whatToDo:
      'The message names the part of the kernel that is missing, or the folder for temporary files that is not the scan process’s own: remove that folder.',
  },
  'scanner.socket_failed': {
    summary: 'The scan process cannot listen on its socket.',
    whatToDo:
      'The message names path and reason: a missing directory, no right to write, a path too long for a socket.',
  },
  'scanner.socket_in_use': {
    summary: 'Another scan process listens on the same socket.',
    whatToDo: 'Stop the other one, or give this one another path.',
  },
  'scanner.start_failed': {
    summary: 'The scan process did not start.',
    whatToDo: 'The message names the reason; build it with `./start`.',
  },
  'scanner.too_many_profiles': {
    summary: 'A client has set more limits and type rules than it may.',
    whatToDo: 'Close the connection and open a new one.',
  },
  'scanner.unknown_profile': {
    summary: 'A scan names limits that its client never set.',
    whatToDo: 'A fault of the client.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
