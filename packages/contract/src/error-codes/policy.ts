// SPDX-License-Identifier: Apache-2.0
// Error codes: Policies, targets and exceptions.
import type { ErrorCodeEntry } from './entry.ts';

export const POLICY_CODES = {
  'exceptions.everyone_writes': {
    summary: 'An exception covers a place where every user can write.',
    whatToDo: 'Choose a place that only its service can write, or except by SHA-256 or pattern name.',
    exitCode: 0,
  },
  'exceptions.expired': {
    summary: 'An exception has expired and is no longer applied.',
    whatToDo: 'Remove the exception, or give it a new expiry.',
    exitCode: 0,
  },
  'exceptions.expires': {
    summary: 'The expiry of an exception is not a time.',
    whatToDo: 'Write an ISO 8601 time with its offset: 2027-01-31T00:00:00Z.',
  },
  'exceptions.glob': {
    summary: 'The path pattern of an exception is not valid, or would exclude everything.',
    whatToDo: 'Use * and ? within a name, ** only between separators, and ${NAME} for a system variable.',
  },
  'exceptions.link': {
    summary: 'The path of an exception contains a symbolic link.',
    whatToDo: 'Give the real path of the files. Lazaret does not follow a link that users other than root can change.',
    exitCode: 0,
  },
  'exceptions.not_applied': {
    summary: 'An exception has a condition that this version does not know, so it is not applied.',
    whatToDo: 'Update the agent, or write the exception without that condition.',
    exitCode: 0,
  },
  'exceptions.one_match': {
    summary: 'An exception has no matching field, or more than one.',
    whatToDo:
      'Give exactly one of directory, file, extension, sha256, pattern and process. Write a separate exception for each.',
  },
  'exceptions.process': {
    summary: 'An exception does not name its program, account or service exactly.',
    whatToDo:
      'Give the absolute path of one program, an account by name or number, and a service like mariadb.service. Write a separate exception for each.',
  },
  'exceptions.process_needs_realtime': {
    summary: 'An exception by process was set for a scheduled or manual scan. These scans open the files themselves.',
    whatToDo: 'Set the exception for real-time scan, or exclude directories, files or extensions.',
  },
  'exceptions.program_changed': {
    summary: 'The SHA-256 of the program differs from the one in the exception, so the exception is not applied.',
    whatToDo: 'If the program was updated on purpose, put its new SHA-256 into the exception.',
    exitCode: 0,
  },
  'exceptions.program_missing': {
    summary: 'The program of an exception does not exist (yet).',
    whatToDo:
      'Nothing, if the program is installed later: the exception then takes effect. Otherwise check the spelling.',
    exitCode: 0,
  },
  'exceptions.relative': {
    summary: 'The path of an exception is not absolute.',
    whatToDo: 'Begin the path with / or with a system variable.',
  },
  'exceptions.sha256': {
    summary: 'The hash of an exception is not a SHA-256 hash.',
    whatToDo: 'Write 64 hexadecimal digits, as `sha256sum` prints them.',
  },
  'exceptions.variable': {
    summary: 'An exception uses a system variable that has no value on this VM, so it is not applied.',
    whatToDo: 'Check the name. Environment variables of processes and users are not used.',
    exitCode: 0,
  },
  'json.not_canonical': {
    summary: 'A value cannot be written as JSON.',
    whatToDo: 'Remove dates, infinities and invalid characters, or write them as text.',
  },
  'limits.out_of_range': {
    summary: 'A number of the policy lies outside its range.',
    whatToDo: 'The message names the range. docs/reference/policy.md lists all ranges.',
  },
  'path.invalid': {
    summary: 'A path is not valid: it is not absolute, or it contains a zero byte.',
    whatToDo: 'Write the full path, from / on.',
  },
  'path.not_canonical': {
    summary: 'A path contains ".." or a zero byte.',
    whatToDo: 'Write the path without "..".',
  },
  'path.not_found': {
    summary: 'A given path does not exist.',
    whatToDo: 'Check the spelling. Nothing was done.',
  },
  'policy.invalid': {
    summary: 'The policy does not have the shape of a policy.',
    whatToDo: 'The message names the place of each error. docs/reference/policy-sample.yaml shows every field.',
  },
  'policy.not_applied': {
    summary: 'The policy is for a newer version of Lazaret, and contains a field that this version does not know.',
    whatToDo: 'Update the agent. The field is kept but has no effect. An exception with such a field is not applied.',
    exitCode: 0,
  },
  'policy.unknown_field': {
    summary: 'The policy contains an unknown field, and does not say that it is for a newer version.',
    whatToDo: 'Correct the spelling, or remove the field. docs/reference/policy.md lists all fields.',
  },
  'policy.foreign_file': {
    summary: 'Users other than root can write to the policy file of the agent, or to a directory above it.',
    whatToDo: 'Let only root write there (chown root, chmod go-w). The policy that is in force stays in force.',
  },
  'policy.unreadable': {
    summary: 'The policy file cannot be read, or is neither YAML nor JSON.',
    whatToDo: 'The message names the line or the reason. The last valid policy stays in force.',
  },
  'targets.empty_list': {
    summary: 'A list of directories is empty.',
    whatToDo: 'Add a directory, or choose all directories.',
  },
  'targets.extension': {
    summary: 'A file extension is not valid.',
    whatToDo: 'Write exe, tar.gz, or "" for files without an extension. Wildcards and separators are not allowed.',
  },
  'targets.missing': {
    summary: 'A directory of the list does not exist (yet).',
    whatToDo: 'Nothing, if the directory is created later: it is then scanned. Otherwise check the spelling.',
    exitCode: 0,
  },
  'targets.network': {
    summary: 'A network drive was given to be scanned.',
    whatToDo: 'Run the scan on the machine that has the disk. Lazaret never scans network drives.',
  },
  'targets.no_extensions': {
    summary: 'A list of extensions is empty.',
    whatToDo: 'Add an extension, or choose all files.',
  },
  'targets.not_covered': {
    summary: 'A directory of the list is on a network file system or a pseudo file system, and is not scanned.',
    whatToDo: 'Remove it from the list, or run the scan on the machine that has the disk.',
    exitCode: 0,
  },
  'targets.relative': {
    summary: 'The path of a directory in the list is not absolute.',
    whatToDo: 'Begin the path with /.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
