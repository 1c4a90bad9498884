// SPDX-License-Identifier: Apache-2.0
// Decides how a tenant's own signatures (PF-6e) stand in a release: one file a kind, and each YARA text a file. Their names stand in detections.
import { LazaretError, type ThreatKind } from '@lazaret/core';
import { requireFileName } from '../acceptance/contents.ts';
import { formatTenantTable, withKindsBefore, type TableText } from '../format/tables.ts';

export interface OwnSignature {
  readonly kind: 'sha256' | 'clamav' | 'yara';
  readonly name: string;
  readonly body: string;
  readonly threatKind: ThreatKind;
}

/** No name of a published set begins so. */
const PREFIX = 'tenant';

/** Whether a release's file is a tenant's own. */
export function isTenantFile(name: string): boolean {
  return name.startsWith(`${PREFIX}.`) || name.startsWith(`${PREFIX}-`);
}

export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** Throws `patterns.signature` for a body that cannot be one, and `patterns.file_name` for a name that is too long for a file. */
export function signatureFiles(signatures: readonly OwnSignature[]): readonly TextFile[] {
  const lines = new Map<string, string[]>();
  const files: TextFile[] = [];
  for (const signature of signatures) {
    if (signature.kind === 'yara') {
      requireReadableNames(signature);
      const name = `${PREFIX}-${signature.name}.yar`;
      requireFileName(name, '/name');
      files.push({ name, text: `${signature.body}\n` });
    } else {
      const { extension, line } = lineOf(signature);
      lines.set(extension, [...(lines.get(extension) ?? []), line]);
    }
  }
  for (const [extension, all] of lines) files.push({ name: `${PREFIX}.${extension}`, text: `${all.join('\n')}\n` });
  return files;
}

interface Line {
  readonly extension: 'hsb' | 'ndb' | 'ldb';
  readonly line: string;
}

function lineOf({ kind, name, body }: OwnSignature): Line {
  const text = body.trim();
  if (/[\r\n]/.test(text)) throw refused(name, 'it has more than one line');
  if (kind === 'sha256') {
    if (!/^[0-9a-fA-F]{64}$/.test(text)) throw refused(name, 'a SHA-256 has 64 hexadecimal digits');
    // Any size; SHA-256 without a size is known from functionality level 73 on.
    return { extension: 'hsb', line: `${text.toLowerCase()}:*:${name}:73` };
  }
  if (text.includes(';')) return { extension: 'ldb', line: [name, ...text.split(';').slice(1)].join(';') };
  if (text.includes(':')) return { extension: 'ndb', line: [name, ...text.split(':').slice(1)].join(':') };
  // A body alone: any file, anywhere.
  return { extension: 'ndb', line: `${name}:0:*:${text}` };
}

/** What the scan process calls what a rule found, where the rule has no `name` of its own. */
const YARA_NAME = 'YARA.';
/** Where a rule may name what it finds; no name of a string, which begins with `$`. */
const NAME_GIVEN = /(?<![$#@!\w])name(?=\s*(?:=|\/[*/]))/g;
const PLAIN_NAME = /name\s*=\s*"([A-Za-z0-9._-]{1,128})"/y;

/** A VM must know every threat of a tenant by its name (AC-14): so each stands where it is read without taking YARA apart. */
function requireReadableNames({ name, body }: OwnSignature): void {
  if (/\brule\s*\/[*/]/.test(body)) throw refused(name, 'a comment follows the word "rule"');
  if (givenNames(body).includes(null))
    throw refused(name, 'after "name", the text must consist of letters, digits, ".", "_" and "-"');
}

/** The names that rules give by `name = "…"`; null for each that is written otherwise. */
function givenNames(body: string): readonly (string | null)[] {
  return [...body.matchAll(NAME_GIVEN)].map(({ index }) => {
    PLAIN_NAME.lastIndex = index;
    return PLAIN_NAME.exec(body)?.[1] ?? null;
  });
}

function refused(name: string, why: string): LazaretError {
  return new LazaretError('patterns.signature', `The signature ${name} cannot be used: ${why}.`, { where: '/body' });
}

/** The table of kinds with the tenant's own names before all others. Each is one name: "Win" would else decide what every threat of Windows is. */
export function kindsWith(table: TableText, signatures: readonly OwnSignature[]): string {
  return withKindsBefore(
    signatures.map(({ name, threatKind }) => ({ prefix: name, kind: threatKind, exact: true })),
    table,
  );
}

/** The names by which the tenant's own signatures are told, so that a VM knows them from the provider's (AC-14). A YARA text may hold several rules. */
export function tenantTable(signatures: readonly OwnSignature[]): string {
  const names = signatures.flatMap(({ kind, name, body }) => (kind === 'yara' ? [name, ...namesInYara(body)] : [name]));
  return formatTenantTable(names);
}

/** A word more does no harm, one less does: each `rule` counts, also one that another `rule` – in a comment, in a text – stands before. */
function namesInYara(body: string): readonly string[] {
  const rules = [...body.matchAll(/\brule(?=\s+(\w{1,128}))/g)].map(([, rule]) => `${YARA_NAME}${rule ?? ''}`);
  return [...rules, ...givenNames(body).filter((given) => given !== null)];
}
