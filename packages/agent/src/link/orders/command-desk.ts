// SPDX-License-Identifier: Apache-2.0
// Commands of the manager: each is accepted, carried out once, and its result is sent until the manager confirms it. All of this is stored in the agent's
// state, so that a crash neither loses a command nor runs it twice. `carryOut`, which is passed in, does the work. A command that was running when the last
// process died goes to `recover`, which finds out what happened to it. It owns the table `commands`.
import { linkCommandSchema, type LinkCommand, type CommandResult } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import type { Clock } from '@lazaret/platform';
import type { StateDatabase } from '../../state/index.ts';

export interface CommandDeskParts {
  readonly database: StateDatabase;
  readonly clock: Clock;
  readonly policyHash: () => string;
  /** The last sequence of the spool: what an interrupted command had told stands behind it. */
  readonly spoolLast: () => number;
  /** Does it; throws with a code where it fails. Returns what the command answers. */
  carryOut(command: LinkCommand): Promise<unknown>;
  /** It was begun by a process that died. `undefined`: it had no effect yet, and may be carried out. */
  recover(command: LinkCommand, spoolBefore: number): Promise<{ readonly value: unknown } | undefined>;
  /** Tells the manager. Resolves when it has the result, or does not know the command any more. */
  tell(id: string, result: CommandResult): Promise<void>;
  onFault(error: unknown): void;
}

export interface CommandDesk {
  /** Takes commands in; one that is known already is left as it is. */
  take(commands: readonly LinkCommand[]): void;
  /** Looks at what waits: for a policy, for its expiry, for the manager to be reached, or to be sure who this is. */
  pump(): void;
  /** Ids that the manager need not send again. */
  known(): readonly string[];
  /** Resolves when nothing is being carried out or told. */
  settled(): Promise<void>;
}

interface Row {
  readonly id: string;
  readonly command: string;
  readonly state: 'received' | 'started' | 'done' | 'reported';
  readonly spoolBefore: number | null;
  readonly result: string | null;
}

/** As many as the manager is told of; what was reported so long ago does not come again. */
const KNOWN_MAX = 1_000;

export function commandDesk(parts: CommandDeskParts): CommandDesk {
  const table = commandTable(parts.database);
  /** One lane for each kind of work, and one for the vault: a download must not keep a scan from being cancelled. */
  const lanes = new Map<string, Promise<void>>();
  const inHand = new Set<string>();
  const results = resultTeller(table, parts);

  const settle = (id: string, result: CommandResult): void => {
    table.finish(id, result);
    inHand.delete(id);
    results.tellAll();
  };
  const work = async (row: Row, command: LinkCommand): Promise<void> => {
    try {
      const recovered = row.state === 'started' ? await parts.recover(command, row.spoolBefore ?? 0) : undefined;
      if (recovered !== undefined) return settle(command.id, done(recovered.value));
      table.start(command.id, parts.spoolLast());
      settle(command.id, done(await parts.carryOut(command)));
    } catch (error) {
      if (isInDoubt(error) && Date.parse(command.expires) > parts.clock.nowMs()) inHand.delete(command.id);
      else settle(command.id, failed(error));
    }
  };
  const consider = (row: Row): void => {
    if (inHand.has(row.id)) return;
    const command = readCommand(row);
    if (command === null)
      return settle(
        row.id,
        failed(new LazaretError('link.bad_request', 'The agent cannot read the command of the manager.')),
      );
    if (row.state === 'received') {
      if (Date.parse(command.expires) <= parts.clock.nowMs()) return settle(row.id, expired(command));
      // Waited for: the policy is on its way.
      const { policyHash } = command.precondition;
      if (policyHash !== null && policyHash !== parts.policyHash()) return;
    }
    inHand.add(row.id);
    const lane = laneOf(command);
    const before = lanes.get(lane) ?? Promise.resolve();
    lanes.set(
      lane,
      before.then(() => work(row, command)).catch((error: unknown) => parts.onFault(error)),
    );
  };
  const pump = (): void => {
    for (const state of ['started', 'received'] as const) for (const row of table.rows(state)) consider(row);
    if (table.rows('done').length > 0) results.tellAll();
  };
  return {
    pump,
    take: (commands) => {
      for (const command of commands) table.insert(command, parts.clock.nowMs());
      pump();
    },
    known: () => table.known(),
    settled: async () => {
      await Promise.all(lanes.values());
      await results.settled();
    },
  };
}

/** Tells results until none is left; what fails waits for the next pump. */
function resultTeller(table: CommandTable, parts: CommandDeskParts) {
  let telling: Promise<void> | null = null;
  const tellWaiting = async (): Promise<void> => {
    try {
      for (let waiting = table.rows('done'); waiting.length > 0; waiting = table.rows('done')) {
        for (const { id, result } of waiting) {
          await parts.tell(id, JSON.parse(result ?? 'null') as CommandResult);
          table.reported(id);
        }
      }
      table.prune();
    } catch (error) {
      parts.onFault(error);
    } finally {
      telling = null;
    }
  };
  return {
    tellAll: (): void => {
      telling ??= tellWaiting();
    },
    settled: async (): Promise<void> => {
      await telling;
    },
  };
}

interface CommandTable {
  rows(state: Row['state']): readonly Row[];
  insert(command: LinkCommand, nowMs: number): void;
  /** On the disk when it returns: a power cut must not make the command come twice. */
  start(id: string, spoolLast: number): void;
  finish(id: string, result: CommandResult): void;
  reported(id: string): void;
  prune(): void;
  known(): readonly string[];
}

function commandTable(database: StateDatabase): CommandTable {
  const insert = database.prepare(
    `INSERT OR IGNORE INTO commands (id, command, state, receivedMs) VALUES (?, ?, 'received', ?)`,
  );
  const start = database.prepare(`UPDATE commands SET state = 'started', spoolBefore = ? WHERE id = ?`);
  const finish = database.prepare(`UPDATE commands SET state = 'done', result = ? WHERE id = ?`);
  const report = database.prepare(`UPDATE commands SET state = 'reported' WHERE id = ?`);
  const prune = database.prepare(
    `DELETE FROM commands WHERE state = 'reported' AND id NOT IN (SELECT id FROM commands ORDER BY receivedMs DESC LIMIT ${KNOWN_MAX})`,
  );
  const list = database.prepare('SELECT * FROM commands WHERE state = ? ORDER BY receivedMs, id');
  const known = database.prepare('SELECT id FROM commands ORDER BY receivedMs DESC LIMIT ?');
  return {
    rows: (state) => list.all(state) as unknown as Row[],
    insert: (command, nowMs) => void insert.run(command.id, JSON.stringify(command), nowMs),
    start: (id, spoolLast) => durably(database, () => start.run(spoolLast, id)),
    finish: (id, result) => void finish.run(JSON.stringify(result), id),
    reported: (id) => void report.run(id),
    prune: () => void prune.run(),
    known: () => (known.all(KNOWN_MAX) as { id: string }[]).map(({ id }) => id),
  };
}

function readCommand(row: Row): LinkCommand | null {
  const parsed = linkCommandSchema.safeParse(JSON.parse(row.command));
  return parsed.success ? parsed.data : null;
}

/** The manager does not know yet whether another VM lives that holds the same key: it takes nothing, and will in seconds. */
function isInDoubt(error: unknown): boolean {
  return error instanceof LazaretError && error.code === 'link.clone';
}

/** Of the commands about the vault. */
const VAULT = 'quarantine-';

function laneOf({ body }: LinkCommand): string {
  return body.kind.startsWith(VAULT) ? VAULT : body.kind;
}

function durably(database: StateDatabase, work: () => unknown): void {
  database.exec('PRAGMA synchronous = FULL');
  try {
    work();
  } finally {
    database.exec('PRAGMA synchronous = NORMAL');
  }
}

function done(value: unknown): CommandResult {
  return { outcome: 'done', code: null, message: null, value: value ?? null };
}

function failed(error: unknown): CommandResult {
  const code = error instanceof LazaretError ? error.code : 'agent.internal';
  const message = (error instanceof Error ? error.message : String(error)).slice(0, 4_096);
  const refused = code === 'link.precondition' || code === 'link.command_expired';
  return { outcome: refused ? 'refused' : 'failed', code, message, value: null };
}

function expired(command: LinkCommand): CommandResult {
  return failed(new LazaretError('link.command_expired', `The command expired at ${command.expires}.`));
}
