// SPDX-License-Identifier: Apache-2.0
// What a person orders on the pages, against the manager's program and an agent's process: a download out of quarantine, signatures of one's own, a pattern
// release for all, and the provider's access to a tenant. Each with what comes of it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eicar, freePort } from '@lazaret/testkit';
import type { Browser, Page } from 'playwright-core';
import { findAxeViolations, launchBrowser, openPage, type Watched } from '../../tests/console/browser.ts';
import { startFreshManager } from '../support/console-manager.ts';
import { addVm, editPolicy, go, keep, PASSWORD, scan, setUp, STEP_MS } from '../support/console-steps.ts';
import { makeProduct, until } from '../support/product.ts';

const LOOK = { language: 'en', scheme: 'light' } as const;
const OTHER_PASSWORD = 'another horse, another battery';

/** What a page complains of when an order is refused is the refusal itself. */
const faultsOf = ({ complaints }: Watched): readonly string[] =>
  complaints.filter((line) => !/Failed to load resource: the server responded with a status of 40[0-9]/.test(line));

test('AC-8g: in the browser – a held file is asked for with the password again, comes from its VM, and lies in an encrypted archive; switched off, nobody gets one', async (t) => {
  const manager = await startFreshManager(t);
  const product = makeProduct(t);
  await product.agent();
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const watched = await openPage(browser, LOOK);
  const { page } = watched;
  await setUp(page, manager.setupUrl);
  await editPolicy(page, product.directory, await freePort());
  const activated = await product.activate(await addVm(page));
  assert.equal(activated.code, 0, activated.stdout + activated.stderr);
  await page.getByRole('link', { name: 'Open' }).click({ timeout: STEP_MS });
  await page.locator('.three-facts').getByText('policy applied').waitFor({ timeout: STEP_MS });
  const path = join(product.directory, 'eicar.com');
  writeFileSync(path, eicar());
  await scan(page);
  await until(() => Promise.resolve(!existsSync(path)), 'the file is gone');

  await go(page, 'Quarantine');
  await ask(page, 'not my password');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('alert').waitFor();
  await keep(page, 'download-refused');
  await dialog.getByRole('textbox', { name: 'Your password again' }).fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Download infected file' }).click();
  await dialog.getByText('Password of the archive:').waitFor({ timeout: STEP_MS });
  await keep(page, 'download');
  assert.deepEqual(await findAxeViolations(page), []);
  const archivePassword = (await dialog.locator('code').textContent()) ?? '';
  const coming = page.waitForEvent('download');
  await dialog.getByRole('link', { name: 'Download' }).click();
  const download = await coming;
  assert.match(download.suggestedFilename(), /\.zip$/);
  const out = mkdtempSync(join(tmpdir(), 'lazaret-download-'));
  t.after(() => rmSync(out, { recursive: true, force: true }));
  execFileSync('7z', ['x', '-y', `-p${archivePassword}`, `-o${out}`, await download.path()], { stdio: 'ignore' });
  assert.ok(readFileSync(join(out, 'eicar.com')).equals(eicar()));
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  await go(page, 'Settings');
  await page.getByRole('tab', { name: 'Downloads' }).click();
  await page.getByRole('switch', { name: 'Allow downloads of quarantined files' }).click();
  await go(page, 'Quarantine');
  await ask(page, PASSWORD);
  await dialog.getByText('switched off').waitFor();
  await page.keyboard.press('Escape');
  await go(page, 'Audit');
  await page.locator('tbody').getByText('quarantined file downloaded').first().waitFor();
  assert.deepEqual(faultsOf(watched), []);
});

async function ask(page: Page, password: string): Promise<void> {
  const row = page.getByRole('checkbox', { name: /eicar\.com/ });
  await row.waitFor({ timeout: STEP_MS });
  await row.check();
  await page.getByRole('toolbar').getByRole('button', { name: 'Download' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Your password again' }).fill(password);
  await dialog.getByRole('button', { name: 'Download infected file' }).click();
}

test('PF-6e, PF-6d, MG-2c: in the browser – own signatures are taken or refused with why; a release is imported and made the one for all; the provider enters a tenant only while it is allowed to', async (t) => {
  const manager = await startFreshManager(t);
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const provider = await openPage(browser, LOOK);
  await setUp(provider.page, manager.setupUrl);
  await signatures(provider.page);
  await release(provider.page, manager.url);
  await consent(provider.page, browser, manager.url);
  assert.deepEqual(faultsOf(provider), []);
});

async function signatures(page: Page): Promise<void> {
  await go(page, 'Patterns');
  await addSignature(page, 'SHA-256', 'Acme.Known', createHash('sha256').update('a file of ours').digest('hex'));
  await addSignature(page, 'YARA', 'Acme.Broken', 'rule broken { strings: condition }');
  const rowOf = (name: string) => page.locator('tbody tr', { hasText: name });
  await rowOf('Acme.Known').getByText('active').waitFor({ timeout: STEP_MS });
  await rowOf('Acme.Broken').getByText('refused').waitFor({ timeout: STEP_MS });
  await keep(page, 'signatures');
  assert.deepEqual(await findAxeViolations(page), []);
  await rowOf('Acme.Broken').getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await rowOf('Acme.Broken').waitFor({ state: 'detached' });
}

async function addSignature(page: Page, form: string, name: string, body: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a signature' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Format' }).click();
  await page.getByRole('option', { name: form }).click();
  await dialog.getByLabel('Name of the threat').fill(name);
  await dialog.getByLabel('Content').fill(body);
  await dialog.getByRole('button', { name: 'Add a signature' }).click();
  await dialog.waitFor({ state: 'detached' });
}

async function release(page: Page, url: string): Promise<void> {
  const back = page.url();
  await page.goto(`${url}/p?tab=releases`);
  await page.getByRole('button', { name: 'Import a release' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox').first().click();
  await page.getByRole('option', { name: 'files from this computer' }).click();
  await dialog.getByLabel('Label').fill('acme-1');
  const hash = createHash('md5').update('bad').digest('hex');
  const buffer = Buffer.from(`${hash}:3:Acme.Upload\n`);
  await page.locator('input[type=file]').setInputFiles([{ name: 'acme.hdb', mimeType: 'text/plain', buffer }]);
  await dialog.getByRole('button', { name: 'Import a release' }).click();
  await dialog.waitFor({ state: 'detached' });
  const row = page.locator('tbody tr', { hasText: 'acme-1' });
  await row.getByRole('button', { name: 'Activate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click();
  await row.getByText('active').waitFor();
  await keep(page, 'releases');
  assert.deepEqual(await findAxeViolations(page), []);
  // The tenant's signatures go along: its own release is made anew of the provider's.
  await page.goto(back);
  const own = page.locator('tbody tr', { hasText: 'acme-1' });
  await own.getByText('active').first().waitFor();
}

async function consent(page: Page, browser: Browser, url: string): Promise<void> {
  await page.goto(`${url}/p?tab=tenants`);
  await page.getByRole('button', { name: 'Add a tenant' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Organisation').fill('Globex');
  await dialog.getByLabel('E-mail of its first administrator').fill('admin@globex.example');
  await dialog.getByRole('button', { name: 'Add a tenant' }).click();
  const link = (await dialog.locator('.command-text').textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  const row = page.locator('tbody tr', { hasText: 'Globex' });
  await row.waitFor();
  assert.equal(await row.getByRole('link', { name: 'Globex' }).count(), 0, 'nobody has allowed it');

  const tenant = await openPage(browser, LOOK);
  await tenant.page.goto(link);
  await tenant.page.getByLabel('Your name').fill('Hana');
  await tenant.page.getByRole('textbox', { name: 'Password' }).fill(OTHER_PASSWORD);
  await tenant.page.getByRole('button', { name: 'Accept', exact: true }).click();
  await tenant.page.getByRole('heading', { name: 'Overview' }).waitFor();
  await go(tenant.page, 'Settings');
  await tenant.page.getByRole('tab', { name: 'Provider access' }).click();
  await tenant.page.getByRole('button', { name: 'Allow access' }).click();
  await tenant.page.getByLabel('Reason').fill('Please look at web-03');
  await tenant.page.getByRole('dialog').getByRole('button', { name: 'Allow access' }).click();
  await tenant.page.locator('tbody').getByText('active').waitFor();
  await keep(tenant.page, 'consent');

  await page.reload();
  await row.getByRole('link', { name: 'Globex' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.locator('.band', { hasText: 'Globex' }).waitFor();
  await keep(page, 'provider-in-tenant');
  await go(page, 'Policies');
  await page.locator('tbody').getByRole('link').first().waitFor();

  await tenant.page.getByRole('button', { name: 'End access' }).click();
  await tenant.page.getByRole('dialog').getByRole('button', { name: 'End access' }).click();
  await tenant.page.locator('tbody').getByText('ended').waitFor();
  await page.reload();
  await page.getByText('not given the provider access').first().waitFor();
  await keep(page, 'provider-out');
  await go(tenant.page, 'Audit');
  await tenant.page.locator('tbody').getByText('provider access allowed').first().waitFor();
  await keep(tenant.page, 'consent-audit');
  assert.deepEqual(faultsOf(tenant), []);
  await tenant.context.close();
}
