// SPDX-License-Identifier: Apache-2.0
// For browser tests: what an administrator does on the pages of the console, step by step.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { STEP_MS } from '../../tests/console/browser.ts';

export { STEP_MS };

export const PASSWORD = 'correct horse battery staple';
const screenshots = process.env['LAZARET_SCREENSHOTS'];

export async function keep(page: Page, name: string): Promise<void> {
  if (screenshots === undefined) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `journey-${name}.png`), fullPage: true });
}

export async function setUp(page: Page, setupUrl: string): Promise<void> {
  await page.goto(setupUrl);
  await page.getByLabel('Organisation').fill('Acme');
  await page.getByLabel('Your name').fill('Aoi Tanaka');
  await page.getByLabel('E-mail').fill('admin@example.com');
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await page.getByRole('button', { name: 'Later' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
}

export const go = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Navigation' }).getByRole('link', { name, exact: true }).click();

/** The default policy: manual scans look at one directory and quarantine; nothing else runs. */
export async function editPolicy(page: Page, directory: string, knockPort: number): Promise<void> {
  await go(page, 'Policies');
  await page.locator('tbody').getByRole('link').first().click();
  await page.getByRole('tab', { name: 'Manual' }).click();
  await page.getByRole('radio', { name: 'Directory list' }).check();
  await page.getByLabel('Directory 1').fill(directory);
  await page.getByRole('radio', { name: 'Custom setting' }).check();
  await page.getByRole('radio', { name: 'Quarantine' }).check();
  await page.getByRole('tab', { name: 'Scheduled' }).click();
  await page.getByLabel('Time', { exact: true }).fill('00:30');
  await page.getByText('1 setting is not allowed').waitFor();
  await keep(page, 'refused');
  await page.getByRole('button', { name: '01:00' }).click();
  await page.getByRole('tab', { name: 'Limits' }).click();
  await page.getByLabel('Stand-by port').fill(String(knockPort));
  await page.getByRole('button', { name: /^Review/ }).click();
  await keep(page, 'review');
  await page.getByRole('button', { name: 'Save revision' }).click();
  await page.getByText('revision 2').first().waitFor();
}

export async function addVm(page: Page): Promise<string> {
  await go(page, 'VMs');
  await page.getByRole('link', { name: 'Add a VM' }).first().click();
  await page.getByRole('button', { name: 'Get the command' }).click();
  const command = (await page.locator('.command-text').textContent()) ?? '';
  return /'(lze_[^']+)'/.exec(command)?.[1] ?? '';
}

export async function scan(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Scan', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Scan 1 VM' }).click();
  await page.getByText('1 scan is queued.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
}

export async function waitForScan(page: Page, count: number): Promise<void> {
  await page.getByRole('tab', { name: 'Scans' }).click();
  await page
    .locator('tbody .state', { hasText: /^done$/ })
    .nth(count - 1)
    .waitFor({ timeout: STEP_MS });
}
