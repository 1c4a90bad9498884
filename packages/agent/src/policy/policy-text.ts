// SPDX-License-Identifier: Apache-2.0
// The text of a policy (YAML, of which JSON is a part), and the position of a fault in it. Pure: it opens nothing.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Node,
} from 'yaml';
import { LazaretError, parsePointer } from '@lazaret/core';
import { yamlWords } from './yaml-words.ts';

/** Both count from 1. */
export interface PlaceInText {
  readonly line: number;
  readonly column: number;
}

/** The place of what a pointer names: of a field its name, of an entry of a list its begin. What is missing lies where it should stand. */
export type PlaceOf = (pointer: string) => PlaceInText | null;

/** Throws `policy.unreadable` for what is neither YAML nor JSON; `name` is the file's. */
export function parsePolicyText(text: string, name: string): { readonly value: unknown; readonly placeOf: PlaceOf } {
  const counter = new LineCounter();
  // A list or a map as the name of a field would be told by the words and the warnings of the library.
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, stringKeys: true });
  const [problem] = document.errors;
  if (problem !== undefined) throw unreadable(name, counter, problem.pos[0], yamlWords(problem));
  const alias = findLooseAlias(document);
  if (alias !== null)
    throw unreadable(name, counter, startOf(alias) ?? 0, `There is no anchor &${alias.source} above this alias.`);
  const value = toValue(document, name);
  // A file that was emptied, or never written, must not become the defaults, which watch the whole VM.
  if (value === null)
    throw new LazaretError(
      'policy.unreadable',
      `${name}: This file is empty. For a policy with only default values, write {}.`,
      {
        where: name,
      },
    );
  return { value, placeOf: (pointer) => findPlace(document, counter, pointer) };
}

function unreadable(name: string, counter: LineCounter, offset: number, why: string): LazaretError {
  const { line, col } = counter.linePos(offset);
  return new LazaretError('policy.unreadable', `${name}:${line}:${col}: This is not valid YAML or JSON: ${why}`, {
    where: name,
  });
}

/** `maxAliasCount` is yaml's own guard against a file that unfolds without end. */
function toValue(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const why = 'The aliases (*name) expand to too much data.';
    throw new LazaretError('policy.unreadable', `${name}:1:1: This is not valid YAML or JSON: ${why}`, {
      where: name,
      cause: error,
    });
  }
}

function findLooseAlias(document: Document): Alias | null {
  let loose: Alias | null = null;
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      loose = alias;
      return visit.BREAK;
    },
  });
  return loose;
}

function findPlace(document: Document, counter: LineCounter, pointer: string): PlaceInText {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of parsePointer(pointer) ?? []) {
    const inner = stepInto(isAlias(node) ? node.resolve(document) : node, step);
    if (inner === null) break;
    node = inner.node;
    offset = startOf(inner.name) ?? startOf(node) ?? offset;
  }
  const { line, col } = counter.linePos(offset);
  return { line, column: col };
}

function stepInto(node: unknown, step: string): { readonly name: unknown; readonly node: unknown } | null {
  if (isSeq(node)) return { name: null, node: node.items[Number(step)] };
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
  return pair === undefined ? null : { name: pair.key, node: pair.value };
}

function startOf(node: unknown): number | null {
  return (node as Node | null)?.range?.[0] ?? null;
}
