// SPDX-License-Identifier: Apache-2.0
// Revisions of a policy, newest first: who, when, what changed against the one before; going back is a new revision.
import type { policyRevisionRowSchema, policyRevisionViewSchema, PolicyView } from '@lazaret/contract';
import type { Policy } from '@lazaret/core';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import { useList, useOne } from '../api/list.ts';
import { useTenantPath } from '../api/session.ts';
import { ListBody } from '../parts/lists/list-page.tsx';
import { Moment } from '../parts/text/moment.tsx';
import { Answer, Empty } from '../parts/notes.tsx';
import { findDifferences } from './diff.ts';
import { DiffList } from './diff-list.tsx';
import { Name } from '../parts/text/name.tsx';

type Row = z.infer<typeof policyRevisionRowSchema>;
type View = z.infer<typeof policyRevisionViewSchema>;

interface HistoryProps {
  readonly policy: PolicyView;
  readonly onTake: (document: Policy) => void;
}

export function PolicyHistory({ policy, onTake }: HistoryProps) {
  const { t } = useTranslation();
  const path = useTenantPath()(`/policies/${policy.id}/revisions`);
  const list = useList<Row>('policies', path, {});
  const [open, setOpen] = useState<number | null>(null);
  return (
    <ListBody list={list} empty={<Empty title={t('history.none')} />}>
      <Stack gap="sm">
        {list.rows.map((revision) => (
          <div key={revision.revision} className="fact">
            <Group justify="space-between">
              <Text size="sm" component="div">
                <strong>{t('vm.revision', { revision: revision.revision })}</strong> · <Name text={revision.author} /> ·{' '}
                <Moment at={revision.createdAt} />
                {revision.comment !== null && <> · {revision.comment}</>}
              </Text>
              <Button
                size="compact-sm"
                variant="outline"
                aria-expanded={open === revision.revision}
                onClick={() => setOpen(open === revision.revision ? null : revision.revision)}
              >
                {t('history.show')}
              </Button>
            </Group>
            {open === revision.revision && <Changes policy={policy} revision={revision.revision} onTake={onTake} />}
          </div>
        ))}
      </Stack>
    </ListBody>
  );
}

function Changes({ policy, revision, onTake }: HistoryProps & { readonly revision: number }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const at = (number: number): string => path(`/policies/${policy.id}/revisions/${number}`);
  const after = useOne<View>('policies', at(revision));
  const before = useOne<View>('policies', at(revision - 1), {}, revision > 1);
  return (
    <Answer query={after}>
      {({ document }) => (
        <Stack gap="sm" mt="sm">
          {revision === 1 ? (
            <Text size="sm">{t('history.first')}</Text>
          ) : (
            <Answer query={before}>
              {(old) => <DiffList differences={findDifferences(old.document, document)} />}
            </Answer>
          )}
          {revision !== policy.revision && (
            <Group>
              <Button size="compact-sm" onClick={() => onTake(document)}>
                {t('history.take')}
              </Button>
              <Text size="xs">{t('history.takeAdvice')}</Text>
            </Group>
          )}
        </Stack>
      )}
    </Answer>
  );
}
