// SPDX-License-Identifier: Apache-2.0
// How the console behaves (design/console.md 6): keys, addresses, virtual rows, exports, live events, narrow windows, names that would deceive.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { until } from '@lazaret/testkit';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage, type Watched } from './browser.ts';
import { BUILT_BYTES_MAX, builtBytes } from './built-bytes.ts';
import { TENANT } from './fixture-data.ts';
import { id } from './fixture-vms.ts';
import { startTestManager, type TestManager } from './test-manager.ts';

const T = `/t/${TENANT}`;
const LOOK = { language: 'en', scheme: 'light' } as const;
let manager: TestManager;
let browser: Browser;
let watched: Watched;
let page: Page;

before(async () => {
  manager = await startTestManager();
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await manager.close();
});
beforeEach(async () => {
  watched = await openPage(browser, LOOK);
  page = watched.page;
});
afterEach(() => watched.context.close());

async function open(path: string, ready = 'tbody tr'): Promise<void> {
  await page.goto(manager.url + path);
  await page.locator(ready).first().waitFor();
}

const focusedRow = (): Promise<string | undefined> =>
  page.evaluate('document.activeElement?.closest("tr")?.dataset.row');

test('keys alone: / filters, j k move, x selects, Enter opens, Ctrl+K goes, ? helps', async () => {
  await open(`${T}/vms`);
  await page.locator('h1').focus();
  await page.keyboard.press('/');
  await page.keyboard.type('web-0jkx?');
  assert.equal(await page.getByLabel('Name or address').inputValue(), 'web-0jkx?', 'letters rest in a field');
  await page.getByLabel('Name or address').fill('');
  await page.locator('tbody tr').nth(5).waitFor();

  await page.getByRole('region', { name: 'VMs' }).focus();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  assert.equal(await focusedRow(), '1');
  await page.keyboard.press('k');
  assert.equal(await focusedRow(), '0');
  await page.keyboard.press('x');
  await page.getByRole('toolbar', { name: '1 selected' }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/vms/${id(1000)}`);

  await page.keyboard.press('Control+k');
  await page.getByLabel('Page, VM, path or SHA-256').fill('audit');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/audit');
  await page.locator('h1').focus();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
});

test('the address holds the filter: a count is a filter, reload and Back restore it', async () => {
  await open(`${T}/vms`);
  await page.getByRole('button', { name: /^offline/ }).click();
  await page.waitForURL('**state=offline');
  await page.getByText(/^6 of 6 loaded$/).waitFor();
  await page.reload();
  await page.getByText(/^6 of 6 loaded$/).waitFor();
  await page.locator('tbody').getByRole('link').first().click();
  await page.locator('.three-facts').waitFor();
  await page.goBack();
  await page.getByText(/^6 of 6 loaded$/).waitFor();
});

test('rows are virtual, and numbered as if they were not', async () => {
  await open(`${T}/vms`);
  const table = page.getByRole('table', { name: 'VMs' });
  assert.equal(await table.getAttribute('aria-rowcount'), '301');
  assert.ok((await page.locator('tbody tr').count()) < 80, 'not all rows are in the page');
  const region = page.getByRole('region', { name: 'VMs' });
  await until(async () => {
    await region.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    return (await page.locator('tr[aria-rowindex="301"]').count()) > 0;
  }, 'the last row comes by scrolling');
});

test('an export has all rows of the filter, not those that were loaded, and no cell that runs', async () => {
  await open(`${T}/vms`);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export CSV' }).click(),
  ]);
  const lines = readFileSync(await download.path(), 'utf8').split('\r\n');
  assert.equal(lines.length, 302, 'a header, 300 rows, an end');
  assert.ok(lines[0]?.startsWith('\u{feff}Name,'));
  assert.ok(lines.some((line) => line.startsWith('web\\u{202e}gnp.03')));
});

test('names that would turn the direction of text never reach the page as they are', async () => {
  for (const path of ['/vms', '/detections', `/detections/${id(202)}`, '/quarantine', '']) {
    await open(T + path, 'main');
    await page.locator('text=\\u{202e}').first().waitFor();
    assert.ok(!(await page.content()).includes('\u{202e}'), path);
  }
});

test('what destroys says its consequence, and has the focus on Cancel', async () => {
  await open(`${T}/vms/${id(1000)}`, '.three-facts');
  await page.getByRole('button', { name: 'More ▾' }).click();
  await page.getByRole('menuitem', { name: 'Retire' }).click();
  const dialog = page.getByRole('dialog', { name: 'Retire web-001?' });
  await dialog.getByText('4 quarantined files stay on the VM').waitFor();
  await page.waitForFunction('document.activeElement?.textContent === "Cancel"');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
});

test('a live event fetches again what it names', async () => {
  await open(`${T}/vms`);
  let asked = false;
  page.on('request', (request) => (asked ||= request.url().includes('/vms?') && request.method() === 'GET'));
  // Until this page listens: what is told to nobody, or to the page before, is lost, as it should be.
  await until(() => {
    manager.tell('vms');
    return asked;
  }, 'it is fetched again');
});

test("a VM's live counts are fetched again while they are looked at", async () => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const detail = (): number =>
    asked.filter((path) => path.endsWith(`/vms/${id(1000)}`) && path.startsWith('/api')).length;
  await open(`${T}/vms/${id(1000)}?tab=realtime`, '#watched');
  await until(() => detail() >= 3, 'it is fetched again, though no live event was told');
});

test('the pages work in 320 px: nothing but a table scrolls sideways', async () => {
  await watched.context.close();
  watched = await openPage(browser, LOOK, 320);
  page = watched.page;
  const wide: string[] = [];
  for (const path of [
    '',
    '/vms',
    '/detections',
    `/detections/${id(202)}`,
    `/policies/${id(20)}?tab=scheduled`,
    `/policies/${id(20)}?tab=realtime`,
    `/vms/${id(1000)}?tab=realtime`,
    `/vms/${id(1000)}?tab=events`,
    '/settings',
  ]) {
    await open(T + path, 'h1');
    await page.waitForTimeout(300);
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (width > 320) wide.push(`${path}: ${width}`);
  }
  assert.deepEqual(wide, []);
});

test('from sign-in to the overview, a browser loads no more than 300 KB', async (t) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await open('/sign-in', 'form');
  await open(T, '.need');
  const bytes = builtBytes(asked);
  t.diagnostic(`${bytes} bytes from sign-in to the overview`);
  assert.ok(bytes > 50_000 && bytes <= BUILT_BYTES_MAX, `${bytes} bytes`);
});
