// SPDX-License-Identifier: Apache-2.0
// `/`: to the first tenant, to sign-in, or – while nobody exists – to set-up.
import { Container } from '@mantine/core';
import { Navigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { useSession } from '../api/session.ts';
import { Empty, ErrorNote, Loading } from '../parts/notes.tsx';

export function Start() {
  const { t } = useTranslation();
  const session = useSession();
  if (session.error instanceof ApiError && session.error.status === 401) return <Navigate to="/sign-in" />;
  const first = session.data?.tenants.at(0);
  if (first !== undefined) return <Navigate to="/t/$tenant" params={{ tenant: first.id }} />;
  return (
    <Container component="main" py="xl">
      {session.error !== null && <ErrorNote error={session.error} onRetry={() => void session.refetch()} />}
      {session.isLoading && <Loading />}
      {session.data !== undefined && <Empty title={t('start.noTenant')}>{t('start.noTenantAdvice')}</Empty>}
    </Container>
  );
}
