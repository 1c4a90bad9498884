// SPDX-License-Identifier: Apache-2.0
// Add a VM: a policy → one command to copy → the live steps of exactly this token, until the VM stands in the list.
import type { EnrolmentCreated, EnrolmentProgress, EnrolmentRequest, PolicyView } from '@lazaret/contract';
import { Button, Group, NumberInput, Select, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import { useOne } from '../../api/list.ts';
import { useRight, useTenantId, useTenantPath } from '../../api/session.ts';
import { ButtonLink } from '../../app/links.tsx';
import { Copy } from '../../parts/copy-button.tsx';
import { ErrorCell } from '../../parts/text/error-cell.tsx';
import { useSubmit } from '../../parts/form.ts';
import { Moment } from '../../parts/text/moment.tsx';
import { ErrorNote, Note } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { useNow } from '../../parts/use-now.ts';
import { PolicyCovers } from '../../policy/covers.tsx';
import { useGroupChoices, usePolicyChoices } from '../choices.ts';
import { Name } from '../../parts/text/name.tsx';

export function AddVmPage() {
  const { t } = useTranslation();
  const [created, setCreated] = useState<EnrolmentCreated | null>(null);
  return (
    <Page title={t('vms.add')}>
      {created === null ? (
        <TokenForm onCreated={setCreated} />
      ) : (
        <Waiting created={created} onAgain={() => setCreated(null)} />
      )}
    </Page>
  );
}

function TokenForm({ onCreated }: { readonly onCreated: (created: EnrolmentCreated) => void }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const policies = usePolicyChoices();
  const groups = useGroupChoices();
  const right = useRight('enrolment.write');
  const [chosen, setPolicy] = useState<string | null>(null);
  const [groupId, setGroup] = useState<string | null>(null);
  const [uses, setUses] = useState<number>(1);
  const [hours, setHours] = useState<number>(24);
  const policyId = chosen ?? policies.at(0)?.value ?? null;
  const submit = useSubmit(async () => {
    if (policyId === null) return;
    const body: EnrolmentRequest = { policyId, groupId, uses, expiresInHours: hours };
    onCreated(await post<EnrolmentCreated>(path('/enrolment-tokens'), body));
  });
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="md" maw={560}>
        <Text size="sm">{t('addVm.advice')}</Text>
        <Select
          label={t('vms.policy')}
          required
          data={policies}
          value={policyId}
          onChange={setPolicy}
          allowDeselect={false}
        />
        {policyId !== null && <ChosenPolicy policyId={policyId} />}
        <Select label={t('vm.group')} clearable data={groups} value={groupId} onChange={setGroup} />
        <Group grow align="flex-start">
          <NumberInput
            label={t('addVm.uses')}
            description={t('addVm.usesAdvice')}
            min={1}
            max={10_000}
            value={uses}
            onChange={(value) => setUses(Number(value))}
          />
          <NumberInput
            label={t('addVm.hours')}
            description={t('addVm.hoursAdvice')}
            min={1}
            max={8_760}
            value={hours}
            onChange={(value) => setHours(Number(value))}
          />
        </Group>
        {submit.error !== null && <ErrorNote error={submit.error} />}
        {!right.has && (
          <Note tone="watch">
            {t('rights.missing', {
              roles: right.who.map((role) => t(`roles.${role}` as 'roles.admin')).join(t('common.listGlue')),
            })}
          </Note>
        )}
        <Group>
          <Button type="submit" loading={submit.busy} disabled={policyId === null || !right.has}>
            {t('addVm.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** A policy's name says little: what the VM will do by it stands beside the choice. */
function ChosenPolicy({ policyId }: { readonly policyId: string }) {
  const path = useTenantPath();
  const policy = useOne<PolicyView>('policies', path(`/policies/${policyId}`)).data;
  return policy === undefined ? null : <PolicyCovers policy={policy.document} />;
}

/** Silence of this length sends a person to `lazaret doctor`. */
const SILENT_MS = 180_000;
const POLL_MS = 2_000;

function Waiting({ created, onAgain }: { readonly created: EnrolmentCreated; readonly onAgain: () => void }) {
  const { t } = useTranslation();
  const path = useTenantPath();
  const now = useNow();
  const query = useQuery({
    queryKey: ['enrolment', created.token.id],
    queryFn: () => get<EnrolmentProgress>(path(`/enrolment-tokens/${created.token.id}/progress`)),
    refetchInterval: POLL_MS,
  });
  const attempts = query.data?.attempts ?? [];
  const silent = attempts.length === 0 && now - Date.parse(created.token.createdAt) > SILENT_MS;
  return (
    <Stack gap="lg" maw={800}>
      <section aria-labelledby="command">
        <Title order={2} id="command" mb="sm">
          {t('addVm.command')}
        </Title>
        <code className="command-text">{created.command}</code>
        <Group mt="sm" gap="lg">
          <Copy text={created.command} label={t('addVm.copy')} />
          <Text size="sm" component="span">
            {t('addVm.good', { count: created.token.uses })} <Moment at={created.token.expiresAt} />
          </Text>
        </Group>
        <Text size="sm" mt="xs">
          {t('addVm.once')} {t('addVm.ownPath')}
        </Text>
      </section>
      <section aria-labelledby="steps">
        <Title order={2} id="steps" mb="sm">
          {t('addVm.steps')}
        </Title>
        <div aria-live="polite">
          {attempts.length === 0 && <Text size="sm">{t('addVm.waiting')}</Text>}
          {silent && (
            <Note tone="watch" title={t('addVm.silent')}>
              {t('addVm.silentAdvice')} <code>lazaret doctor</code>
            </Note>
          )}
          {attempts.map((attempt) => (
            <Attempt key={`${attempt.name}-${attempt.startedAt}`} attempt={attempt} />
          ))}
        </div>
      </section>
      <Group>
        <Button variant="outline" onClick={onAgain}>
          {t('addVm.another')}
        </Button>
      </Group>
    </Stack>
  );
}

function Attempt({ attempt }: { readonly attempt: EnrolmentProgress['attempts'][number] }) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  return (
    <div className="fact">
      <Group justify="space-between">
        <Text fw={600}>
          <Name text={attempt.vm?.name ?? attempt.name} />
        </Text>
        {attempt.vm !== null && (
          <ButtonLink
            size="compact-sm"
            variant="outline"
            to="/t/$tenant/vms/$id"
            params={{ tenant, id: attempt.vm.id }}
          >
            {t('overview.open')}
          </ButtonLink>
        )}
      </Group>
      <ol className="plain">
        {attempt.steps.map((step) => (
          <li key={step.step}>
            <Group gap="sm" my={4}>
              <StateMark subject="step" state={step.state} />
              <span>{t(`addVm.step.${step.step}`)}</span>
              {step.at !== null && <Moment at={step.at} as="relative" />}
              {step.error !== null && (
                <span>
                  <ErrorCell failure={step.error} /> <code>{step.error.code}</code>
                </span>
              )}
            </Group>
          </li>
        ))}
      </ol>
    </div>
  );
}
