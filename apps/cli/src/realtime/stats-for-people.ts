// SPDX-License-Identifier: Apache-2.0
// What real-time counts, for people. Pure.
import type { RealtimeStats, RealtimeStatus } from '@lazaret/agent';
import { countOf, formatDuration, safeText } from '../words.ts';

export function formatRealtimeState({ state, reason }: Pick<RealtimeStatus, 'state' | 'reason'>): string {
  return `Real-time: ${state}${reason === null ? '' : ` (${safeText(reason)})`}.`;
}

export function formatStats({ state, reason, watching, notCovered, stats }: RealtimeStatus, top: boolean): string[] {
  const lines = [formatRealtimeState({ state, reason })];
  for (const { mountPoint, fileSystemType, why } of watching)
    lines.push(`  watched: ${safeText(mountPoint)} (${fileSystemType})${why === null ? '' : ` – ${safeText(why)}`}`);
  for (const { mountPoint, why } of notCovered)
    lines.push(`  not covered: ${safeText(mountPoint)}${why === null ? '' : ` – ${safeText(why)}`}`);
  if (stats === null) return [...lines, 'The gate does not answer.'];
  return [...lines, ...formatCounts(stats), ...(top ? formatTop(stats) : [])];
}

function formatCounts(stats: RealtimeStats): string[] {
  const letThrough = Object.entries(stats.letThrough).filter(([, count]) => count > 0);
  const causes = letThrough.map(([cause, count]) => `${cause} ${count}`).join(', ');
  const ended = Object.entries(stats.followUps.ended).map(([verdict, count]) => `${verdict} ${count}`);
  return [
    `Opens ${stats.opens}: known verdict ${stats.cacheHits}, scanned ${stats.misses}, out of scope ${stats.outOfScope}, by Lazaret itself ${stats.own}.`,
    `Ignore marks ${stats.ignoreMarks}, cached verdicts ${stats.cacheEntries}, opens waiting now ${stats.waiting}, opens over a user's limit ${stats.overload}.`,
    ...stats.owners.map(
      ({ uid, waiting, overload }) => `  user ${uid}: waiting ${waiting}, over the limit ${overload}`,
    ),
    `Detections ${stats.detections}, excepted by content ${stats.excepted}. Time in scans ${formatDuration(stats.scanMs)}.`,
    `Let through: ${causes === '' ? 'none' : causes}; scanned afterwards: ${ended.length === 0 ? 'none' : ended.join(', ')}, still to scan ${stats.followUps.waiting}.`,
    ...stats.exceptions.map(({ decidedBy, hits }) => `  excepted by ${safeText(decidedBy)}: ${countOf(hits, 'open')}`),
  ];
}

function formatTop({ top }: RealtimeStats): string[] {
  return [
    'Programs by cost:',
    ...top.processes.map(
      ({ executable, scans, scanMs }) =>
        `  ${formatDuration(scanMs)}  ${scans} scans  ${safeText(Buffer.from(executable, 'latin1').toString())}`,
    ),
    'Paths by cost:',
    ...top.paths.map(
      ({ path, scans, scanMs }) =>
        `  ${formatDuration(scanMs)}  ${scans} scans  ${safeText(Buffer.from(path, 'latin1').toString())}`,
    ),
  ];
}
