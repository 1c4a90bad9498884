// SPDX-License-Identifier: Apache-2.0
// A test of a destination, and how it went: taken over is not delivered.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNote, Note } from '../parts/notes.tsx';

export function TestDelivery({ send }: { readonly send: () => Promise<unknown> }) {
  const { t } = useTranslation();
  const [state, setState] = useState<'idle' | 'busy' | 'sent'>('idle');
  const [error, setError] = useState<Error | null>(null);
  const run = async (): Promise<void> => {
    setState('busy');
    setError(null);
    try {
      await send();
      setState('sent');
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
      setState('idle');
    }
  };
  return (
    <>
      <Button variant="outline" loading={state === 'busy'} onClick={() => void run()}>
        {t('common.test')}
      </Button>
      {state === 'sent' && <Note tone="running" title={t('common.testSent')} />}
      {error !== null && <ErrorNote error={error} />}
    </>
  );
}
