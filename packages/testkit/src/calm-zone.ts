// SPDX-License-Identifier: Apache-2.0
const CALM_HOURS = { from: 4, to: 22 } as const;
/** Since the update that the default policy has each hour at minute 23, or until it: never so near that a test would meet it. */
const CALM_MINUTES = { from: 24, to: 62 } as const;
/** None of them changes its clocks. East and west of Greenwich, by whole hours and by half ones. */
const ZONES = ['Etc/GMT-6', 'Asia/Kolkata', 'Etc/GMT+9', 'Pacific/Marquesas'] as const;

/** Hours and minutes as clocks there show them. */
export function timeThere(zone: string, atMs: number): { readonly hour: number; readonly minute: number } {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  const [hour = 0, minute = 0] = format.format(atMs).split(':').map(Number);
  return { hour, minute };
}

/**
 * A zone in which it is far from the times of the default policy: its nightly scan of the whole machine (02:00) and its update (minute 23). An agent that has
 * it for its own does what its test tells it and nothing else, whatever the time of day.
 */
export function calmZone(nowMs: number): string {
  const calm = ZONES.find((zone) => {
    const { hour, minute } = timeThere(zone, nowMs);
    const past = minute < CALM_MINUTES.from ? minute + 60 : minute;
    return hour >= CALM_HOURS.from && hour < CALM_HOURS.to && past <= CALM_MINUTES.to;
  });
  if (calm === undefined) throw new Error(`no zone is calm at ${new Date(nowMs).toISOString()}`);
  return calm;
}
