// SPDX-License-Identifier: Apache-2.0
// The text of a policy (YAML, of which JSON is a part), and where in it a fault lies. Pure: it opens nothing.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLError,
} from 'yaml';
import { LazaretError, parsePointer } from '@lazaret/core';

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
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const [problem] = document.errors;
  if (problem !== undefined) throw unreadable(name, counter, problem);
  const value = toValue(document, name);
  return { value, placeOf: (pointer) => findPlace(document, counter, pointer) };
}

function unreadable(name: string, counter: LineCounter, { pos, message }: YAMLError): LazaretError {
  const { line, col } = counter.linePos(pos[0]);
  return new LazaretError('policy.unreadable', `${name}:${line}:${col}: This is no valid YAML or JSON: ${message}`, {
    where: name,
  });
}

/** `maxAliasCount` is yaml's own guard against a file that unfolds without end. */
function toValue(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new LazaretError('policy.unreadable', `${name}: ${why}.`, { where: name, cause: error });
  }
}

function findPlace(document: Document, counter: LineCounter, pointer: string): PlaceInText | null {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const step of parsePointer(pointer) ?? []) {
    const inner = stepInto(isAlias(node) ? node.resolve(document) : node, step);
    if (inner === null) break;
    node = inner.node;
    offset = startOf(inner.name) ?? startOf(node) ?? offset;
  }
  if (offset === null) return null;
  const { line, col } = counter.linePos(offset);
  return { line, column: col };
}

function stepInto(node: unknown, step: string): { readonly name: unknown; readonly node: unknown } | null {
  if (isSeq(node))
    return node.items[Number(step)] === undefined ? null : { name: null, node: node.items[Number(step)] };
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === step);
  return pair === undefined ? null : { name: pair.key, node: pair.value };
}

function startOf(node: unknown): number | null {
  return (node as Node | null)?.range?.[0] ?? null;
}
