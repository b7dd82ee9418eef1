import type { Flow } from '../world.js';
import { aliasFlows } from './aliases.js';
import { callFlows } from './calls.js';
import { clientFlows } from './clients.js';
import { opentokFlows } from './opentok.js';
import { planFlows } from './plans.js';
import { sessionFlows } from './sessions.js';
import { subscriptionFlows } from './subscriptions.js';

/** The load. A new flow is a row in one of these, and a row in `facts.ts` for each event that it tells. */
export const flows: readonly Flow[] = [...subscriptionFlows, ...aliasFlows, ...opentokFlows, ...sessionFlows, ...planFlows, ...callFlows, ...clientFlows];
