// SPDX-License-Identifier: Apache-2.0
// Every address of the console. Pages are chunks of their own; the frame stays while they come.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { ErrorNote, Loading } from '../parts/notes.tsx';
import { parseSearch } from './search.ts';
import { NotFound } from './not-found.tsx';
import { Shell } from './shell.tsx';
import { Start } from './start.tsx';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, validateSearch: parseSearch });
const start = createRoute({ getParentRoute: () => root, path: '/', component: Start });
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('../pages/account/setup.tsx'), 'SetupPage'),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('../pages/account/sign-in.tsx'), 'SignInPage'),
});
const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: lazyRouteComponent(() => import('../pages/account/one-time.tsx'), 'InvitationPage'),
});
const setPassword = createRoute({
  getParentRoute: () => root,
  path: '/set-password',
  component: lazyRouteComponent(() => import('../pages/account/one-time.tsx'), 'SetPasswordPage'),
});
const provider = createRoute({
  getParentRoute: () => root,
  path: '/p',
  component: lazyRouteComponent(() => import('../provider/provider-page.tsx'), 'ProviderPage'),
});
const tenant = createRoute({ getParentRoute: () => root, path: '/t/$tenant', component: Shell });

const below = <const Path extends string, Module extends Record<string, unknown>>(
  path: Path,
  load: () => Promise<Module>,
  name: keyof Module & string,
) =>
  createRoute({
    getParentRoute: () => tenant,
    path,
    component: lazyRouteComponent(load as never, name as never),
  });

const pages = [
  below('/', () => import('../pages/overview.tsx'), 'OverviewPage'),
  below('/vms', () => import('../pages/vms/vms.tsx'), 'VmsPage'),
  below('/vms/add', () => import('../pages/vms/add-vm.tsx'), 'AddVmPage'),
  below('/vms/$id', () => import('../pages/vms/vm-detail.tsx'), 'VmDetailPage'),
  below('/detections', () => import('../pages/detections/detections.tsx'), 'DetectionsPage'),
  below('/detections/$id', () => import('../pages/detections/detection-detail.tsx'), 'DetectionDetailPage'),
  below('/hashes/$sha256', () => import('../pages/detections/hash.tsx'), 'HashPage'),
  below('/quarantine', () => import('../pages/quarantine/quarantine.tsx'), 'QuarantinePage'),
  below('/scans', () => import('../pages/scans.tsx'), 'ScansPage'),
  below('/policies', () => import('../pages/policies/policies.tsx'), 'PoliciesPage'),
  below('/policies/$id', () => import('../pages/policies/policy.tsx'), 'PolicyPage'),
  below('/exceptions', () => import('../pages/policies/exceptions.tsx'), 'ExceptionsPage'),
  below('/patterns', () => import('../pages/patterns/patterns.tsx'), 'PatternsPage'),
  below('/alarms', () => import('../pages/alarms.tsx'), 'AlarmsPage'),
  below('/notices', () => import('../pages/notices/notices.tsx'), 'NoticesPage'),
  below('/audit', () => import('../pages/audit/audit.tsx'), 'AuditPage'),
  below('/settings', () => import('../pages/settings.tsx'), 'SettingsPage'),
] as const;

const tree = root.addChildren([start, setup, signIn, invitation, setPassword, provider, tenant.addChildren(pages)]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Loading />,
  defaultErrorComponent: ({ error }) => <ErrorNote error={error instanceof Error ? error : new Error(String(error))} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
