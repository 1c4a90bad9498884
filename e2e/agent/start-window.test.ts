// SPDX-License-Identifier: Apache-2.0
// The refused start window by every way in that a person has: the console's form, its import and its copy, on the manager's program; and the command line
// beside it. Each says which times are allowed.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { temporaryDirectory } from '@lazaret/testkit';
import { launchBrowser, openPage } from '../../tests/console/browser.ts';
import { startFreshManager } from '../support/console-manager.ts';
import { go, keep, setUp, STEP_MS } from '../support/console-steps.ts';
import { makeProduct } from '../support/product.ts';

const IN_FORM = '00:01 to 00:59 is not allowed. Choose 00:00 or 01:00–23:59.';
const BY_MANAGER = /00:01 to 00:59 are not allowed; use 00:00, or 01:00 to 23:59\./;
const at = (time: string) => ({ scheduled: { enabled: true, schedule: { kind: 'daily', at: time, every: 'day' } } });

/** With the session of the page, as a script in it would. */
async function askAs(page: Page, method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await page.request.fetch(new URL(path, page.url()).href, {
    method,
    headers: { 'x-lazaret-request': '1' },
    ...(body === undefined ? {} : { data: body }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

async function setTime(page: Page, time: string): Promise<void> {
  await page.getByLabel('Time', { exact: true }).fill(time);
}

async function refusesInForm(page: Page): Promise<void> {
  await go(page, 'Policies');
  await page.locator('tbody').getByRole('link').first().click();
  await page.getByRole('tab', { name: 'Scheduled' }).click();
  for (const time of ['00:01', '00:30', '00:59']) {
    await setTime(page, time);
    await page.getByText(IN_FORM, { exact: true }).waitFor();
    await page.getByText('1 setting is not allowed').waitFor();
    assert.equal(await page.getByRole('button', { name: /^Review/ }).isDisabled(), true, `${time} cannot be saved`);
  }
  await keep(page, 'start-window');
  for (const time of ['00:00', '01:00']) {
    await setTime(page, time);
    await page.getByText(IN_FORM, { exact: true }).waitFor({ state: 'detached' });
    assert.equal(await page.getByRole('button', { name: /^Review/ }).isDisabled(), false, `${time} can be saved`);
  }
  await page.getByRole('button', { name: 'Discard changes' }).click();
}

/** In the dialog of a new policy: the refusal, by its code and in words. */
async function refusesNew(page: Page, name: string, source: string, fill: () => Promise<void>): Promise<void> {
  await go(page, 'Policies');
  await page.getByRole('button', { name: 'New policy' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('combobox', { name: 'Start from' }).click();
  await page.getByRole('option', { name: source }).click();
  await fill();
  await dialog.getByRole('button', { name: 'Create policy' }).click();
  const alert = dialog.getByRole('alert');
  await alert.waitFor({ timeout: STEP_MS });
  const said = (await alert.textContent()) ?? '';
  assert.match(said, /\/scheduled\/schedule\/at/, said);
  assert.match(said, BY_MANAGER, said);
  await keep(page, `start-window-${name}`);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.locator('tbody').getByText(name).waitFor({ state: 'detached' });
}

test('SC-5b, SC-5a: 00:30 is refused in words by the console’s form, import and copy, by the API and by the command line; 00:00 and 01:00 are taken', {
  timeout: 300_000,
}, async (t) => {
  const manager = await startFreshManager(t);
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const { page } = await openPage(browser, { language: 'en', scheme: 'light' });
  await setUp(page, manager.setupUrl);
  const tenant = /\/t\/([^/]+)/.exec(page.url())?.[1] ?? '';
  const policies = `/api/v1/tenants/${tenant}/policies`;
  await refusesInForm(page);

  const dialog = page.getByRole('dialog');
  const document = JSON.stringify({ name: 'x', ...at('00:30') });
  await refusesNew(page, 'imported', 'a document', () => dialog.getByLabel('Document').fill(document));

  const settings = await askAs(page, 'GET', '/api/v1/provider/settings');
  await askAs(page, 'PUT', '/api/v1/provider/settings', { ...settings, startWindow: 'lifted' });
  const early = await askAs(page, 'POST', policies, { document: { name: 'Early', ...at('00:30') } });
  assert.equal(typeof early['id'], 'string', JSON.stringify(early));
  await askAs(page, 'PUT', '/api/v1/provider/settings', settings);
  await page.reload();
  await refusesNew(page, 'copied', 'a copy', async () => {
    await dialog.getByRole('combobox', { name: 'Copy of' }).click();
    await page.getByRole('option', { name: 'Early' }).click();
  });

  const byApi = (await askAs(page, 'POST', policies, { document: { name: 'y', ...at('00:30') } })) as {
    error?: { faults?: { code: string; message: string }[] };
  };
  assert.equal(byApi.error?.faults?.[0]?.code, 'schedule.start_window');
  assert.match(byApi.error.faults[0].message, BY_MANAGER);
  const file = join(temporaryDirectory(t), 'policy.json');
  writeFileSync(file, document);
  const checked = await makeProduct(t).lazaret('policy', 'check', file);
  assert.equal(checked.code, 2);
  assert.match(checked.stdout + checked.stderr, /use 00:00, or 01:00 to 23:59\..*schedule\.start_window/s);
});
