// SPDX-License-Identifier: Apache-2.0
// Error codes: Between agent and manager.
import type { ErrorCodeEntry } from './entry.ts';

export const LINK_CODES = {
  'link.bad_token': {
    summary: 'This is not an enrolment token.',
    whatToDo: 'Copy the whole command from the console ("Add a VM"). A token begins with `lze_`.',
  },
  'link.token_refused': {
    summary: 'The manager does not accept this enrolment token. It is unknown, expired, used up or revoked.',
    whatToDo: 'Create a new token in the console ("Add a VM") and repeat the command.',
    httpStatus: 403,
  },
  'link.clock': {
    summary: "The VM's clock differs from the manager's by more than a day.",
    whatToDo: 'Set the clock, preferably with NTP (the message names the difference), and activate again.',
    httpStatus: 422,
  },
  'link.bad_request': {
    summary: 'The agent or the manager received a message that it cannot read.',
    whatToDo: 'The versions of the agent and the manager do not match. Update the older one.',
    httpStatus: 400,
  },
  'link.certificate': {
    summary: 'The certificate of this VM is missing, revoked, or from another manager.',
    whatToDo: 'Activate the VM again with a new enrolment token.',
    httpStatus: 403,
  },
  'link.retired': {
    summary: 'The VM was retired, so the manager no longer administers it. It keeps its last policy.',
    whatToDo:
      'Run `lazaret agent deactivate --force`, or uninstall Lazaret. If the VM was retired by mistake, activate it again after that.',
    httpStatus: 403,
  },
  'link.out_of_order': {
    summary: 'Events arrived before earlier events of the same VM.',
    whatToDo: 'Nothing. The agent continues after the last event that the manager stored.',
    httpStatus: 409,
  },
  'link.quota': {
    summary: 'An agent sends more events than one VM is allowed to.',
    whatToDo:
      'Nothing at first: the agent keeps the events and sends them later. If this continues, check what happens on that VM.',
    httpStatus: 429,
  },
  'link.busy': {
    summary: 'Too many VMs are being activated at the same time.',
    whatToDo:
      'Repeat the command. If this continues, somebody may be flooding the port for agents. Check the log of the firewall.',
    httpStatus: 503,
  },
  'link.not_found': {
    summary: 'The manager has no such policy, release, file or command for this VM.',
    whatToDo: 'Nothing. At its next check-in, the VM learns the current state.',
    httpStatus: 404,
  },
  'link.unreachable': {
    summary: 'The manager does not answer.',
    whatToDo:
      'Run `lazaret doctor`: it names the part of the connection that fails. The agent continues to protect the VM and keeps its events.',
  },
  'link.untrusted': {
    summary: 'The server at the address of the manager is not the manager that the token names.',
    whatToDo: 'Check the address. A proxy that inspects TLS must not intercept this connection.',
  },
  'link.refused': {
    summary: 'The manager refused a request.',
    whatToDo: 'The message says why.',
  },
  'link.not_activated': {
    summary: 'This VM belongs to no manager.',
    whatToDo: 'Activate it with `lazaret agent activate` and a token from the console.',
  },
  'link.activated_already': {
    summary: 'This VM already belongs to a manager.',
    whatToDo: 'To change the manager, run `lazaret agent deactivate` first.',
  },
  'link.knock_port_taken': {
    summary: 'Another program uses the stand-by port.',
    whatToDo:
      'Stop that program, or set another port in the policy (`agent.knock.port`). Until then, the agent still checks in by itself.',
    exitCode: 0,
  },
  'link.knock_failed': {
    summary: 'The stand-by port cannot be opened.',
    whatToDo: 'The message names the reason. The agent still checks in by itself.',
    exitCode: 0,
  },
  'link.clock_differs': {
    summary: "The VM's clock differs from the manager's by more than a minute.",
    whatToDo: "Set the clock, preferably with NTP. The times of detections come from the VM's clock.",
    exitCode: 0,
  },
  'link.clone': {
    summary: 'Another VM uses the same key. One VM is a copy of the other.',
    whatToDo:
      'Accept or retire the pending VM in the console. If the agent has just started, do nothing: it checks in and continues.',
    httpStatus: 409,
  },
  'link.command_expired': {
    summary: 'A command arrived too late, so it was not carried out.',
    whatToDo: 'Give the command again if you still need it.',
  },
  'link.precondition': {
    summary: 'A command does not match the current state of the VM, so it was not carried out.',
    whatToDo: 'Check the state of the VM, and give the command again if it is still right.',
  },
  'link.download': {
    summary: 'A downloaded file of a pattern release differs from its manifest.',
    whatToDo:
      'The active release stays active, and the next check tries again. If the error returns, find out who changed the pattern files on the manager.',
  },
  'patterns.signature': {
    summary: 'A signature does not have the format of its kind.',
    whatToDo:
      'The message says what is wrong. Formats: SHA-256: 64 digits; ClamAV: one line of an .ndb or .ldb file; YARA: rules.',
  },
  'link.upload_too_large': {
    summary: 'The file is too large to be sent to the manager.',
    whatToDo: 'Get the file on the VM: `lazaret quarantine restore --to`.',
    httpStatus: 413,
  },
} as const satisfies Record<string, ErrorCodeEntry>;
