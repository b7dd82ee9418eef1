import { type Owner, owners } from '@parley/dto';
import { StackFailure } from './failure.js';
import { type Listener, type Permissions, permissionsOfListener, systemIdentities } from './nats-identities.js';

const ADVICE = `PARLEY_LISTENERS names services of your own that hear events, each with the owners of those: presence=session billing=session,call. Owners are ${owners.join(', ')}.`;

const ours = Object.keys(systemIdentities());
const isOwner = (name: string): name is Owner => owners.some((owner) => owner === name);

/** What PARLEY_LISTENERS says: `<name>=<owner>,<owner>`, separated by spaces. */
export const listenersIn = (text = ''): Listener[] => text.split(/\s+/).filter(Boolean).map(listenerIn);

function listenerIn(entry: string): Listener {
  const [, name, from = ''] = /^([a-z][a-z0-9-]{0,40})=(.+)$/.exec(entry) ?? [];
  const consumes = from.split(',').filter(isOwner);
  if (name === undefined || consumes.join() !== from) throw new StackFailure(`PARLEY_LISTENERS has \`${entry}\``, ADVICE);
  if (ours.includes(name)) throw new StackFailure(`PARLEY_LISTENERS has \`${name}\`, which is a name of Parley's own`, ADVICE);
  return { name, consumes };
}

export const identitiesOfListeners = (listeners: readonly Listener[]): Record<string, Permissions> =>
  Object.fromEntries(listeners.map((listener) => [listener.name, permissionsOfListener(listener)]));
