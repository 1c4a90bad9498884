// SPDX-License-Identifier: Apache-2.0
import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { formatCsv } from './csv.ts';
import { FileName } from './file-name.tsx';
import { escapeHostile, hostileToText } from './hostile.ts';

afterEach(cleanup);

const OVERRIDE = '/srv/invoice\u{202e}fdp.exe';

test('a name that turns the direction of text, or hides, is shown as what it is', () => {
  expect(hostileToText(OVERRIDE)).toBe('/srv/invoice\\u{202e}fdp.exe');
  expect(hostileToText('a\nb\r\tc\u{1b}[31m')).toBe('a\\nb\\r\\tc\\x1b[31m');
  expect(hostileToText('zero\u{200b}width \u{feff}')).toBe('zero\\u{200b}width \\u{feff}');
  expect(hostileToText('\u{dc80}')).toBe('\\u{dc80}');
  expect(hostileToText('日本語 é 𝔘')).toBe('日本語 é 𝔘');
  expect(escapeHostile('')).toEqual([{ text: '', escaped: false }]);
});

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

test('CSV: byte order mark, quotes, and no cell that a spreadsheet runs', () => {
  const text = formatCsv(
    ['path', 'count'],
    [
      ['=HYPERLINK("x")', 1],
      ['a,"b"', null],
      ['-1+2', 2],
      ['@x', 3],
      [OVERRIDE, 4],
    ],
  );
  expect(text).toBe(
    `\u{feff}path,count\r\n"'=HYPERLINK(""x"")",1\r\n"a,""b""",\r\n'-1+2,2\r\n'@x,3\r\n/srv/invoice\\u{202e}fdp.exe,4\r\n`,
  );
});
