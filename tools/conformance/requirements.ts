// SPDX-License-Identifier: Apache-2.0
// Reads docs/requirements.md: rows are headings (`### RT-1 [S] title`), claims are their list items (`- a: text`), and the table at the end says
// why claims are not met. Anything that looks like one of these and is not is an error: a row that is overlooked would never be missed.

export interface Claim {
  readonly id: string;
  readonly letter: string;
  readonly text: string;
}

export interface Row {
  readonly id: string;
  readonly source: 'S' | '+';
  readonly title: string;
  readonly section: string;
  readonly claims: readonly Claim[];
}

export interface Requirements {
  readonly rows: readonly Row[];
  /** Claim (`RT-1a`) → why it is not met yet. */
  readonly reasons: ReadonlyMap<string, string>;
}

const ROW = /^### ([A-Z]{2}-\d+) \[(S|\+)\] (.+)$/;
const CLAIM = /^- ([a-z]): (.+)$/;

export function parseRequirements(text: string): Requirements {
  const rows: Row[] = [];
  let section = '';
  let claims: Claim[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const place = `docs/requirements.md:${index + 1}`;
    if (line.startsWith('## ')) section = line.slice(3);
    else if (line.startsWith('###')) {
      const [, id, source, title] = ROW.exec(line) ?? fail(place, `no row: ${line}`);
      if (rows.some((row) => row.id === id)) fail(place, `${id} stands twice`);
      claims = [];
      rows.push({ id: id ?? '', source: source === 'S' ? 'S' : '+', title: title ?? '', section, claims });
    } else if (line.startsWith('- ') && rows.length > 0) addClaim(claims, rows.at(-1)?.id ?? '', line, place);
  }
  for (const row of rows) if (row.claims.length === 0) fail('docs/requirements.md', `${row.id} has no claim`);
  return { rows, reasons: parseReasons(text, rows) };
}

function addClaim(claims: Claim[], row: string, line: string, place: string): void {
  const [, letter = '', text = ''] = CLAIM.exec(line) ?? fail(place, `no claim: ${line}`);
  const expected = String.fromCodePoint(97 + claims.length);
  if (letter !== expected) fail(place, `${row}${letter} should be ${row}${expected}`);
  claims.push({ id: `${row}${letter}`, letter, text });
}

/** `| RT-1, RT-4d–f, MG | why |` under the last heading. */
function parseReasons(text: string, rows: readonly Row[]): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>();
  const table = text.slice(text.indexOf('## Not met yet')).split('\n');
  for (const line of table.filter((row) => /^\| *[A-Z]{2}\b/.test(row))) {
    const [, names = '', why = ''] = line.split('|');
    for (const name of names.split(',')) {
      for (const claim of expandName(name.trim(), rows)) {
        if (reasons.has(claim)) fail('docs/requirements.md', `${claim} is given two reasons`);
        reasons.set(claim, why.trim());
      }
    }
  }
  return reasons;
}

/** A section (`MG`), a row (`RT-1`), a claim (`AC-6a`) or letters of a row (`RT-4d–f`) as claims. */
function expandName(name: string, rows: readonly Row[]): readonly string[] {
  const match = /^([A-Z]{2})(?:-(\d+)(?:([a-z])(?:–([a-z]))?)?)?$/.exec(name);
  const [, section, number, first, last] = match ?? fail('docs/requirements.md', `"${name}" names no claim`);
  const claims = rows
    .filter(({ id }) => (number === undefined ? id.startsWith(`${section}-`) : id === `${section}-${number}`))
    .flatMap((row) => row.claims)
    .filter(({ letter }) => first === undefined || (letter >= first && letter <= (last ?? first)))
    .map(({ id }) => id);
  return claims.length === 0 ? fail('docs/requirements.md', `"${name}" names no claim`) : claims;
}

function fail(place: string, problem: string): never {
  throw new Error(`${place}: ${problem}`);
}
