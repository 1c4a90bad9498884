// SPDX-License-Identifier: Apache-2.0
// Which feature of the manager writes which table of the database, read from its sources: by Kysely's builders, and by SQL in texts. What writes without
// naming its table is told as well: nobody could say whose table it is. Triggers and functions of the database stand in the migrations and are not read.
import { parseSync } from '@swc/core';

export interface Write {
  /** Null: the source does not name it. */
  readonly table: string | null;
  /** The call or the words that write. */
  readonly by: string;
}

const BUILDERS = new Set(['insertInto', 'replaceInto', 'updateTable', 'deleteFrom', 'mergeInto']);
/** What stands for a value that is put into a text; it is no name of a table. */
const HOLE = '${}';
const VERBS = String.raw`\b(insert\s+into|replace\s+into|merge\s+into|delete\s+from|update|truncate(?:\s+table)?|copy)\s+(?:only\s+)?`;
const NAME = String.raw`(\$\{\}|(?:"?(?:lazaret|identity)"?\s*\.\s*)?(?:"?\w+"?|\$\{\}))`;
const WRITES = new RegExp(VERBS + NAME, 'gi');
/** They follow `update` and are no tables: `on conflict do update set`, `for update of`, `for update skip locked`. */
const NO_TABLES = new Set(['set', 'of', 'skip', 'nowait']);

type Node = { readonly type?: string; readonly [key: string]: unknown };

/** `tables`: what the database has. Of a text that is no SQL by its place, only names with their schema count. */
export function writesOf(source: string, tables: ReadonlySet<string>): Write[] {
  const writes: Write[] = [];
  visit(parseSync(source, { syntax: 'typescript', target: 'es2022' }), false, (node, isSql) => {
    const builder = builderOf(node);
    if (builder !== null) writes.push(...builderWrites(node, builder));
    const text = textOf(node);
    if (text !== null) writes.push(...textWrites(text, isSql, tables));
  });
  return writes;
}

function visit(node: unknown, isSql: boolean, see: (node: Node, isSql: boolean) => void): void {
  if (Array.isArray(node)) for (const one of node) visit(one, isSql, see);
  else if (typeof node === 'object' && node !== null) {
    const known = node as Node;
    see(known, isSql);
    for (const [key, child] of Object.entries(known)) visit(child, isSql || holdsSql(known, key), see);
  }
}

/** The template behind `sql`, and what `sql.raw(…)` and `client.query(…)` are given. */
function holdsSql(node: Node, key: string): boolean {
  if (node.type === 'TaggedTemplateExpression') return key === 'template' && valueOf(node['tag']) === 'sql';
  if (node.type !== 'CallExpression' || key !== 'arguments') return false;
  const called = propertyOf(node['callee']);
  return called === 'raw' || called === 'query';
}

const valueOf = (node: unknown): unknown => (node as Node | undefined)?.['value'];

function propertyOf(callee: unknown): unknown {
  const { type, property, base } = callee as Node;
  if (type === 'OptionalChainingExpression') return propertyOf(base);
  return type === 'MemberExpression' ? valueOf(property) : undefined;
}

function builderOf(node: Node): string | null {
  if (node.type !== 'CallExpression') return null;
  const called = propertyOf(node['callee']);
  return typeof called === 'string' && BUILDERS.has(called) ? called : null;
}

function builderWrites(node: Node, by: string): Write[] {
  const [first] = node['arguments'] as readonly { readonly expression: Node }[];
  const given = first?.expression;
  const all =
    given?.type === 'ArrayExpression'
      ? (given['elements'] as readonly { readonly expression: Node }[]).map(({ expression }) => expression)
      : [given];
  return all.map((one) => {
    const text = one === undefined ? null : textOf(one);
    const table = text === null || text.includes(HOLE) ? null : nameOf(text.split(/\s+as\s+/i)[0] ?? '');
    return { table, by };
  });
}

function textOf(node: Node): string | null {
  if (node.type === 'StringLiteral') return String(node['value']);
  if (node.type !== 'TemplateLiteral') return null;
  return (node['quasis'] as readonly Node[]).map(({ cooked, raw }) => String(cooked ?? raw)).join(HOLE);
}

function textWrites(text: string, isSql: boolean, tables: ReadonlySet<string>): Write[] {
  return Array.from(text.matchAll(WRITES), ([, verb = '', name = '']) => ({ verb, name })).flatMap(
    ({ verb, name }): Write[] => {
      const by = verb.toLowerCase().replaceAll(/\s+/g, ' ');
      const isNamed = name.includes('.');
      if (!isSql && !isNamed) return [];
      const table = nameOf(name);
      if (table === HOLE) return [{ table: null, by }];
      if (isNamed) return [{ table, by }];
      return NO_TABLES.has(table) || !tables.has(table) ? [] : [{ table, by }];
    },
  );
}

/** Without its schema and its quotes. */
function nameOf(name: string): string {
  return (name.trim().split('.').at(-1) ?? '').replaceAll('"', '').trim();
}

/** The tables that a file of `database/tables` tells Kysely of. */
export function tablesOf(source: string): string[] {
  const found: string[] = [];
  visit(parseSync(source, { syntax: 'typescript', target: 'es2022' }), false, (node) => {
    if (node.type !== 'TsInterfaceDeclaration' || !String(valueOf(node['id'])).endsWith('Tables')) return;
    const { body } = node['body'] as { readonly body: readonly Node[] };
    found.push(...body.map(({ key }) => nameOf(String(valueOf(key)))));
  });
  return found;
}
