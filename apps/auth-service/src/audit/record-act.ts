import { actRecorded } from '@parley/dto';
import { recorderOf } from '@parley/event-bus';

export { bySystem } from '@parley/event-bus';

/** Records a security-relevant act of auth-service. */
export const recordAct = recorderOf(actRecorded);

/** Who does something for itself: a client that has shown who it is. */
export const byClient = ({ id }: { id: string }) => ({ kind: 'client', id }) as const;
