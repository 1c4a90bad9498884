// SPDX-License-Identifier: Apache-2.0
import { Container } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Empty } from '../parts/notes.tsx';
import { ButtonLink } from './links.tsx';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Container component="main" py="xl">
      <Empty title={t('error.noPage')} action={<ButtonLink to="/">{t('nav.overview')}</ButtonLink>} />
    </Container>
  );
}
