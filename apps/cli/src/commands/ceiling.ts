// SPDX-License-Identifier: Apache-2.0
// `lazaret agent ceiling`: what this VM lets its manager do (AC-14). Set here alone.
import type { Command } from 'commander';
import { ceilingFile, readCeiling, writeCeiling, type CeilingView } from '@lazaret/agent';
import { CEILING_GRADES, defaultCeiling, LazaretError, type CeilingGrade } from '@lazaret/core';
import { EXIT, print, printJson, runCommand } from '../output.ts';
import { countOf } from '../words.ts';
import { ownPaths, requireRoot } from '../product.ts';
import { askAgent } from '../with-agent.ts';

interface Json {
  readonly json?: boolean;
}

const MEANS: Readonly<Record<CeilingGrade, string>> = {
  standard:
    'The manager may download quarantined files, and restore them to other paths, but not from or to protected places.',
  strict: 'The manager may not download quarantined files, and may restore them only to their old path.',
};

export function addCeiling(agent: Command): void {
  const ceiling = agent
    .command('ceiling')
    .description('Show or set what this VM allows its manager to do. It can be set only on the VM.');
  ceiling
    .command('show', { isDefault: true })
    .description('Show the grade, the limit on removals, and whether the limit was reached.')
    .option('--json', 'print one line of JSON')
    .action((options: Json) => runCommand(options.json ?? false, () => show(options)));
  ceiling
    .command('set')
    .description('Set the grade. It takes effect immediately.')
    .argument('<grade>', CEILING_GRADES.join(' or '))
    .option('--json', 'print one line of JSON')
    .action((grade: string, options: Json) => runCommand(options.json ?? false, () => set(grade, options)));
  ceiling
    .command('go-on')
    .description('Release the brake: confirm the removals so far, and restart the count at zero.')
    .option('--json', 'print one line of JSON')
    .action((options: Json) => runCommand(options.json ?? false, () => goOn(options)));
}

async function show({ json }: Json): Promise<number> {
  requireRoot();
  const { grade, brake } = readCeiling(ceilingFile(ownPaths()));
  const held = await brakeOf();
  if (json) printJson({ grade, limits: brake, brake: held });
  else {
    print(`${grade}: ${MEANS[grade]}`);
    print(
      `Brake: at most ${countOf(brake.perHourMax, 'file')} removed per hour, and at most ${brake.sharePercentMax} % of the files of one scan.`,
    );
    print(
      held === null
        ? 'The limit has not been reached.'
        : `The limit was reached at ${held.since}, and no more files are removed. Check the detections, then run: lazaret agent ceiling go-on`,
    );
  }
  return EXIT.ok;
}

/** Null also where no agent runs: then nothing is taken away either. */
async function brakeOf(): Promise<CeilingView['brake']> {
  try {
    return ((await askAgent(ownPaths(), 'status')) as { readonly ceiling: CeilingView }).ceiling.brake;
  } catch (error) {
    if (error instanceof LazaretError && error.code === 'agent.not_running') return null;
    throw error;
  }
}

function set(grade: string, { json }: Json): number {
  requireRoot();
  const chosen = CEILING_GRADES.find((known) => known === grade);
  if (chosen === undefined)
    throw new LazaretError('cli.usage', `"${grade}" is not a grade. Use ${CEILING_GRADES.join(' or ')}.`);
  const file = ceilingFile(ownPaths());
  writeCeiling(file, { ...readCeilingOr(file), grade: chosen });
  if (json) printJson({ grade: chosen });
  else print(MEANS[chosen]);
  return EXIT.ok;
}

/** A damaged one is what this command mends. */
function readCeilingOr(file: string): ReturnType<typeof readCeiling> {
  try {
    return readCeiling(file);
  } catch (error) {
    if (error instanceof LazaretError && error.code === 'ceiling.unreadable') return defaultCeiling;
    throw error;
  }
}

async function goOn({ json }: Json): Promise<number> {
  const view = await askAgent(ownPaths(), 'ceiling.go-on');
  if (json) printJson(view);
  else print('The brake is released. The count of removals restarts at zero.');
  return EXIT.ok;
}
