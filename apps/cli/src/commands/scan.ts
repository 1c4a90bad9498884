// SPDX-License-Identifier: Apache-2.0
// `lazaret scan`: beside a running agent a manual run of that agent, else a run in the foreground, with the same result.
import { Option, type Command } from 'commander';
import { EXIT, runCommand } from '../output.ts';
import { ownPaths } from '../product.ts';
import { scanByAgent } from '../scan/scan-by-agent.ts';
import { scanHere } from '../scan/scan-here.ts';
import { scanPrinter } from '../scan/scan-printer.ts';
import { agentOrLock } from '../with-agent.ts';
import { requestOf, type ScanOptions } from './scan-options.ts';

export function addScan(program: Command): void {
  program
    .command('scan')
    .description('Scan files, report threats, apply the chosen action, and list everything that could not be scanned.')
    .argument('[path...]', 'files and directories to scan')
    .option('--all', 'scan the scope of the policy instead of paths; the default scope is the whole VM')
    .option('--policy <file>', "policy file (YAML or JSON); default: the agent's policy, or else the built-in one")
    .option(
      '--patterns <dir>',
      'use the ClamAV and YARA files in this directory for this scan, instead of the active release',
    )
    .addOption(
      new Option('--as <kind>', 'apply the limits of this kind of scan')
        .choices(['manual', 'scheduled', 'realtime'])
        .default('manual'),
    )
    .addOption(
      new Option(
        '--action <action>',
        'what to do with infected files: report changes nothing, policy applies the action of the policy',
      )
        .choices(['report', 'policy', 'delete', 'clean', 'pass', 'quarantine', 'deny'])
        .default('report'),
    )
    .addOption(
      new Option('--load <load>', 'CPU limit, as a share of all cores: low 20 %, medium 50 %, high 100 %').choices([
        'low',
        'medium',
        'high',
      ]),
    )
    .option(
      '--quick',
      'scan running programs, autostart entries, temporary and download folders, and files changed in the last 24 hours',
    )
    .option('--cross-file-systems', 'also scan other local file systems that are mounted below the paths')
    .option('--resume', 'continue an interrupted scan of the same command')
    .option('--allow-empty', 'exit with 0 instead of 3 if the scan finds no file')
    .option('--json', 'print NDJSON: one object per file, and a summary at the end (docs/reference/scan-json.md)')
    .addHelpText(
      'after',
      `
Network file systems and pseudo file systems are never scanned. Symbolic links inside the paths are not followed.

Examples:
  lazaret scan /srv                              report only
  lazaret scan /srv --action quarantine          quarantine infected files
  lazaret scan --as realtime --json upload.zip   with the limits of real-time scan, for a script
  lazaret scan /home --load low                  with low CPU load
  lazaret scan --all                             the whole scope of the policy

Exit codes: 0 nothing found and everything scanned, 1 threat found, 2 error, 3 nothing found, but some content was not scanned, the scan stopped early, or it found no file.`,
    )
    .action((paths: string[], options: ScanOptions) => runCommand(options.json ?? false, () => scan(paths, options)));
}

async function scan(given: readonly string[], options: ScanOptions): Promise<number> {
  const request = requestOf(given, options);
  const paths = ownPaths();
  const printer = scanPrinter(options.json ?? false);
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const waits = (): void => printer.note('Another scan is running. Waiting for it to end.');
    const doer = await agentOrLock(paths, waits, abort.signal);
    const { resume = false, allowEmpty = false } = options;
    const order = { request, resume, allowEmpty, printer, signal: abort.signal };
    if ('agent' in doer) return endOf(await scanByAgent(doer.agent, order), abort.signal);
    try {
      return endOf(await scanHere(paths, order), abort.signal);
    } finally {
      doer.lock.release();
    }
  } finally {
    printer.end();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** A cancelled scan is no result, whatever it had found: a script must not take it for one. */
function endOf(exitCode: number, signal: AbortSignal): number {
  return signal.aborted ? EXIT.error : exitCode;
}
