// SPDX-License-Identifier: Apache-2.0
import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { FileName } from './file-name.tsx';

afterEach(cleanup);

const OVERRIDE = '/srv/invoice\u{202e}fdp.exe';

test('FileName isolates its direction and marks its escapes', () => {
  const { container } = render(<FileName path={OVERRIDE} />);
  const name = container.querySelector('bdi');
  expect(name?.getAttribute('dir')).toBe('ltr');
  expect(name?.textContent).toBe('/srv/invoice\\u{202e}fdp.exe');
  expect(container.querySelectorAll('.escaped')).toHaveLength(1);
});

test('markup in a name is text', () => {
  const { container } = render(<FileName path={'/<img src=x onerror=alert(1)>'} />);
  expect(container.querySelector('img')).toBeNull();
  expect(container.textContent).toBe('/<img src=x onerror=alert(1)>');
});
