// SPDX-License-Identifier: Apache-2.0
// Keys: Ctrl+K goes, `/` filters, `?` helps. Letters rest in inputs and while an input method composes, and can be switched off (WCAG 2.1.4).
import { useEffect } from 'react';

const STORED = 'lazaret.letters';

export function lettersAreOn(): boolean {
  return localStorage.getItem(STORED) !== 'off';
}

export function setLetters(on: boolean): void {
  localStorage.setItem(STORED, on ? 'on' : 'off');
}

interface Shortcuts {
  readonly onGo: () => void;
  readonly onHelp: () => void;
}

export function useShortcuts({ onGo, onHelp }: Shortcuts): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.isComposing) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') onGo();
      else if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || !lettersAreOn()) return;
      else if (event.key === '/') document.querySelector<HTMLInputElement>('[data-filter]')?.focus();
      else if (event.key === '?') onHelp();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onGo, onHelp]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable="true"]');
}
