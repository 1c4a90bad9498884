// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium under playwright-core. Owns the browser and closes it. Collects what no page may have: CSP reports, errors in its console.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The longest that one step in a page may take. */
export const STEP_MS = 120_000;

export interface Look {
  readonly language: 'en' | 'ja';
  readonly scheme: 'light' | 'dark';
}

export const LOOKS: readonly Look[] = [
  { language: 'en', scheme: 'light' },
  { language: 'en', scheme: 'dark' },
  { language: 'ja', scheme: 'light' },
  { language: 'ja', scheme: 'dark' },
];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export interface Watched {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Violations of the policy, uncaught errors, errors in the console. */
  readonly complaints: readonly string[];
}

export async function openPage(
  browser: Browser,
  look: Look,
  width = 1280,
  storageState?: Awaited<ReturnType<BrowserContext['storageState']>>,
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: look.scheme,
    locale: look.language === 'ja' ? 'ja-JP' : 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    ignoreHTTPSErrors: true,
    ...(storageState === undefined ? {} : { storageState }),
  });
  // Playwright's own 30 s are for a machine that has nothing else to do.
  context.setDefaultTimeout(STEP_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy/i.test(message.text())) complaints.push(message.text());
  });
  return { context, page, complaints };
}

/** What axe finds, one line each. It runs beside the page's policy: only the test may do that. */
export async function findAxeViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      readonly axe: {
        run(): Promise<{
          readonly violations: readonly {
            readonly id: string;
            readonly help: string;
            readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
          }[];
        }>;
      };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 200)} ${failureSummary?.slice(0, 300) ?? ''}`,
      ),
    );
  });
}
