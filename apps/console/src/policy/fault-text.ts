// SPDX-License-Identifier: Apache-2.0
// A fault in the viewer's language: the catalogue's words by its code, else the message as it came.
import { useTranslation } from 'react-i18next';

interface AnyFault {
  readonly code: string;
  readonly message: string;
  readonly path: string;
}

export function useFaultText(): (fault: AnyFault) => string {
  const { t, i18n } = useTranslation();
  return (fault) => {
    const key = `faults.${fault.code}`;
    return i18n.exists(key) ? t(key as never) : fault.message;
  };
}

const PLACES: Readonly<Record<string, 'realtime' | 'scheduled' | 'manual' | 'patterns' | 'vault' | 'clamd'>> = {
  realtime: 'realtime',
  scheduled: 'scheduled',
  manual: 'manual',
  patterns: 'patterns',
  vault: 'vault',
  clamd: 'clamd',
};

/** `/scheduled/schedule/at` → "Scheduled scan › schedule › at": the kind of scan in words, the rest as the field is named. */
export function useFaultPlace(): (pointer: string) => string {
  const { t } = useTranslation();
  return (pointer) => {
    const [first = '', ...rest] = pointer.split('/').slice(1);
    const kind = PLACES[first];
    return [kind === undefined ? first : t(`policy.sections.${kind}`), ...rest]
      .filter((part) => part !== '')
      .join(' › ');
  };
}
