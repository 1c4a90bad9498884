// SPDX-License-Identifier: Apache-2.0
// One question, asked on both sides: core's own functions, and the gate's C++ (`gate-rules-vectors`, built with the compiler's checks). Owns the program
// from `askGate` to `close`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import {
  bytesTextFromBytes,
  bytesTextToBytes,
  classifyFileSystem,
  compileExceptions,
  compileGateRules,
  compileKinds,
  compileTargets,
  compileUnscannedRules,
  decideUnscanned,
  isNetworkClass,
  pathTextFromBytes,
  planForThreats,
  type GateFacts,
  type RealtimeSettings,
  type UnscannedReason,
} from '@lazaret/core';

const PROGRAM = new URL('../../.build/native/bin/gate-rules-vectors', import.meta.url).pathname;

/** Paths are bytes as text: one character a byte. */
export type Question =
  | { readonly question: 'decide' | 'decideForeign'; readonly path: string }
  | { readonly question: 'holds'; readonly path: string; readonly foreign: boolean }
  | { readonly question: 'digest'; readonly sha256: string }
  | {
      readonly question: 'process';
      readonly device: string;
      readonly inode: string;
      readonly changedNs: string;
      readonly uid: number;
      readonly unit: string;
    }
  | { readonly question: 'fileSystem'; readonly type: string; readonly source: string }
  | { readonly question: 'unscanned'; readonly path: string; readonly reasons: readonly UnscannedReason[] }
  | { readonly question: 'passes' | 'threats'; readonly names: readonly string[] };

export interface GateAnswer {
  readonly fault: string | null;
  readonly answers: readonly unknown[];
}

export interface AskedGate {
  ask(line: object): Promise<GateAnswer>;
  close(): Promise<number | null>;
}

export function askGate(): AskedGate {
  const child = spawn(PROGRAM, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (line) => {
      child.stdin.write(`${JSON.stringify(line)}\n`);
      const { done, value } = await lines.next();
      if (done) throw new Error(`the gate's rules died over ${JSON.stringify(line)}`);
      return JSON.parse(value) as GateAnswer;
    },
    close: async () => {
      child.stdin.end();
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}

const textOf = (bytes: string): string => pathTextFromBytes(bytesTextToBytes(bytes));
/** Names of patterns are text, not paths: the gate has their UTF-8. */
export const bytesOfText = (text: string): string => bytesTextFromBytes(new TextEncoder().encode(text));

/** What core answers by the functions that scans use. */
export function coreAnswers(settings: RealtimeSettings, facts: GateFacts): (question: Question) => unknown {
  const targets = compileTargets('realtime', settings, facts.targets);
  const foreign = compileTargets('realtime', settings, { ...facts.targets, ownDirectories: [] });
  const exceptions = compileExceptions('realtime', settings.exceptions, facts.exceptions);
  const kindOf = compileKinds(facts.kinds);
  const unscanned = compileUnscannedRules('realtime', settings.unscanned);
  const pointer = (hit: { readonly decidedBy: string } | null): string => hit?.decidedBy ?? '';
  const decide = (path: string, believed: boolean): object => {
    const { inScope, ...rest } = (believed ? targets : foreign).decide({ path, fileSystem: 'local' });
    const hit = inScope && believed ? exceptions.decideFile(path) : null;
    if (hit === null) return { scan: inScope, ...rest };
    return { scan: false, byContent: false, nameListed: false, why: 'exception', decidedBy: hit.decidedBy };
  };
  return (question) => {
    switch (question.question) {
      case 'decide':
      case 'decideForeign':
        return decide(textOf(question.path), question.question === 'decide');
      case 'holds':
        return (question.foreign ? foreign : targets).forDirectory(textOf(question.path), 'local').files;
      case 'digest':
        return pointer(exceptions.decideDigest(question.sha256));
      case 'process':
        return pointer(exceptions.decideProcess(question));
      case 'fileSystem': {
        const found = classifyFileSystem(question.type, question.source);
        return isNetworkClass(found) ? 'network' : found;
      }
      case 'unscanned': {
        const decision = decideUnscanned(unscanned, textOf(question.path), question.reasons);
        if (decision === null) return { tell: false, refuse: false, reason: '', decidedBy: '', threat: '' };
        const { action, reason, decidedBy, threat } = decision;
        return { tell: true, refuse: action !== 'pass', reason, decidedBy, threat };
      }
      case 'threats': {
        const hits = question.names.map((name) => exceptions.decideThreat(textOf(name)));
        return hits.every((hit) => hit !== null) ? pointer(hits[0] ?? null) : '';
      }
      case 'passes': {
        const plan = {
          operatingSystem: 'linux',
          scanKind: 'realtime',
          setting: settings.action,
          table: facts.actions,
        } as const;
        return (
          planForThreats(
            plan,
            question.names.map((name) => kindOf(textOf(name))),
          ).primary === 'pass'
        );
      }
    }
  };
}

export function gateLine(settings: RealtimeSettings, facts: GateFacts, questions: readonly Question[]): object {
  return { rules: compileGateRules(settings, facts).rules, questions };
}
