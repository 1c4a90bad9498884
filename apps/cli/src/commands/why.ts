// SPDX-License-Identifier: Apache-2.0
// `lazaret why EVENT`: an event of this VM in words – what happened to which file, by which rule of which policy.
import type { Command } from 'commander';
import { connectControl, spoolReader } from '@lazaret/agent';
import { eventSchema, type AgentEvent } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { z } from 'zod';
import { readAnswer } from '../agent-answers.ts';
import { EXIT, print, printJson, runCommand } from '../output.ts';
import { ownPaths, requireRoot } from '../product.ts';
import { safeText } from '../words.ts';

export function addWhy(program: Command): void {
  program
    .command('why')
    .description('Explain an event of this VM: what happened, and which rule of the policy decided it.')
    .argument('<event>', 'an id, or its last characters (`lazaret agent events`, or the console)')
    .option('--json', 'print one line of JSON')
    .action((id: string, options: { json?: boolean }) =>
      runCommand(options.json ?? false, () => why(id, options.json ?? false)),
    );
}

async function why(id: string, json: boolean): Promise<number> {
  requireRoot();
  const event = findEvent(id);
  const rule = await readRule(event);
  if (json) printJson({ event, rule });
  else for (const line of explainEvent(event, rule)) print(line);
  return EXIT.ok;
}

/** In what the spool still has. Throws `event.not_found`, `event.ambiguous`. */
function findEvent(id: string): AgentEvent {
  const reader = spoolReader(ownPaths().spool, 0);
  const found: AgentEvent[] = [];
  for (;;) {
    const lines = reader.next({ linesMax: 1_000, bytesMax: 4_194_304 });
    if (lines.length === 0) break;
    for (const { text } of lines) {
      const event = eventSchema.safeParse(JSON.parse(text));
      if (event.success && (event.data.id === id || (id.length >= 4 && event.data.id.endsWith(id))))
        found.push(event.data);
    }
  }
  const [event, ...more] = found;
  if (event === undefined)
    throw new LazaretError('event.not_found', `The spool has no event with the id ${id}.`, { where: id });
  if (more.length > 0)
    throw new LazaretError('event.not_found', `${found.length} events have an id that ends with ${id}.`, { where: id });
  return event;
}

const policyStatusSchema = z.object({ policy: z.object({ hash: z.string() }) });

/** What stands in the policy at the rule that decided; null where none did, or another policy is in force by now. */
async function readRule({ policyHash, decidedBy }: AgentEvent): Promise<unknown> {
  const agent = decidedBy === null || decidedBy === '' ? null : await connectControl(ownPaths().controlSocket);
  if (agent === null) return null;
  try {
    const { policy } = readAnswer('status', await agent.call('status'), policyStatusSchema);
    return policy.hash === policyHash ? valueAt(await agent.call('policy.inForce'), decidedBy ?? '') : null;
  } finally {
    agent.close();
  }
}

/** RFC 6901. */
function valueAt(value: unknown, pointer: string): unknown {
  const steps = pointer.split('/').slice(1);
  return steps.reduce<unknown>((at, step) => {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof at === 'object' && at !== null ? ((at as Record<string, unknown>)[key] ?? null) : null;
  }, value);
}

/** Pure. */
export function explainEvent(event: AgentEvent, rule: unknown): readonly string[] {
  const head = `${event.time} ${event.type}`;
  const by = [
    `policy ${event.policyHash?.slice(0, 12) ?? 'none'}, patterns ${event.patternRelease ?? 'none'}`,
    ...(event.decidedBy === null
      ? []
      : [`decided by ${event.decidedBy === '' ? 'the command line' : event.decidedBy}`]),
    ...(rule === null ? [] : [`  the rule says: ${safeText(JSON.stringify(rule))}`]),
  ];
  return [head, ...describe(event).map(safeText), ...by];
}

function describe(event: AgentEvent): readonly string[] {
  if (event.type === 'detection') {
    const { path, threats, action, notifyEvent } = event;
    const found = threats.map(({ name, kind, layers }) => `${[path, ...layers].join(' ▸ ')}: ${name} (${kind})`);
    const steps =
      action === null ? [] : [action.primary, ...(action.secondary === undefined ? [] : [action.secondary])];
    const told = notifyEvent === null ? 'no notification is sent' : `a notification is sent: ${notifyEvent}`;
    return [
      ...found,
      ...steps.map(
        ({ action: step, result, error }) => `${step}: ${result}${error === undefined ? '' : ` (${error})`}`,
      ),
      ...(action === null
        ? ['the scan only reports']
        : [`the action was chosen by ${action.decidedBy || 'the command line'}`, told]),
    ];
  }
  const { schema: _, id: __, epoch: ___, bootId: ____, monotonicMs: _____, ...rest } = event;
  return [JSON.stringify(rest)];
}
