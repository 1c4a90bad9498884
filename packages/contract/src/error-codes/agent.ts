// SPDX-License-Identifier: Apache-2.0
// Error codes: The agent and its command line.
import type { ErrorCodeEntry } from './entry.ts';

export const AGENT_CODES = {
  'system.kernel_too_old': {
    summary: 'The kernel lacks a feature that Lazaret needs.',
    whatToDo: 'Boot a newer kernel. The message names the version; docs/reference/supported-systems.md has the list.',
  },
  'system.kernel_unknown': {
    summary: 'The version of the kernel is not known.',
    whatToDo: 'Run `./check` on this machine. It shows whether everything works.',
    exitCode: 0,
  },
  'system.kernel_weaker': {
    summary: 'The kernel lacks a feature. Lazaret works, but one of its defences is weaker.',
    whatToDo: 'Boot a newer kernel when you can. Everything works until then.',
    exitCode: 0,
  },
  'system.not_supported': {
    summary: 'The operating system is not on the list of tested systems.',
    whatToDo: 'Run `./check` on this machine. If it passes, report it, so that the system can be added to the list.',
    exitCode: 0,
  },
  'cli.needs_root': {
    summary: 'The command must run as root.',
    whatToDo: 'Run the command with sudo, or as root.',
  },
  'agent.unsafe_directory': {
    summary: 'A directory for state, sockets or locks belongs to another user, or is a symbolic link.',
    whatToDo:
      'Remove the directory, or set another one with LAZARET_STATE or LAZARET_RUN. Only root may have write access to its parent.',
  },
  'scan.cancelled': {
    summary: 'The scan was cancelled before it, or this file, was finished.',
    whatToDo: 'Nothing. Start the scan again if you still need it.',
  },
  'start.journey': {
    summary: 'A step of the demo of ./start failed.',
    whatToDo: 'The message names the step. Run `./check`. If it passes, report this error with the output.',
  },
  'start.other_manager': {
    summary: 'The agent of this checkout belongs to another manager, so ./start does not run the demo.',
    whatToDo:
      'Run `lazaret agent run` to continue with that manager. To run the demo instead, run `lazaret agent deactivate` first, or use another checkout.',
  },
  'control.bad_parameters': {
    summary: 'A request to the agent had invalid parameters.',
    whatToDo: 'Use the `lazaret` command of the same version as the agent.',
  },
  'agent.not_running': {
    summary: 'No agent answers on the control socket.',
    whatToDo: 'Start the agent (`lazaret agent run`), or use a command that works without it, such as `lazaret scan`.',
  },
  'agent.busy': {
    summary: 'Another scan is running and cannot be paused.',
    whatToDo: 'Run `lazaret agent status`. Wait for the running scan, or pause or cancel it.',
  },
  'agent.gone': {
    summary: 'The agent ended before it answered.',
    whatToDo: 'Check its log, start the agent again, and repeat the command.',
  },
  'agent.internal': {
    summary: 'Lazaret has an internal error.',
    whatToDo: 'Report it, with the log line of the same time. The failed step changed nothing.',
  },
  'ceiling.strict': {
    summary: 'The local ceiling of this VM forbids the order of its manager.',
    whatToDo:
      'Do it on the VM as root (`lazaret quarantine restore`), or lower the ceiling there: `lazaret agent ceiling`.',
  },
  'ceiling.protected_place': {
    summary: 'The file is in, comes from or would go to a protected place of the VM.',
    whatToDo: 'Do it on the VM as root. No manager can remove files from protected places or put files there.',
  },
  'ceiling.brake': {
    summary: 'The limit of the local ceiling on removed files is reached. Lazaret removes no more files.',
    whatToDo:
      'Check the detections. If they are right, run `lazaret agent ceiling go-on` on the VM. If not, correct the pattern or add an exception, and restore the files.',
  },
  'ceiling.unreadable': {
    summary:
      'The file of the local ceiling on this VM is damaged, so everything that the ceiling decides about is refused.',
    whatToDo: 'Set the ceiling again on the VM: run `lazaret agent ceiling set standard`, or `strict`.',
  },
  'cli.secret_argument': {
    summary: 'A secret was given as an argument of a command.',
    whatToDo:
      'Every user of the machine can read arguments. Revoke the secret, and give a new one through standard input, a file or the environment.',
  },
  'cli.usage': {
    summary: 'The command line was not understood.',
    whatToDo: 'Run `lazaret COMMAND --help`.',
  },
  'control.unknown_method': {
    summary: 'The agent does not know this command.',
    whatToDo: 'The command line and the agent have different versions. Restart the agent.',
  },
  'scan.not_running': {
    summary: 'This scan is not running.',
    whatToDo: 'Run `lazaret agent status` to see the running scans.',
  },
  'scan.nothing_to_resume': {
    summary: 'There is no interrupted scan to resume.',
    whatToDo: 'Start a new scan without --resume.',
  },
  'fleet.not_signed_in': {
    summary: '`lazaret fleet` is not signed in to a manager.',
    whatToDo:
      'Create an API token in the console under Settings › API tokens, then run `lazaret fleet login URL`. Scripts give the token with --token-file or LAZARET_FLEET_TOKEN.',
  },
  'fleet.unreachable': {
    summary: 'The manager did not answer.',
    whatToDo:
      'Check the address and the network. If the certificate is from your own authority, set NODE_EXTRA_CA_CERTS to the file of its certificate.',
  },
  'fleet.no_tenant': {
    summary: 'The token gives access to no such tenant, or to several.',
    whatToDo: 'Choose a tenant with --tenant.',
  },
  'fleet.no_vm': {
    summary: 'No VM has this name, several VMs have it, or no VM is online.',
    whatToDo: 'Run `lazaret fleet vm list --json` to see names and ids.',
  },
  'fleet.no_policy': {
    summary: 'No policy has this name.',
    whatToDo: 'Run `lazaret fleet policy list` to see the policies.',
  },
  'system.other_product': {
    summary: 'Another anti-virus product is running on this VM.',
    whatToDo:
      'Remove it, or switch its on-access scan off. If two products decide about opens of the same file, they can wait for each other.',
  },
  'event.not_found': {
    summary: 'The spool has no event with this id, or several events have an id that ends with it.',
    whatToDo:
      'Run `lazaret agent events` to see the events of the spool. The manager keeps events that the spool has already dropped.',
  },
  'system.memory_too_small': {
    summary: 'The machine has less memory than Lazaret needs.',
    whatToDo:
      'Give the machine 512 MB or more. With --force, it is activated anyway, and scans may then run out of memory.',
  },
  'system.disk_too_small': {
    summary: 'The disk of the state folder is smaller than Lazaret needs.',
    whatToDo:
      'Give it 1 GB or more, or move the state folder with LAZARET_STATE. With --force, the machine is activated anyway.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
