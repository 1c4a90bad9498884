// SPDX-License-Identifier: Apache-2.0
// A test of a destination, and how it went: taken over is not delivered.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useWork } from '../parts/form.ts';
import { ErrorNote, Note } from '../parts/notes.tsx';

export function TestDelivery({ send }: { readonly send: () => Promise<unknown> }) {
  const { t } = useTranslation();
  const [sent, setSent] = useState(false);
  const { run, busy, error } = useWork(async () => {
    setSent(false);
    await send();
    setSent(true);
  });
  return (
    <>
      <Button variant="outline" loading={busy} onClick={run}>
        {t('common.test')}
      </Button>
      {sent && <Note tone="running" title={t('common.testSent')} />}
      {error !== null && <ErrorNote error={error} />}
    </>
  );
}
