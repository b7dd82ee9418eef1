import { drop, type Entry, type Flow, hasSpace, newRoom, type Resource, type Subscription, type World } from '../world.js';

const MOST = 5;

/** After its session was ended a subscription goes on with another. */
function roomOf(subscription: Subscription, world: World): Subscription {
  if (subscription.room.over) subscription.room = newRoom(world.newName());
  return subscription;
}

/** Subscriptions come and go, and people enter sessions by links that are signed offline. */
export const subscriptionFlows: readonly Flow[] = [
  {
    name: 'subscribe',
    weight: 3,
    plan: (world) => {
      if (world.subscriptions.length >= MOST) return undefined;
      const ref = world.newName();
      return {
        asked: { method: 'POST', path: `${world.product.path}/subscriptions`, data: { ref, name: `Dr ${ref}`, email: `${ref}@example.test` } },
        fact: `subscription ${ref} created`,
        learn: ({ content }: Resource<{ subscriptionId: string }>) => void world.subscriptions.push({ id: content.subscriptionId, ref, room: newRoom(world.newName()) }),
      };
    },
  },
  {
    name: 'unsubscribe',
    weight: 1,
    plan: (world) => {
      const subscription = world.random.pick(world.subscriptions);
      if (!subscription || world.subscriptions.length < MOST / 2) return undefined;
      return {
        asked: { method: 'DELETE', path: `${world.product.path}/subscriptions/${subscription.id}?end_sessions=${world.random.next() < 0.5}` },
        fact: `subscription ${subscription.ref} removed`,
        after: () => drop(world.subscriptions, subscription),
      };
    },
  },
  {
    name: 'enter by link',
    weight: 8,
    plan: (world) => {
      const found = world.random.pick(world.subscriptions.map((subscription) => roomOf(subscription, world)).filter(hasSpace));
      if (!found) return undefined;
      const name = world.newName();
      const link = world.product.link({ rle: 'guest', un: name, ref: found.ref, sid: found.room.sid });
      return {
        asked: { method: 'GET', path: `/v1/session/${link}`, bearer: '' },
        fact: `entry ${name} granted`,
        learn: ({ content }: Resource<Entry>) => void found.room.entries.push(content),
      };
    },
  },
];
