// SPDX-License-Identifier: Apache-2.0
// Every dialog of the console, and every page that a form changes in place: how each is opened, by the words that are on its fields and buttons, in
// whichever language.
import type { Page } from 'playwright-core';
import { en } from '../../apps/console/src/i18n/en/index.ts';
import { ja } from '../../apps/console/src/i18n/ja/index.ts';
import { TENANT } from './fixture-data.ts';
import { id } from './fixture-vms.ts';

export type Words = typeof en;

export function wordsOf(language: 'en' | 'ja'): Words {
  return language === 'en' ? en : (ja as unknown as Words);
}

type Open = (page: Page, words: Words) => Promise<void>;
const T = `/t/${TENANT}`;

const button =
  (word: (words: Words) => string): Open =>
  async (page, words) => {
    await page
      .getByRole('button', { name: word(words), exact: true })
      .first()
      .click();
  };

const steps =
  (...all: readonly Open[]): Open =>
  async (page, words) => {
    for (const step of all) await step(page, words);
  };

const chooseFirstRow: Open = async (page) => {
  await page.locator('tbody input[type=checkbox]').first().check();
};

const menuItem =
  (word: (words: Words) => string): Open =>
  async (page, words) => {
    await page.getByRole('button', { name: words.common.moreActions }).click();
    await page.getByRole('menuitem', { name: word(words) }).click();
    await page.locator('[role=menu]').waitFor({ state: 'hidden' });
  };

const fill =
  (word: (words: Words) => string, text: string): Open =>
  async (page, words) => {
    await page.getByLabel(word(words)).fill(text);
  };

const choose =
  (role: 'radio' | 'switch' | 'tab', word: (words: Words) => string): Open =>
  async (page, words) => {
    await page.getByRole(role, { name: word(words) }).click();
  };

/** One of a group: other groups may have a choice of the same words. */
const chooseIn =
  (group: (words: Words) => string, word: (words: Words) => string): Open =>
  async (page, words) => {
    const choices = page.getByRole('radiogroup', { name: group(words) });
    await choices.getByRole('radio', { name: word(words) }).click();
  };

/** Its button counts the changes. */
const review: Open = async (page, words) => {
  const [before = '', after = ''] = words.policy.review_other.split('{{count, number}}');
  await page.getByRole('button', { name: new RegExp(`^${before}[0-9]+${after}$`) }).click();
};

const onVm = (open: Open): readonly [string, Open] => [`${T}/vms/${id(1000)}`, open];

export const DIALOGS: readonly (readonly [name: string, path: string, open: Open])[] = [
  ['dialog-go', T, (page) => page.keyboard.press('Control+k')],
  ['dialog-help', T, (page) => page.keyboard.press('?')],
  ['dialog-scan', ...onVm(button((words) => words.vms.scan))],
  ['dialog-vm-edit', ...onVm(menuItem((words) => words.vm.edit))],
  ['dialog-event', `${T}/vms/${id(1000)}?tab=events`, button((words) => words.event.types.gap)],
  ['dialog-retire', ...onVm(menuItem((words) => words.vms.retire))],
  ['dialog-detection-restore', `${T}/detections/${id(202)}`, button((words) => words.quarantine.restore)],
  [
    'dialog-restore',
    `${T}/quarantine`,
    steps(
      chooseFirstRow,
      button((words) => words.quarantine.restore),
    ),
  ],
  [
    'dialog-download',
    `${T}/quarantine`,
    steps(
      chooseFirstRow,
      button((words) => words.quarantine.download),
    ),
  ],
  [
    'dialog-delete',
    `${T}/quarantine`,
    steps(
      chooseFirstRow,
      button((words) => words.quarantine.delete),
    ),
  ],
  ['dialog-scan-cancel', `${T}/scans`, button((words) => words.scans.cancel)],
  ['dialog-scan-report', `${T}/scans`, button((words) => words.scans.report)],
  ['dialog-policy-new', `${T}/policies`, button((words) => words.policies.add)],
  [
    'dialog-policy-review',
    `${T}/policies/${id(20)}`,
    steps(
      choose('switch', (words) => words.policy.realtimeOn),
      choose('radio', (words) => words.week.always),
      chooseIn(
        (words) => words.policy.onDeadline,
        (words) => words.policy.deny,
      ),
      choose('tab', (words) => words.policy.tabs.exceptions),
      button((words) => words.exceptions.add),
      review,
    ),
  ],
  ['dialog-exception', `${T}/exceptions`, button((words) => words.exceptions.add)],
  ['dialog-exception-end', `${T}/exceptions`, button((words) => words.exceptions.end)],
  ['dialog-signature', `${T}/patterns`, button((words) => words.signatures.add)],
  ['dialog-audit', `${T}/audit`, button((words) => words.audit.actions.policies.update)],
  ['dialog-invite', `${T}/settings`, button((words) => words.users.invite)],
  ['dialog-user', `${T}/settings`, button((words) => words.users.change)],
  ['dialog-token', `${T}/settings?tab=tokens`, button((words) => words.tokens.add)],
  ['dialog-consent', `${T}/settings?tab=consents`, button((words) => words.consents.grant)],
  ['dialog-release', '/p?tab=releases', button((words) => words.releases.import)],
  ['dialog-tenant', '/p?tab=tenants', button((words) => words.provider.addTenant)],
  ['dialog-notice', '/p?tab=notices', button((words) => words.provider.addNotice)],
  ['dialog-notice-end', '/p?tab=notices', button((words) => words.provider.endNotice)],
  ['dialog-terms', '/p?tab=terms', button((words) => words.provider.addTerms)],
];

/** Pages after a form was sent, and a mark by which its answer has come. */
export const ANSWERED: readonly (readonly [name: string, path: string, send: Open, ready: string])[] = [
  ['vm-add-command', `${T}/vms/add`, button((words) => words.addVm.create), '.fact'],
  [
    'account-totp',
    `${T}/settings?tab=account`,
    steps(
      fill((words) => words.fetch.password, 'correct horse battery'),
      button((words) => words.totp.start),
    ),
    'svg[role=img][shape-rendering]',
  ],
];
