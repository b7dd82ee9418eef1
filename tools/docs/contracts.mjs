import * as dto from '../../dist/libs/dto/src/index.js';

const ofType = (type) =>
  Object.values(dto)
    .filter((value) => typeof value === 'object' && value !== null && value.type === type)
    .sort((a, b) => a.subject.localeCompare(b.subject));

/** Every message between the processes, by subject. */
export const requests = ofType('rpc');
export const hints = ofType('live');
export const events = ofType('event');
