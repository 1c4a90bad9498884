// SPDX-License-Identifier: Apache-2.0
// The off-switch of downloads from quarantine (AC-8).
import type { QuarantineSettings } from '@lazaret/contract';
import { Stack, Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { put } from '../api/client.ts';
import { useForget, useOne } from '../api/list.ts';
import { useRight, useTenantPath } from '../api/session.ts';
import { Answer, ErrorNote } from '../parts/notes.tsx';

export function DownloadSettings() {
  const { t } = useTranslation();
  const path = useTenantPath()('/settings/quarantine');
  const forget = useForget();
  const right = useRight('settings.write');
  const query = useOne<QuarantineSettings>('settings', path);
  const [error, setError] = useState<Error | null>(null);
  const change = (downloads: boolean): void => {
    setError(null);
    put(path, { downloads }).then(() => forget('settings'), setError);
  };
  return (
    <Answer query={query}>
      {({ downloads }) => (
        <Stack gap="md" maw={560}>
          <Switch
            label={t('downloads.on')}
            description={t('downloads.advice')}
            checked={downloads}
            disabled={!right.has}
            onChange={(event) => change(event.currentTarget.checked)}
          />
          {error !== null && <ErrorNote error={error} />}
        </Stack>
      )}
    </Answer>
  );
}
