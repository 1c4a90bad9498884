// SPDX-License-Identifier: Apache-2.0
// Every page of the console in both languages and both themes, in Debian's Chromium, under the product's own policy: axe finds nothing, nothing is
// reported, and every request is one that the contract knows. LAZARET_SCREENSHOTS=DIRECTORY keeps what was seen.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fullSize, testSeed } from '@lazaret/testkit';
import type { Browser, Page } from 'playwright-core';
import { findAxeViolations, launchBrowser, LOOKS, type Look, openPage } from './browser.ts';
import { ANSWERED, DIALOGS, wordsOf } from './dialogs.ts';
import { TENANT } from './fixture-data.ts';
import { HASH, id } from './fixture-vms.ts';
import { startTestManager, type TestManager } from './test-manager.ts';

const T = `/t/${TENANT}`;
/** A page, and a text or mark by which it has come. */
const PAGES: readonly (readonly [name: string, path: string, ready: string])[] = [
  ['setup', '/setup#token', 'form'],
  ['sign-in', '/sign-in', 'form'],
  ['invitation', '/invitation#token', 'form'],
  ['overview', T, '.need'],
  ['vms', `${T}/vms`, 'tbody tr'],
  ['vms-filtered', `${T}/vms?state=offline`, 'tbody tr'],
  ['vm-add', `${T}/vms/add`, 'form'],
  ['vm', `${T}/vms/${id(1000)}`, '.three-facts'],
  ['vm-realtime', `${T}/vms/${id(1000)}?tab=realtime`, '#watched'],
  ['vm-coverage', `${T}/vms/${id(1000)}?tab=coverage`, '#ledger'],
  ['vm-commands', `${T}/vms/${id(1000)}?tab=commands`, 'tbody tr'],
  ['vm-events', `${T}/vms/${id(1000)}?tab=events`, 'tbody tr'],
  ['detections', `${T}/detections`, 'tbody tr'],
  ['detection', `${T}/detections/${id(202)}`, 'ol'],
  ['hash', `${T}/hashes/${HASH}`, 'tbody tr'],
  ['quarantine', `${T}/quarantine`, 'tbody tr'],
  ['scans', `${T}/scans`, 'tbody tr'],
  ['alarms', `${T}/alarms`, 'tbody tr'],
  ['policies', `${T}/policies`, 'tbody tr'],
  ['policy-realtime', `${T}/policies/${id(20)}`, '.week-grid'],
  ['policy-scheduled', `${T}/policies/${id(20)}?tab=scheduled`, 'ol'],
  ['policy-exceptions', `${T}/policies/${id(20)}?tab=exceptions`, 'input'],
  ['policy-limits', `${T}/policies/${id(20)}?tab=limits`, 'input'],
  ['policy-history', `${T}/policies/${id(20)}?tab=history`, '.fact'],
  ['exceptions', `${T}/exceptions`, 'tbody tr'],
  ['patterns', `${T}/patterns`, 'tbody tr'],
  ['notices', `${T}/notices`, 'article'],
  ['audit', `${T}/audit`, 'tbody tr'],
  ['users', `${T}/settings`, 'tbody tr'],
  ['tokens', `${T}/settings?tab=tokens`, 'tbody tr'],
  ['contacts', `${T}/settings?tab=contacts`, 'form'],
  ['webhook', `${T}/settings?tab=webhook`, 'form'],
  ['destinations', `${T}/settings?tab=destinations`, 'tbody tr'],
  ['consents', `${T}/settings?tab=consents`, 'tbody tr'],
  ['terms', `${T}/settings?tab=terms`, '.note'],
  ['support', `${T}/settings?tab=support`, 'dl'],
  ['downloads', `${T}/settings?tab=downloads`, 'input[type=checkbox]'],
  ['provider', '/p', 'form'],
  ['provider-mail', '/p?tab=mail', 'form'],
  ['provider-releases', '/p?tab=releases', 'tbody tr'],
  ['provider-tenants', '/p?tab=tenants', 'tbody tr'],
  ['provider-notices', '/p?tab=notices', 'article'],
  ['provider-terms', '/p?tab=terms', 'article'],
  ['account', `${T}/settings?tab=account`, 'form'],
];

/** Both languages and both themes: with --full everything in each with each, else each thing in one of two looks, by turns that the seed begins. */
const looks = fullSize ? LOOKS : [LOOKS[0], LOOKS[3]].flatMap((look) => look ?? []);
const inTurn = (look: Look) => (_: unknown, index: number) =>
  fullSize || (index + testSeed) % looks.length === looks.indexOf(look);
const which = fullSize ? 'every' : 'every second';
const screenshots = process.env['LAZARET_SCREENSHOTS'];
let manager: TestManager;
let browser: Browser;

before(async () => {
  console.log(`seed: ${testSeed}`);
  manager = await startTestManager();
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await manager.close();
});

interface Place {
  readonly name: string;
  readonly path: string;
  /** Done in the page before it is looked at. */
  readonly prepare: (page: Page, look: Look) => Promise<unknown>;
}

const come = (page: Page, mark: string): Promise<void> => page.locator(mark).first().waitFor();

const pages = PAGES.map(([name, path, ready]): Place => ({ name, path, prepare: (page) => come(page, ready) }));

const dialogs = DIALOGS.map(
  ([name, path, open]): Place => ({
    name,
    path,
    prepare: async (page, look) => {
      await come(page, 'h1');
      await open(page, wordsOf(look.language));
      await page.getByRole('dialog').first().waitFor();
    },
  }),
);

const answered = ANSWERED.map(
  ([name, path, send, ready]): Place => ({
    name,
    path,
    prepare: async (page, look) => {
      await come(page, 'h1');
      await send(page, wordsOf(look.language));
      await come(page, ready);
    },
  }),
);

async function lookAt(look: Look, places: readonly Place[]): Promise<void> {
  const { context, page, complaints } = await openPage(browser, look);
  const found: string[] = [];
  for (const { name, path, prepare } of places.filter(inTurn(look))) {
    await page.goto(manager.url + path);
    await prepare(page, look);
    found.push(...(await findAxeViolations(page)).map((line) => `${name}: ${line}`));
    await keep(page, look, name);
  }
  await context.close();
  assert.deepEqual(found, []);
  assert.deepEqual(complaints, []);
  assert.deepEqual(manager.unknown, []);
}

for (const look of looks) {
  const how = `in ${look.language}, ${look.scheme}: axe finds nothing, the policy reports nothing`;
  test(`MG-5a, MG-5c: ${which} page ${how}`, () => lookAt(look, pages));
  test(`${which} dialog ${how}`, () => lookAt(look, dialogs));
  test(`${which} page after its form was sent ${how}`, () => lookAt(look, answered));
}

async function keep(page: { screenshot(options: object): Promise<unknown> }, look: Look, name: string): Promise<void> {
  if (screenshots === undefined) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}-${look.language}-${look.scheme}.png`), fullPage: true });
}
