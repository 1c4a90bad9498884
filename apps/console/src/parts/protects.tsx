// SPDX-License-Identifier: Apache-2.0
// What protects a VM: where each kind of scan looks, by the policy in force, and how many patterns of which age. A word in green says none of it.
import type { ScanScope, Vm } from '@lazaret/contract';
import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useTenantId } from '../api/session.ts';
import { TextLink } from '../app/links.tsx';
import { FactList } from './text/fact-list.tsx';
import { FileName } from './text/file-name.tsx';
import { Moment } from './text/moment.tsx';
import { Note } from './notes.tsx';

export function WhatProtects({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation();
  const { protects, patterns } = vm;
  return (
    <Stack gap={4} w="100%">
      {protects === null ? (
        patterns.release !== null && <Text size="sm">{t('vm.protects.ownPolicy')}</Text>
      ) : (
        <FactList
          facts={[
            [t('vm.protects.realtime'), <Scope key="realtime" scope={protects.realtime} />],
            [t('vm.protects.scheduled'), <Scope key="scheduled" scope={protects.scheduled} />],
          ]}
        />
      )}
      <FactList facts={[[t('vm.protects.patterns'), <Patterns key="patterns" vm={vm} />]]} />
    </Stack>
  );
}

/** The way out, where a VM has the starter patterns alone. */
export function StarterNote({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  if (!vm.patterns.starterOnly) return null;
  return (
    <Note tone="watch" title={t('vm.protects.starterOnly')}>
      <Text size="sm">{t('vm.protects.starterAdvice')}</Text>
      <TextLink to="/t/$tenant/patterns" params={{ tenant }}>
        {t('vm.protects.toPatterns')}
      </TextLink>
    </Note>
  );
}

/** How much of the VM real-time scan covers, where it is not everything: for lists. Null: nothing to add. */
export function useScopeWord(): (vm: Vm) => string | null {
  const { t } = useTranslation();
  return ({ protects, protection }) => {
    const scope = protects?.realtime ?? null;
    if (scope?.directories !== 'list' || !['protected', 'starter-only', 'degraded'].includes(protection.state))
      return null;
    return t('vm.protects.folders', { count: scope.paths.length + scope.morePaths });
  };
}

function Patterns({ vm: { patterns, system } }: { readonly vm: Vm }) {
  const { t } = useTranslation();
  if (patterns.release === null) return t('vm.protects.none');
  return (
    <>
      {patterns.signatures !== null && `${t('vm.protects.signatures', { count: patterns.signatures })}, `}
      <Moment at={patterns.since} as="relative" vmZone={system.zone} />
    </>
  );
}

function Scope({ scope }: { readonly scope: ScanScope | null }) {
  const { t } = useTranslation();
  if (scope === null) return t('vm.protects.off');
  const { directories, paths, morePaths, files, exceptions } = scope;
  const less = [
    ...(files === 'all' ? [] : [t(`vm.protects.${files}`)]),
    ...(exceptions === 0 ? [] : [t('vm.protects.exceptions', { count: exceptions })]),
  ];
  return (
    <>
      {directories === 'all'
        ? t('vm.protects.everywhere')
        : t('vm.protects.folders', { count: paths.length + morePaths })}
      {less.length > 0 && ` (${less.join(', ')})`}
      {paths.slice(0, PATHS_SHOWN).map((path) => (
        <div key={path}>
          <FileName path={path} />
        </div>
      ))}
      {paths.length + morePaths > PATHS_SHOWN && (
        <div>{t('vm.protects.more', { count: paths.length + morePaths - PATHS_SHOWN })}</div>
      )}
    </>
  );
}

const PATHS_SHOWN = 4;
