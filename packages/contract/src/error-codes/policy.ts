// SPDX-License-Identifier: Apache-2.0
// Error codes: Policies, targets and exceptions.
import type { ErrorCodeEntry } from './entry.ts';

export const POLICY_CODES = {
  'exceptions.everyone_writes': {
    summary: 'An exception hides a place where every user can write.',
    whatToDo: 'Choose a place that only its service can write, or except by SHA-256 or pattern name.',
    exitCode: 0,
  },
  'exceptions.expired': {
    summary: 'An exception has expired and is not applied any more.',
    whatToDo: 'Remove it, or give it a new expiry.',
    exitCode: 0,
  },
  'exceptions.expires': {
    summary: 'The expiry of an exception is no instant.',
    whatToDo: 'Write an ISO 8601 instant with its offset: 2027-01-31T00:00:00Z.',
  },
  'exceptions.glob': {
    summary: 'The pattern of an exception cannot be read, or would except everything.',
    whatToDo: 'Use * and ? within a name, ** alone between separators, and ${NAME} for a variable of the system.',
  },
  'exceptions.link': {
    summary: 'An exception names a place that is reached over a symbolic link.',
    whatToDo: 'Name the place where the files lie. A link that others than root can change is not followed.',
    exitCode: 0,
  },
  'exceptions.not_applied': {
    summary: 'An exception has a condition that this version does not know, so it is not applied.',
    whatToDo: 'Update the agent, or write the exception without that condition.',
    exitCode: 0,
  },
  'exceptions.one_match': {
    summary: 'An exception matches by none or by several fields.',
    whatToDo: 'Give exactly one of directory, file, extension, sha256, pattern, process; make one exception for each.',
  },
  'exceptions.process': {
    summary: 'The program of an exception, its account or its service is not named exactly.',
    whatToDo:
      'Give the absolute path of one program, an account by name or number, a service as mariadb.service; make one exception for each.',
  },
  'exceptions.process_needs_realtime': {
    summary: 'An exception by process was set for a scan that opens the files itself.',
    whatToDo: 'Set it for real-time scan, or except directories, files or extensions.',
  },
  'exceptions.program_changed': {
    summary: 'The program of an exception has another content than the exception names, so it is not applied.',
    whatToDo: 'If the program was updated on purpose, write its new SHA-256.',
    exitCode: 0,
  },
  'exceptions.program_missing': {
    summary: 'The program of an exception does not exist (yet).',
    whatToDo: 'Nothing, if it will come: the exception becomes live then. Else check its spelling.',
    exitCode: 0,
  },
  'exceptions.relative': {
    summary: 'The path of an exception is not absolute.',
    whatToDo: 'Begin it at the root, or with a variable of the system.',
  },
  'exceptions.sha256': {
    summary: 'The hash of an exception is no SHA-256.',
    whatToDo: 'Write its 64 hexadecimal digits, as `sha256sum` prints them.',
  },
  'exceptions.variable': {
    summary: 'An exception names a variable of the system that has no place here, so it is not applied.',
    whatToDo: 'Check the name; variables of a process or user do not count.',
    exitCode: 0,
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
    summary: 'A path cannot be one: it is not absolute, or holds a zero byte.',
    whatToDo: 'Write it from the root on.',
  },
  'path.not_canonical': {
    summary: 'A path holds ".." or a zero byte.',
    whatToDo: 'Name the place itself, without climbing.',
  },
  'path.not_found': {
    summary: 'A path that was given does not exist.',
    whatToDo: 'Check its spelling. Nothing was done.',
  },
  'policy.invalid': {
    summary: 'The policy does not have the shape of a policy.',
    whatToDo: 'Each fault names its place; docs/reference/policy-sample.yaml shows every field.',
  },
  'policy.not_applied': {
    summary: 'The policy is of a newer version, and holds a field that this one does not know.',
    whatToDo: 'Update the agent. The field is kept, without effect; an exception with one is not applied.',
    exitCode: 0,
  },
  'policy.unknown_field': {
    summary: 'The policy holds a field that is not known, and does not say that it is of a newer version.',
    whatToDo:
      'Correct its spelling, or take it out: it would have no effect. docs/reference/policy.md lists all fields.',
  },
  'policy.foreign_file': {
    summary: 'The policy file of an agent, or a directory above it, can be written by others than root.',
    whatToDo:
      'Give it to root and take the right to write from others (chown root, chmod go-w). A policy in force stays.',
  },
  'policy.unreadable': {
    summary: 'The policy file cannot be read, or is neither YAML nor JSON.',
    whatToDo: 'The message names the line. The last good policy stays in force.',
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
} as const satisfies Record<string, ErrorCodeEntry>;
