// SPDX-License-Identifier: Apache-2.0
// Which held files of the fleet a person means, and orders to as many as there are: the API answers by page and takes a limited number at once.
import {
  QUARANTINE_BULK_MAX,
  quarantineListQuerySchema,
  quarantinePageSchema,
  type QuarantineEntry,
  type QuarantinePage,
  type QuarantineReference,
  type QuarantineResults,
} from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { requireNotRoot } from '../empty-values.ts';
import { asLazaret } from '../output.ts';
import type { Fleet } from './account.ts';
import { findVmId } from './vms.ts';

export interface HeldFilter {
  readonly vm?: string;
  /** A part of the threat's name, whatever its case. */
  readonly threat?: string;
  readonly below?: string;
  readonly sha256?: string;
}

/** Every page of what is held and fits. `total` and `usage` are those of what fits. Throws `cli.usage`. */
export async function readHeld(fleet: Fleet, filter: HeldFilter): Promise<QuarantinePage> {
  requirePlace(filter);
  const query = await queryOf(fleet, filter);
  const items: QuarantineEntry[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const parameters = new URLSearchParams({ ...query, limit: '500', ...(cursor === '' ? {} : { cursor }) });
    const page: QuarantinePage = await fleet.api.ask(
      'GET',
      `${fleet.base}/quarantine?${parameters.toString()}`,
      quarantinePageSchema,
    );
    items.push(...page.items.filter((entry) => fits(entry, filter)));
    cursor = page.next;
  }
  const bytes = items.reduce((sum, one) => sum + one.bytes, 0);
  const vms = new Set(items.map(({ vm }) => vm.id)).size;
  return { items, next: null, total: items.length, usage: { bytes, vms } };
}

/** Of which directory of a VM `below` could be relative, nobody knows. */
function requirePlace({ below }: HeldFilter): void {
  requireNotRoot(below);
  if (below === undefined || below.startsWith('/')) return;
  throw new LazaretError(
    'cli.usage',
    `"${below}" is not an absolute path. Give the full path of a directory on the VM.`,
    {
      where: '--below',
    },
  );
}

/** Text whose lower case is the same for us and for the manager's database. */
const PLAIN = /^[\x20-\x7e]+$/;
/** The API searches for no longer text. */
const SEARCH_MAX = quarantineListQuerySchema.shape.q.unwrap().maxLength ?? 0;

/** What the API can tell apart by itself. Its search looks at path and threat: it narrows, and does not decide. */
async function queryOf(fleet: Fleet, { vm, threat, below, sha256 }: HeldFilter): Promise<Record<string, string>> {
  const narrow = [below, threat].find((text) => text !== undefined && PLAIN.test(text) && text.length <= SEARCH_MAX);
  return {
    ...(vm === undefined ? {} : { vm: await findVmId(fleet, vm) }),
    ...(sha256 === undefined ? {} : { sha256: sha256.toLowerCase() }),
    ...(narrow === undefined ? {} : { q: narrow }),
  };
}

function fits({ threat: name, path }: QuarantineEntry, { threat, below }: HeldFilter): boolean {
  if (threat !== undefined && !name.toLowerCase().includes(threat.toLowerCase())) return false;
  return below === undefined || path.startsWith(below.endsWith('/') ? below : `${below}/`);
}

export interface Chosen extends HeldFilter {
  readonly all?: boolean;
}

/** Entries by name need their VM; else there is a filter, or `--all`. Throws `cli.usage`. */
export function requireOneWay(named: readonly string[], { all = false, vm, threat, below, sha256 }: Chosen): void {
  const byContent = [threat, below, sha256].some((one) => one !== undefined);
  const isFiltered = byContent || (vm !== undefined && named.length === 0);
  const ways = [named.length > 0, all, isFiltered].filter(Boolean).length;
  if (ways !== 1 || (named.length > 0 && vm === undefined))
    throw new LazaretError('cli.usage', 'Give one of these: entries with --vm, or filters, or --all.', { where: '' });
}

/** What fits and waits for no other order. Throws `vault.entry_not_found`. */
export async function chooseHeld(
  fleet: Fleet,
  named: readonly string[],
  filter: HeldFilter,
): Promise<readonly QuarantineEntry[]> {
  const { items } = await readHeld(fleet, filter);
  const isMeant = ({ entry, state }: QuarantineEntry): boolean =>
    state === 'held' && (named.length === 0 || named.includes(entry));
  const chosen = items.filter(isMeant);
  if (chosen.length > 0) return chosen;
  throw new LazaretError('vault.entry_not_found', 'No quarantined file matches.', { where: '' });
}

export const referTo = ({ vm, entry }: QuarantineEntry): QuarantineReference => ({ vmId: vm.id, entry });

export interface Ordered extends QuarantineResults {
  /** Why an order came to no results, and how many entries have none for it. */
  readonly stopped?: { readonly code: string; readonly message: string; readonly entries: number };
}

/** One order for as many entries as the API takes at once; each entry has its own result. What was ordered before an order that fails is ordered, and told. */
export async function orderInParts(
  entries: readonly QuarantineReference[],
  order: (part: readonly QuarantineReference[]) => Promise<QuarantineResults>,
): Promise<Ordered> {
  const results: QuarantineResults['results'] = [];
  for (let at = 0; at < entries.length; at += QUARANTINE_BULK_MAX)
    try {
      results.push(...(await order(entries.slice(at, at + QUARANTINE_BULK_MAX))).results);
    } catch (error) {
      if (at === 0) throw error;
      const { code, message } = asLazaret(error);
      return { results, stopped: { code, message, entries: entries.length - at } };
    }
  return { results };
}
