// SPDX-License-Identifier: Apache-2.0
// The icon of each tone: shapes that differ without colour.
import type { ReactElement } from 'react';
import type { Tone } from '../state/words.ts';

const SHAPES: Readonly<Record<Tone, ReactElement>> = {
  bad: <path d="M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5zM8 4.5v4.5M8 11v.6" />,
  watch: <path d="M8 1.8 15 14H1zM8 6v4M8 11.6v.6" />,
  partial: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor" />
    </>
  ),
  running: (
    <path d="M2.5 6.5a5.8 5.8 0 0 1 10.6-1.6M13.5 1.8v3.4h-3.4M13.5 9.5a5.8 5.8 0 0 1-10.6 1.6M2.5 14.2v-3.4h3.4" />
  ),
  ok: <path d="M2.5 8.5 6.2 12.2 13.5 4.5" />,
  neutral: <path d="M3 8h10" />,
};

export function ToneIcon({ tone, size = 14 }: { readonly tone: Tone; readonly size?: number }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[tone]}
    </svg>
  );
}

export function Logo({ size = 28 }: { readonly size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
      <path fill="#F2B705" stroke="currentColor" d="M17 3h9v7h-9z" />
      <path fill="none" stroke="currentColor" strokeWidth="2" d="M16 2v11M2 29q3.5-3 7 0t7 0 7 0 7 0" />
      <path fill="currentColor" fillRule="evenodd" d="M16 10l8 6v5q3 1 4 4H4q1-3 4-4v-5zM14 17h4v5h-4z" />
    </svg>
  );
}
