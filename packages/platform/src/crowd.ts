// SPDX-License-Identifier: Apache-2.0
// Room for guests whom anybody may send: connections that have proved nothing yet. A newcomer always gets in. Where it is full, one of the place that has
// the most goes – the one that came first –, so that one host keeps nobody out, and many hosts only by coming faster than an honest guest needs to be done.
// Owns: who is in. Pure but for `turnOut`.

export interface CrowdLimits {
  /** Of all places together. */
  readonly max: number;
  /** Of one place. */
  readonly placeMax: number;
}

export interface Crowd<Guest> {
  /** A guest that is in already moves to this place, as one that has just come. */
  enter(guest: Guest, place: string): void;
  leave(guest: Guest): void;
  has(guest: Guest): boolean;
}

/** Guests of one place, in the order in which they came; the number says when. */
type Guests<Guest> = Map<Guest, number>;

/** `turnOut` is called for a guest that is out already. */
export function crowd<Guest>({ max, placeMax }: CrowdLimits, turnOut: (guest: Guest) => void): Crowd<Guest> {
  const places = new Map<string, Guests<Guest>>();
  const placeOfGuest = new Map<Guest, string>();
  let arrivals = 0;
  const leave = (guest: Guest): void => {
    const place = placeOfGuest.get(guest);
    if (place === undefined) return;
    placeOfGuest.delete(guest);
    const guests = places.get(place);
    guests?.delete(guest);
    if (guests?.size === 0) places.delete(place);
  };
  const turnOutFirst = (guests: Guests<Guest>): void => {
    const [first] = guests.keys();
    if (first === undefined) return;
    leave(first);
    turnOut(first);
  };
  return {
    enter: (guest, place) => {
      leave(guest);
      const guests = places.get(place) ?? new Map<Guest, number>();
      places.set(place, guests.set(guest, arrivals++));
      placeOfGuest.set(guest, place);
      if (guests.size > placeMax) turnOutFirst(guests);
      else if (placeOfGuest.size > max) turnOutFirst(findGreediest(places));
    },
    leave,
    has: (guest) => placeOfGuest.has(guest),
  };
}

/** The place with the most guests; of several, the one whose first guest came first. */
function findGreediest<Guest>(places: ReadonlyMap<string, Guests<Guest>>): Guests<Guest> {
  let greediest: Guests<Guest> = new Map();
  for (const guests of places.values())
    if (guests.size > greediest.size || (guests.size === greediest.size && isEarlier(guests, greediest)))
      greediest = guests;
  return greediest;
}

function isEarlier<Guest>(one: Guests<Guest>, other: Guests<Guest>): boolean {
  const [a = 0] = one.values();
  const [b = 0] = other.values();
  return a < b;
}
