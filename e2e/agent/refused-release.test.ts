// SPDX-License-Identifier: Apache-2.0
// A pattern source that somebody else holds: what it sends is not what it names, or would take the system away. The VM refuses it, goes on with the
// patterns before, and whoever is responsible is told – by the alarm of the API and by message – until a look goes well again.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PROVIDER_TENANT_ID } from '@lazaret/contract';
import { makeMarker } from '@lazaret/testkit';
import { until } from '../support/product.ts';
import type { Service } from '../support/service.ts';
import { siteOf, vm, type Page, type Site } from '../support/site.ts';

const TIMEOUT = { timeout: 600_000 };

interface AlarmView {
  readonly severity: string;
  readonly vm: { readonly id: string } | null;
  readonly facts: { readonly code?: string };
}

interface Told {
  readonly kind: string;
  readonly alarm?: string;
  readonly cleared?: boolean;
  readonly facts?: { readonly code?: string };
}

interface Receiver {
  readonly url: string;
  readonly told: readonly Told[];
}

/** A tenant's webhook: every message that it was sent. */
async function receiveMessages(t: { after(work: () => void): void }): Promise<Receiver> {
  const told: Told[] = [];
  const server = createServer((request, answer) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      told.push((JSON.parse(body) as { message: Told }).message);
      answer.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, told };
}

const RELEASES = '/api/v1/provider/releases';

/** A release for all, of one file; the one that agents are to have from now on. */
async function offer(service: Service, label: string, name: string, text: string): Promise<string> {
  const files = [{ name, contentBase64: Buffer.from(text).toString('base64') }];
  const { id } = await service.api<{ id: string }>('POST', RELEASES, { source: 'upload', label, files });
  await service.api('POST', `${RELEASES}/${id}/activate`);
  return id;
}

/** As whoever stole the source: rows of the provider, past the manager. */
const steal = (service: Service, statement: string): void =>
  service.sql(`begin; set local lazaret.tenant = '${PROVIDER_TENANT_ID}'; ${statement}; commit`);

const openAlarms = async ({ service }: Site): Promise<readonly AlarmView[]> =>
  (await service.api<Page<AlarmView>>('GET', '/alarms?kind=patterns-refused')).items;

const releaseOf = async ({ service, vmId }: Site): Promise<string> =>
  (await service.api<{ patterns: { release: string } }>('GET', `/vms/${vmId}`)).patterns.release;

const lookForPatterns = ({ service, vmId }: Site): Promise<{ readonly id: string }> =>
  service.api('POST', `/vms/${vmId}/commands`, { kind: 'update' });

interface CommandView {
  readonly id: string;
  readonly state: string;
  readonly error: { readonly code: string } | null;
}

/** When the VM, by its own report, looked last. There is no other VM. */
const lastLook = async ({ service }: Site): Promise<string> =>
  (await service.api<{ lastCheckAt: string | null }>('GET', '/patterns')).lastCheckAt ?? '';

/** What this very look came to, once the VM has reported after it: the code of the one before may be the same. */
async function look(site: Site, what: string): Promise<CommandView> {
  const { service, vmId } = site;
  const before = await lastLook(site);
  const { id } = await lookForPatterns(site);
  let command: CommandView | undefined;
  await until(
    async () => {
      const { items } = await service.api<Page<CommandView>>('GET', `/vms/${vmId}/commands`);
      command = items.find((one) => one.id === id);
      return command?.state === 'done' || command?.state === 'failed';
    },
    `the look ends: ${what}`,
    180_000,
  );
  await until(async () => (await lastLook(site)) > before, `the VM reports it: ${what}`, 180_000);
  assert.ok(command);
  return command;
}

const good = makeMarker('Kept.Marker');

/** PF-4c: the release before protects on, by what it finds. */
async function protectsWith(site: Site, release: string): Promise<void> {
  assert.equal(await releaseOf(site), release);
  const path = join(site.product.directory, 'found.bin');
  writeFileSync(path, good.text);
  assert.equal((await site.product.scan(path, '--action', 'policy')).code, 1);
  assert.ok(!existsSync(path), 'found and taken');
}

/** What a source in foreign hands can do, and with which code it is refused. */
const FOREIGN: readonly {
  readonly what: string;
  readonly code: string;
  readonly offer: (service: Service) => Promise<unknown>;
}[] = [
  {
    what: 'other bytes of the same length than the release names',
    code: 'link.download',
    offer: async (service) => {
      await offer(service, 'bytes', 'sent.ndb', makeMarker('Bytes').signature);
      steal(
        service,
        `update lazaret.file_parts set bytes = overlay(bytes placing '\\x58' from 1) where sha256 = (${HASH_OF_SENT})`,
      );
    },
  },
  {
    what: 'more bytes than the release names',
    code: 'link.download',
    offer: async (service) => {
      await offer(service, 'longer', 'sent.ndb', makeMarker('Longer').signature);
      steal(service, `update lazaret.file_parts set bytes = bytes || '\\x0a' where sha256 = (${HASH_OF_SENT})`);
    },
  },
  {
    what: 'a list that names bytes of its own under the name of a release',
    code: 'patterns.damaged',
    offer: async (service) => {
      await offer(service, 'listed', 'sent.ndb', makeMarker('Listed').signature);
      steal(
        service,
        `update lazaret.releases set id = overlay(id placing 'ffffffffffff' from length(id) - 11) where state = 'active'`,
      );
    },
  },
  {
    what: 'patterns that would find files of the system',
    code: 'patterns.canary_detected',
    offer: (service) => offer(service, 'greedy', 'greedy.yar', 'rule greedy { condition: filesize > 0 }'),
  },
];

const HASH_OF_SENT =
  "select file ->> 'sha256' from lazaret.releases, jsonb_array_elements(files) file where state = 'active' and file ->> 'name' = 'sent.ndb'";

test(
  'PF-4c, MG-4a: what a stolen pattern source sends is refused with an alarm and a message; the patterns before go on, also after a restart; a good release clears it',
  TIMEOUT,
  async (t) => {
    const receiver = await receiveMessages(t);
    const site = await siteOf(t, {}, '--allow-private-webhooks');
    const { service } = site;
    await service.api('PUT', '/settings/webhook', { url: receiver.url, topics: ['alarms'] });
    const kept = await offer(service, 'kept', 'kept.ndb', good.signature);
    await lookForPatterns(site);
    await until(async () => (await releaseOf(site)) === kept, 'the good release is in force', 180_000);
    assert.deepEqual(await openAlarms(site), []);

    for (const { what, code, offer: offerForeign } of FOREIGN) {
      await offerForeign(service);
      const { state, error } = await look(site, what);
      assert.deepEqual([state, error?.code], ['failed', code], what);
      const isTold = async (): Promise<boolean> => (await openAlarms(site))[0]?.facts.code === code;
      await until(isTold, `${what} is an alarm`, 180_000);
      const [alarm, ...others] = await openAlarms(site);
      assert.deepEqual([others, alarm?.severity, alarm?.vm?.id], [[], 'act', site.vmId], what);
      await protectsWith(site, kept);
    }
    const refusals = (): readonly Told[] => receiver.told.filter(({ alarm }) => alarm === 'patterns-refused');
    await until(() => refusals().length > 0, 'it is told');
    assert.deepEqual([refusals()[0]?.cleared, refusals()[0]?.facts?.code], [false, FOREIGN[0]?.code]);

    await site.agent.stop();
    await site.product.agent();
    await until(async () => (await vm(service, site.vmId)).link.state === 'online', 'it is back');
    // While it was away it was told as away; what was refused is told again, though nobody looked for patterns since.
    const isToldAgain = async (): Promise<boolean> => (await openAlarms(site))[0]?.facts.code === FOREIGN.at(-1)?.code;
    await until(isToldAgain, 'a restart heals nothing', 180_000);
    await protectsWith(site, kept);

    const next = await offer(service, 'next', 'next.ndb', good.signature);
    await lookForPatterns(site);
    await until(async () => (await releaseOf(site)) === next, 'the next good release is in force', 180_000);
    await until(async () => (await openAlarms(site)).length === 0, 'the alarm clears itself', 180_000);
    await until(() => refusals().some(({ cleared }) => cleared === true), 'that too is told');
  },
);
