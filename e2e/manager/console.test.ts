// SPDX-License-Identifier: Apache-2.0
// The console as an administrator has it: Debian's Chromium, the manager's program, an agent's process. Everything that is done here is done by the
// page; what a page must never have – a report of its content security policy, an error, a finding of axe – fails the journey.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eicar, freePort } from '@lazaret/testkit';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findAxeViolations, launchBrowser, openPage } from '../../tests/console/browser.ts';
import { BUILT_BYTES_MAX, builtBytes } from '../../tests/console/built-bytes.ts';
import { startFreshManager } from '../support/console-manager.ts';
import { addVm, editPolicy, go, keep, scan, setUp, STEP_MS, waitForScan } from '../support/console-steps.ts';
import { makeProduct, until, type RunningAgent } from '../support/product.ts';

type State = Awaited<ReturnType<BrowserContext['storageState']>>;

test('MG-5a, MG-4a: in the browser – first run, policy, add VM, scan, detection, restore with exception, scan again: not flagged; offline, alarm, cleared', async (t) => {
  const manager = await startFreshManager(t);
  const product = makeProduct(t);
  const agent = await product.agent();
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const { page, complaints } = await openPage(browser, { language: 'en', scheme: 'light' });
  const asked = new Set<string>();
  page.context().on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/')) asked.add(`${request.method()} ${pathname}`);
  });
  await setUp(page, manager.setupUrl);
  await keep(page, 'overview');
  const loaded = builtBytes(await page.evaluate(() => performance.getEntries().map(({ name }) => name)));
  t.diagnostic(`${loaded} bytes from the first address to the overview`);
  assert.ok(loaded > 50_000 && loaded <= BUILT_BYTES_MAX, `${loaded} bytes`);
  await editPolicy(page, product.directory, await freePort());

  const token = await addVm(page);
  const activated = await product.activate(token);
  assert.equal(activated.code, 0, activated.stdout + activated.stderr);
  await page.getByRole('link', { name: 'Open' }).waitFor({ timeout: STEP_MS });
  await keep(page, 'added');
  await page.getByRole('link', { name: 'Open' }).click();
  await page.locator('.three-facts').getByText('policy applied').waitFor({ timeout: STEP_MS });

  const path = join(product.directory, 'eicar.com');
  writeFileSync(path, eicar());
  await scan(page);
  await waitForScan(page, 1);
  await keep(page, 'scanned');
  await until(() => Promise.resolve(!existsSync(path)), 'the file is gone');
  assert.deepEqual(await findAxeViolations(page), []);

  await go(page, 'Detections');
  await page.locator('tbody').getByText('quarantined').waitFor({ timeout: STEP_MS });
  await page.locator('tbody').getByRole('link').first().click();
  await page.getByRole('heading', { name: 'What was done' }).waitFor();
  await keep(page, 'detection');
  await page.getByRole('button', { name: 'Restore…' }).click();
  await page.getByRole('radio', { name: 'this content' }).check();
  await page.getByLabel('Reason').fill('A test file of ours');
  await page.getByRole('button', { name: 'Restore 1' }).click();
  await page.getByText('1 restore is queued.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await until(() => Promise.resolve(existsSync(path)), 'the file is back');
  assert.deepEqual(readFileSync(path), Buffer.from(eicar()));

  await go(page, 'VMs');
  await page.locator('tbody').getByRole('link').first().click();
  await page.locator('.three-facts').getByText('policy applied').waitFor({ timeout: STEP_MS });
  await scan(page);
  await waitForScan(page, 2);
  assert.ok(existsSync(path), 'the exception holds');
  await go(page, 'Detections');
  await page.getByText('1 of 1 loaded').waitFor();
  await go(page, 'Audit');
  await page.locator('tbody').getByText('quarantined files restored').first().waitFor();
  await keep(page, 'audit');
  await stopAndComeBack(page, agent, () => product.agent());
  const routes = await readRoutes(manager.url);
  const hasPatterns = routes.some((route) => route.endsWith('/patterns'));
  const pages = PAGES.filter((path) => path !== '/patterns' || hasPatterns);
  await visitInJapanese(page, browser, await page.context().storageState(), pages);
  assert.deepEqual(complaints, []);
  assert.deepEqual(findUnknownRequests(routes, asked), []);
});

/** MG-4a: an agent that ends is an alarm on the page, and clears itself when it is back. */
async function stopAndComeBack(
  page: Page,
  agent: RunningAgent,
  startAgain: () => Promise<RunningAgent>,
): Promise<void> {
  await agent.stop();
  await go(page, 'VMs');
  await page
    .locator('tbody .state', { hasText: /^offline$/ })
    .first()
    .waitFor({ timeout: STEP_MS });
  await go(page, 'Alarms');
  await page.locator('tbody').getByText('offline').first().waitFor({ timeout: STEP_MS });
  await keep(page, 'offline');
  await startAgain();
  await go(page, 'VMs');
  await page
    .locator('tbody .state', { hasText: /^online$/ })
    .first()
    .waitFor({ timeout: STEP_MS });
  await go(page, 'Alarms');
  await page.locator('tbody').getByText('offline').first().waitFor({ state: 'detached', timeout: STEP_MS });
  await keep(page, 'cleared');
}

const PAGES = [
  '',
  '/vms',
  '/vms/add',
  '/detections',
  '/quarantine',
  '/scans',
  '/policies',
  '/exceptions',
  '/patterns',
  '/alarms',
  '/notices',
  '/audit',
  ...[
    'users',
    'tokens',
    'contacts',
    'webhook',
    'downloads',
    'destinations',
    'consents',
    'terms',
    'support',
    'account',
  ].map((tab) => `/settings?tab=${tab}`),
];

/** Every page with the data of the journey, in the other language and theme. */
async function visitInJapanese(
  from: Page,
  browser: Browser,
  storageState: State,
  pages: readonly string[],
): Promise<void> {
  const tenant = /^(.*\/t\/[^/]+)/.exec(from.url())?.[1] ?? '';
  const { context, page, complaints } = await openPage(browser, { language: 'ja', scheme: 'dark' }, 1280, storageState);
  const found: string[] = [];
  for (const path of pages) {
    await page.goto(tenant + path);
    await page.locator('main h1').waitFor();
    await page.waitForLoadState('load');
    await page.locator('[role=status][aria-label="読み込み中…"]').first().waitFor({ state: 'detached' });
    found.push(...(await findAxeViolations(page)).map((line) => `${path}: ${line}`));
    await keep(page, `ja-${path.replaceAll(/[^a-z]/g, '_')}`);
  }
  await context.close();
  assert.deepEqual(found, []);
  assert.deepEqual(complaints, []);
}

/** `GET /api/v1/…/{id}` of the API's own document. */
async function readRoutes(url: string): Promise<readonly string[]> {
  const document = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

/** MG-3a: what the page asked for and the document does not have. */
function findUnknownRequests(routes: readonly string[], asked: ReadonlySet<string>): readonly string[] {
  assert.ok(routes.length > 50 && asked.size > 15, `${routes.length} routes, ${asked.size} asked`);
  const known = routes.map((route) => new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[^/]+')}$`));
  return [...asked].filter((request) => !known.some((route) => route.test(request)));
}
