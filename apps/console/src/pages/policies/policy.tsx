// SPDX-License-Identifier: Apache-2.0
// One policy: its settings as a draft over the revision that is in force; review of the changes, then a new revision; history with what changed.
import { checkPolicy, type PolicyView } from '@lazaret/contract';
import type { Policy } from '@lazaret/core';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../api/client.ts';
import { useForget, useOne } from '../../api/list.ts';
import { useTenantPath } from '../../api/session.ts';
import { saveFile } from '../../parts/save-file.ts';
import { Confirm } from '../../parts/dialogs/confirm.tsx';
import { Answer, ErrorNote, Note } from '../../parts/notes.tsx';
import { PageTabs } from '../../parts/page-tabs.tsx';
import { Page } from '../../parts/page.tsx';
import { RightButton } from '../../parts/right-button.tsx';
import { ToneMark } from '../../parts/state-mark.tsx';
import { findDifferences } from '../../policy/diff.ts';
import { DiffList } from '../../policy/diff-list.tsx';
import { useFaultPlace, useFaultText } from '../../policy/fault-text.ts';
import { PolicyApplied, usePolicyVms } from '../../policy/applied.tsx';
import { PolicyHistory } from '../../policy/history.tsx';
import { PolicySection, SECTIONS } from '../../policy/sections.tsx';
import { Name } from '../../parts/text/name.tsx';

export function PolicyPage() {
  const { id = '' } = useParams({ strict: false });
  const path = useTenantPath();
  const query = useOne<PolicyView>('policies', path(`/policies/${id}`));
  return <Answer query={query}>{(policy) => <Editor key={policy.id} policy={policy} />}</Answer>;
}

function Editor({ policy }: { readonly policy: PolicyView }) {
  const { t } = useTranslation();
  const [base, setBase] = useState(policy);
  const [draft, setDraft] = useState<Policy>(policy.document);
  const [reviewing, setReviewing] = useState(false);
  const checked = useMemo(() => checkPolicy(draft, { unknown: 'kept' }), [draft]);
  const faults = 'faults' in checked ? checked.faults : [];
  const differences = useMemo(() => findDifferences(base.document, draft), [base, draft]);
  const changed = differences.length > 0;
  const path = useTenantPath();
  const forget = useForget();
  const [error, setError] = useState<Error | null>(null);
  const makeDefault = (): void => {
    post(path(`/policies/${policy.id}/make-default`)).then(() => forget('policies'), setError);
  };
  // Somebody else saved meanwhile: an untouched page follows, a draft is told.
  if (policy.revision !== base.revision && !changed) {
    setBase(policy);
    setDraft(policy.document);
  }
  return (
    <Page
      title={<Name text={policy.name} />}
      name={policy.name}
      actions={
        <>
          <Export policy={policy} />
          {!policy.isDefault && (
            <RightButton right="policies.write" variant="outline" color="neutral" onClick={makeDefault}>
              {t('policy.makeDefault')}
            </RightButton>
          )}
          {changed && (
            <Button variant="outline" color="neutral" onClick={() => setDraft(base.document)}>
              {t('policy.discard')}
            </Button>
          )}
          <RightButton
            right="policies.write"
            disabled={!changed || faults.length > 0}
            onClick={() => setReviewing(true)}
          >
            {changed ? t('policy.review', { count: differences.length }) : t('policy.noChanges')}
          </RightButton>
        </>
      }
    >
      <Applied policy={policy} />
      {error !== null && <ErrorNote error={error} />}
      {changed && policy.revision !== base.revision && (
        <Note tone="watch" title={t('policy.changedMeanwhile', { revision: policy.revision })}>
          {t('policy.changedAdvice')}
        </Note>
      )}
      <Faults faults={faults} />
      <PolicyTabs policy={policy} draft={draft} onChange={setDraft} />
      {reviewing && <Review base={base} draft={draft} onClose={() => setReviewing(false)} onSaved={setBase} />}
    </Page>
  );
}

function Export({ policy: { name, document } }: { readonly policy: PolicyView }) {
  const { t } = useTranslation();
  const save = (): void => saveFile(`${name}.json`, JSON.stringify(document, null, 2), 'application/json');
  return (
    <Button variant="outline" color="neutral" onClick={save}>
      {t('policy.export')}
    </Button>
  );
}

function Applied({ policy }: { readonly policy: PolicyView }) {
  const { t } = useTranslation();
  return (
    <Group gap="sm">
      <Text size="sm">{t('vm.revision', { revision: policy.revision })}</Text>
      <PolicyApplied policyId={policy.id} />
      {policy.isDefault && <ToneMark tone="neutral">{t('policies.isDefault')}</ToneMark>}
    </Group>
  );
}

function Faults({
  faults,
}: {
  readonly faults: readonly { readonly code: string; readonly path: string; readonly message: string }[];
}) {
  const { t } = useTranslation();
  const text = useFaultText();
  const place = useFaultPlace();
  if (faults.length === 0) return null;
  return (
    <div role="alert">
      <Note tone="bad" title={t('policy.faults', { count: faults.length })}>
        <ul>
          {faults.map((fault) => (
            <li key={`${fault.path}-${fault.code}`}>
              {place(fault.path)}: {text(fault)} <code>{fault.code}</code>
            </li>
          ))}
        </ul>
      </Note>
    </div>
  );
}

interface TabsProps {
  readonly policy: PolicyView;
  readonly draft: Policy;
  readonly onChange: (draft: Policy) => void;
}

const TABS = [...SECTIONS, 'history'] as const;

function PolicyTabs({ policy, draft, onChange }: TabsProps) {
  const { t } = useTranslation();
  return (
    <PageTabs tabs={TABS} word={(tab) => t(`policy.tabs.${tab}`)}>
      {(tab) =>
        tab === 'history' ? (
          <PolicyHistory policy={policy} onTake={onChange} />
        ) : (
          <PolicySection section={tab} draft={draft} onChange={onChange} />
        )
      }
    </PageTabs>
  );
}

interface ReviewProps {
  readonly base: PolicyView;
  readonly draft: Policy;
  readonly onClose: () => void;
  readonly onSaved: (saved: PolicyView) => void;
}

/** What changes, and on how many VMs, before it does. */
function Review({ base, draft, onClose, onSaved }: ReviewProps) {
  const { t } = useTranslation();
  const vms = usePolicyVms(base.id)?.total ?? 0;
  const path = useTenantPath();
  const forget = useForget();
  return (
    <Confirm
      title={t('policy.reviewTitle', { name: base.name })}
      consequence={t('policy.consequence', { count: vms, revision: base.revision + 1 })}
      verb={t('policy.save')}
      destructive={false}
      size="xl"
      onClose={onClose}
      onConfirm={async () => {
        const saved = await put<PolicyView>(path(`/policies/${base.id}`), { document: draft, basedOn: base.revision });
        onSaved({ ...base, ...saved, document: draft });
        forget('policies', 'exceptions', 'vms');
      }}
    >
      <Stack gap="sm">
        {/* It scrolls: who has no mouse must get there too. */}
        <div role="region" aria-label={t('history.show')} tabIndex={0} style={{ maxHeight: '50vh', overflow: 'auto' }}>
          <DiffList differences={findDifferences(base.document, draft)} />
        </div>
      </Stack>
    </Confirm>
  );
}
