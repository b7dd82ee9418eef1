import { actRecorded } from '@parley/dto';
import { recorderOf } from '@parley/event-bus';
import type { Tx } from '@parley/persistence';
import type { ApiClient } from '../clients/client.entity.js';

export { bySystem } from '@parley/event-bus';

/** Records a security-relevant act of auth-service. */
export const recordAct = recorderOf(actRecorded);

/** Something of an authorization was used twice, if it was, so the engine has ended that. */
export function recordReplay(tx: Tx, client: ApiClient, act: 'code.replayed' | 'refresh-token.replayed', endedGrant: string | undefined): void {
  if (endedGrant !== undefined) recordAct(tx, byClient(client), { orgId: client.orgId, act, target: byClient(client), details: { grant: endedGrant } });
}

/** Who does something for itself: a client that has shown who it is. */
export const byClient = ({ id }: { id: string }) => ({ kind: 'client', id }) as const;
