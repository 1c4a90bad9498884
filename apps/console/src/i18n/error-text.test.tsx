// SPDX-License-Identifier: Apache-2.0
import { ERROR_CODES } from '@lazaret/contract';
import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { ErrorCell } from '../parts/text/error-cell.tsx';
import { setLanguage, startLanguages } from './index.ts';
import { errors } from './ja/errors.ts';

const FAILURE = { code: 'restore.exists', message: '/srv/a\u{202e}.zip exists; nothing changed.' };

test('English shows what came, with its particulars; Japanese has words of its own and keeps what came', () => {
  startLanguages();
  setLanguage('en');
  const { unmount } = render(<ErrorCell failure={FAILURE} />);
  screen.getByText('/srv/a\\u{202e}.zip exists; nothing changed.');
  unmount();
  setLanguage('ja');
  render(<ErrorCell failure={FAILURE} />);
  expect(screen.getByText(/復元先に既にファイルがあります/).title).toBe(
    'restore.exists: /srv/a\\u{202e}.zip exists; nothing changed.',
  );
  setLanguage('en');
});

/** What an action, a restore, a link or the API can answer; the others are of command lines and installers. */
const SHOWN = /^(action|api|auth|ceiling|clean|link|patterns|quarantine|restore|vault)\./;

test('each code that a page shows has Japanese words', () => {
  const without = Object.keys(ERROR_CODES).filter((code) => SHOWN.test(code) && !(code in errors));
  // A fault of a policy has its words with the editor.
  expect(without).toEqual(['action.deny_needs_realtime']);
});
