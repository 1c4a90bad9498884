// SPDX-License-Identifier: Apache-2.0
// Error codes: Between agent and manager.
import type { ErrorCodeEntry } from './entry.ts';

export const LINK_CODES = {
  'link.bad_token': {
    summary: 'This is no enrolment token.',
    whatToDo: 'Copy the whole command from the console ("Add a VM"); a token begins with `lze_`.',
  },
  'link.token_refused': {
    summary: 'The manager does not take this enrolment token: it is unknown, expired, used up or withdrawn.',
    whatToDo: 'Make a new one in the console ("Add a VM") and repeat the command.',
    httpStatus: 403,
  },
  'link.clock': {
    summary: "The VM's clock is more than a day off the manager's.",
    whatToDo: 'Set the clock (the message says by how much it is off), best by NTP, and activate again.',
    httpStatus: 422,
  },
  'link.bad_request': {
    summary: 'A message of the link has not the form that the other side reads.',
    whatToDo: 'Agent and manager are of versions that do not fit: update the older one.',
    httpStatus: 400,
  },
  'link.certificate': {
    summary: 'The certificate of this VM is missing, withdrawn, or of another installation.',
    whatToDo: 'Activate the VM again with a new enrolment token.',
    httpStatus: 403,
  },
  'link.retired': {
    summary: 'The VM was retired at the manager, which no longer manages it. It keeps its last policy.',
    whatToDo:
      'Run `lazaret agent deactivate --force`, or uninstall. If the VM was retired by mistake, activate it again after that.',
    httpStatus: 403,
  },
  'link.out_of_order': {
    summary: 'Events came whose predecessors are not there yet.',
    whatToDo: 'Nothing: the agent goes on behind the last one that is stored.',
    httpStatus: 409,
  },
  'link.quota': {
    summary: 'An agent brings more events than one VM may.',
    whatToDo:
      'Nothing at first: the agent keeps them and goes on by and by. If it stays so, look what happens on that VM.',
    httpStatus: 429,
  },
  'link.busy': {
    summary: 'More VMs are activated at once than the manager takes.',
    whatToDo:
      'Repeat the command. If it stays so, somebody sends requests to the port for agents without end: see the log of the firewall.',
    httpStatus: 503,
  },
  'link.not_found': {
    summary: 'The manager has no such policy, release, file or command for this VM.',
    whatToDo: 'Nothing: the next check-in tells what is wanted now.',
    httpStatus: 404,
  },
  'link.unreachable': {
    summary: 'The manager does not answer.',
    whatToDo: '`lazaret doctor` names the hop that fails. The agent works on meanwhile and keeps its events.',
  },
  'link.untrusted': {
    summary: 'Who answers at the address of the manager is not the manager that the token names.',
    whatToDo: 'Check the address. A proxy that opens TLS must leave this connection alone.',
  },
  'link.refused': {
    summary: 'The manager refused a request.',
    whatToDo: 'The message says why.',
  },
  'link.not_activated': {
    summary: 'This VM belongs to no manager.',
    whatToDo: 'Activate it: `lazaret agent activate`, with a token of the console.',
  },
  'link.activated_already': {
    summary: 'This VM belongs to a manager already.',
    whatToDo: '`lazaret agent deactivate` first, or keep what is.',
  },
  'link.knock_port_taken': {
    summary: 'The stand-by port is taken by another program.',
    whatToDo:
      'Stop that program, or move the port in the policy (`agent.knock.port`). Until then the agent calls by itself, as always.',
    exitCode: 0,
  },
  'link.knock_failed': {
    summary: 'The stand-by port cannot be opened.',
    whatToDo: 'The message says why. The agent calls by itself, as always.',
    exitCode: 0,
  },
  'link.clock_differs': {
    summary: "The VM's clock is more than a minute off the manager's.",
    whatToDo: "Set the clock, best by NTP: times of detections are the VM's own.",
    exitCode: 0,
  },
  'link.clone': {
    summary: 'Another VM holds the same key: one is a copy of the other.',
    whatToDo:
      'Accept or retire the pending VM in the console. Right after a start of the agent: nothing, it checks in and goes on.',
    httpStatus: 409,
  },
  'link.command_expired': {
    summary: 'A command came too late to be carried out.',
    whatToDo: 'Give it again if it is still wanted.',
  },
  'link.precondition': {
    summary: 'What a command presumes does not hold on the VM.',
    whatToDo: 'Look at how the VM stands now, and give the command again if it is still right.',
  },
  'link.download': {
    summary: 'A file of a pattern release did not come as the manifest names it.',
    whatToDo:
      'The release in force stays, and the next look tries again. If it comes again, find out who changed what the manager holds: its files are not those that it names.',
  },
  'patterns.signature': {
    summary: 'A signature has not the form that its kind asks for.',
    whatToDo:
      'The message says what is wrong. SHA-256: 64 digits; ClamAV: one line of an .ndb or .ldb file; YARA: rules.',
  },
  'link.upload_too_large': {
    summary: 'The file is larger than what is carried to the manager.',
    whatToDo: 'Fetch it on the VM itself: `lazaret quarantine restore --to`.',
    httpStatus: 413,
  },
} as const satisfies Record<string, ErrorCodeEntry>;
