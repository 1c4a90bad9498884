// SPDX-License-Identifier: Apache-2.0
// Error codes: The agent and its command line.
import type { ErrorCodeEntry } from './entry.ts';

export const AGENT_CODES = {
  'system.kernel_too_old': {
    summary: 'The kernel lacks something that Lazaret cannot do without.',
    whatToDo: 'Boot a newer kernel: the message names the version. docs/reference/supported-systems.md has the list.',
  },
  'system.kernel_unknown': {
    summary: 'The kernel does not say which version it is.',
    whatToDo: 'Run `./check` there: it shows whether everything works.',
    exitCode: 0,
  },
  'system.kernel_weaker': {
    summary: 'The kernel lacks something without which a defence is weaker.',
    whatToDo: 'Boot a newer kernel when you can; everything works meanwhile.',
    exitCode: 0,
  },
  'system.not_supported': {
    summary: 'The operating system is not on the list of those that were tried.',
    whatToDo: 'Run `./check` there: if it is green, tell us, and it goes on the list.',
    exitCode: 0,
  },
  'cli.needs_root': {
    summary: 'The command needs the rights of root.',
    whatToDo: 'Run it by sudo, or as root.',
  },
  'agent.unsafe_directory': {
    summary: 'A directory for state, sockets or locks belongs to somebody else, or is a link.',
    whatToDo: 'Remove it, or name another by LAZARET_STATE or LAZARET_RUN. Its parent must be writable by root alone.',
  },
  'scan.cancelled': {
    summary: 'The scan was cancelled before it, or this file, was done.',
    whatToDo: 'Nothing: somebody ended it. Scan again when it is wanted.',
  },
  'start.journey': {
    summary: 'A step of the journey of ./start did not do what it must.',
    whatToDo: 'The message names the step. Run `./check`; if it is green, report this with the output.',
  },
  'start.other_manager': {
    summary: 'The agent of this checkout belongs to another manager, and ./start does not take it away.',
    whatToDo:
      'Run `lazaret agent run` to go on with that manager. To try the demo instead, run `lazaret agent deactivate` first, or use another checkout.',
  },
  'control.bad_parameters': {
    summary: 'A request to the agent had parameters that do not fit.',
    whatToDo: 'Use the `lazaret` command of the same version as the agent.',
  },
  'agent.not_running': {
    summary: 'No agent answers on the control socket.',
    whatToDo: 'Start it (`lazaret agent run`), or use a command that works without it, such as `lazaret scan`.',
  },
  'agent.busy': {
    summary: 'Another run holds the scan lock and cannot make way.',
    whatToDo: 'Look with `lazaret agent status`; wait, pause or cancel the running one.',
  },
  'agent.gone': {
    summary: 'The agent ended before it had answered.',
    whatToDo: 'Look into its log, start it again, and repeat the command.',
  },
  'agent.internal': {
    summary: 'A fault of Lazaret itself.',
    whatToDo: 'Report it with the log line that carries the same time. Nothing was changed by the step that failed.',
  },
  'ceiling.strict': {
    summary: 'The local ceiling of this VM forbids what its manager ordered.',
    whatToDo:
      'Do it on the VM as root (`lazaret quarantine restore`), or lower the ceiling there: `lazaret agent ceiling`.',
  },
  'ceiling.protected_place': {
    summary: 'The file lies in, comes from or would go to a place by which the VM is run.',
    whatToDo: 'Do it on the VM as root: no manager may take files from such places, or put files there.',
  },
  'ceiling.brake': {
    summary: 'More files were taken away than the local ceiling allows without a look; no further one is.',
    whatToDo:
      'Look at the detections. If they are right: `lazaret agent ceiling go-on` on the VM. If not, except or mend the pattern and restore the files.',
  },
  'ceiling.unreadable': {
    summary: 'The local ceiling of this VM is damaged, so what it would decide about is refused.',
    whatToDo: 'Set it again on the VM: `lazaret agent ceiling set standard`, or `strict`.',
  },
  'cli.secret_argument': {
    summary: 'A secret was given as an argument of a command.',
    whatToDo:
      'Every user of the machine can read arguments: revoke the secret, and give a new one by standard input, a file or the environment.',
  },
  'cli.usage': {
    summary: 'The command line was not understood.',
    whatToDo: 'See `lazaret COMMAND --help`.',
  },
  'control.unknown_method': {
    summary: 'The agent does not know this command.',
    whatToDo: 'Command line and agent are of different versions: restart the agent.',
  },
  'scan.not_running': {
    summary: 'No such scan is running.',
    whatToDo: '`lazaret agent status` shows what is.',
  },
  'scan.nothing_to_resume': {
    summary: 'No scan that was cut off is waiting.',
    whatToDo: 'Start a new one without --resume.',
  },
  'fleet.not_signed_in': {
    summary: '`lazaret fleet` knows no manager.',
    whatToDo:
      'Run `lazaret fleet login URL`: it asks for an API token, which the console makes under Settings › API tokens. Scripts give it by --token-file or LAZARET_FLEET_TOKEN.',
  },
  'fleet.unreachable': {
    summary: 'The manager did not answer.',
    whatToDo:
      'Check address and network. A certificate of your own authority is believed when NODE_EXTRA_CA_CERTS names its file.',
  },
  'fleet.no_tenant': {
    summary: 'The token opens no such tenant, or several.',
    whatToDo: 'Name one with --tenant.',
  },
  'fleet.no_vm': {
    summary: 'No VM has this name, or several have it, or none is online.',
    whatToDo: '`lazaret fleet vm list --json` shows names and ids.',
  },
  'fleet.no_policy': {
    summary: 'No policy has this name.',
    whatToDo: '`lazaret fleet policy list` shows them.',
  },
  'system.other_product': {
    summary: 'Another anti-virus product intercepts files on this VM.',
    whatToDo:
      'Remove it, or switch its on-access scan off. Two that answer the kernel about the same file wait for each other.',
  },
  'event.not_found': {
    summary: 'The spool has no event with this id, or several end with it.',
    whatToDo:
      '`lazaret agent events` prints what it has; what the manager stored stays there when the spool has dropped it.',
  },
  'system.memory_too_small': {
    summary: 'The machine has less memory than Lazaret needs.',
    whatToDo:
      'Give it 512 MB or more. With --force it is activated all the same; scans may then end for want of memory.',
  },
  'system.disk_too_small': {
    summary: "The disk of Lazaret's state is smaller than it needs.",
    whatToDo: 'Give it 1 GB or more, or move the state by LAZARET_STATE. With --force it is activated all the same.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
