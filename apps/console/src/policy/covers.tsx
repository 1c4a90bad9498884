// SPDX-License-Identifier: Apache-2.0
// What a policy does on a VM, in one line for each scan that begins by itself.
import type { Action, ActionSetting, DirectoryScope, Policy } from '@lazaret/core';
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { hostileToText } from '../parts/text/hostile.ts';

const PATHS_MAX = 4;

export function PolicyCovers({ policy }: { readonly policy: Policy }) {
  const { t } = useTranslation();
  const where = (scope: DirectoryScope): string => {
    if (scope.kind === 'all') return t('scope.allDirectories');
    const paths = scope.entries.slice(0, PATHS_MAX).map(({ path }) => hostileToText(path));
    return [...paths, ...(scope.entries.length > PATHS_MAX ? ['…'] : [])].join(', ');
  };
  const what = (action: ActionSetting): string =>
    action.kind === 'recommended' ? t('action.recommended') : t(`actions.${action.primary satisfies Action}`);
  return (
    <div>
      {(['realtime', 'scheduled'] as const).map((kind) => (
        <Text key={kind} size="sm">
          {policy[kind].enabled
            ? t('addVm.covers', {
                scan: t(`policy.sections.${kind}`),
                where: where(policy[kind].directories),
                action: what(policy[kind].action),
              })
            : t('addVm.coversNot', { scan: t(`policy.sections.${kind}`) })}
        </Text>
      ))}
    </div>
  );
}
