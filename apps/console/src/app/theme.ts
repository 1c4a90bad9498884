// SPDX-License-Identifier: Apache-2.0
// Mantine in the colours of design/console.md 7: our tones are CSS variables (console.css), and Mantine's variants point at them.
import {
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type VariantColorsResolver,
} from '@mantine/core';
import type { Tone } from '../state/words.ts';

const TONES: readonly Tone[] = ['bad', 'watch', 'partial', 'running', 'ok', 'neutral'];

/** Filled is swapped: the tone is the ground, the page's colour the text; so the computed ratios hold in both schemes. */
const variantColors: VariantColorsResolver = (input) => {
  const name = input.color ?? 'running';
  const tone = TONES.find((known) => known === name) ?? (input.color === undefined ? 'running' : null);
  if (tone === null) return defaultVariantColorsResolver(input);
  const color = `var(--tone-${tone})`;
  const tint = `var(--tone-${tone}-tint)`;
  switch (input.variant) {
    case 'filled':
      return {
        background: color,
        hover: `color-mix(in srgb, ${color} 88%, var(--text))`,
        color: 'var(--page)',
        border: 'none',
      };
    case 'light':
      return { background: tint, hover: tint, color, border: 'none' };
    case 'outline':
    case 'default':
      return { background: 'transparent', hover: tint, color, border: `1px solid ${color}` };
    default:
      return { background: 'transparent', hover: tint, color, border: 'none' };
  }
};

export const theme = createTheme({
  primaryColor: 'running',
  // Mantine wants ten shades of a colour; all of ours are one, from the scheme.
  colors: { running: Array.from({ length: 10 }, () => 'var(--tone-running)') as unknown as never },
  variantColorResolver: variantColors,
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic UI", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace',
  fontSizes: { xs: '12px', sm: '14px', md: '16px', lg: '20px', xl: '28px' },
  lineHeights: { xs: 'inherit', sm: 'inherit', md: 'inherit', lg: 'inherit', xl: '1.3' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '4px', md: '4px', lg: '8px', xl: '8px' },
  defaultRadius: 'sm',
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px' }, h2: { fontSize: '16px' }, h3: { fontSize: '14px' } },
  },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { events: { hover: true, focus: true, touch: true } } },
  },
});

const scheme = {
  '--mantine-color-body': 'var(--page)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--tone-neutral)',
  '--mantine-color-placeholder': 'var(--tone-neutral)',
  '--mantine-color-error': 'var(--tone-bad)',
  '--mantine-color-anchor': 'var(--tone-running)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-default': 'var(--page)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-hover': 'var(--tone-neutral-tint)',
  '--mantine-primary-color-filled': 'var(--tone-running)',
  '--mantine-primary-color-contrast': 'var(--page)',
  '--mantine-primary-color-light': 'var(--tone-running-tint)',
  '--mantine-primary-color-light-color': 'var(--tone-running)',
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: scheme, dark: scheme });
