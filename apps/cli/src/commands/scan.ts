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
    .description('Scan files at rest, do what is asked with what is found, and say what could not be looked at.')
    .argument('[path...]', 'files and directories')
    .option('--all', 'the scope of the policy instead of paths: by default all of the VM')
    .option('--policy <file>', "policy file (YAML or JSON); default: the agent's policy, or else the built-in one")
    .option('--patterns <dir>', 'a directory of ClamAV and YARA files for this run, instead of the active release')
    .addOption(
      new Option('--as <kind>', 'whose limits count').choices(['manual', 'scheduled', 'realtime']).default('manual'),
    )
    .addOption(
      new Option(
        '--action <action>',
        'what is done with what is found: report does nothing, policy what the policy says',
      )
        .choices(['report', 'policy', 'delete', 'clean', 'pass', 'quarantine', 'deny'])
        .default('report'),
    )
    .addOption(
      new Option('--load <load>', 'share of all cores: low 20 %, medium 50 %, high 100 %').choices([
        'low',
        'medium',
        'high',
      ]),
    )
    .option('--quick', 'running programs, start-up, temporary and download places, files changed within a day')
    .option('--cross-file-systems', 'enter other local file systems mounted below the paths')
    .option('--resume', 'continue an interrupted scan of the same command')
    .option('--allow-empty', 'exit with 0 instead of 3 if the scan finds no file')
    .option('--json', 'NDJSON: one object a file, a summary last (docs/reference/scan-json.md)')
    .addHelpText(
      'after',
      `
Network and pseudo file systems are never entered, links never followed.

Examples:
  lazaret scan /srv                              look only
  lazaret scan /srv --action quarantine          and take what is found into the vault
  lazaret scan --as realtime --json upload.zip   by real-time's limits, for a script
  lazaret scan /home --load low                  in the background of other work
  lazaret scan --all                             all that the policy covers

Exit codes: 0 nothing found and everything looked at, 1 found, 2 error, 3 nothing found but not everything could be looked at, or no file was met.`,
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
    const waits = (): void => printer.note('Another scan is running; waiting for its end.');
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
