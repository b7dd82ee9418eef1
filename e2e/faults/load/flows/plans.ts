import { drop, type Flow, type Invitation, type Plan, type World } from '../world.js';

const MOST = 2;
const HOUR_MS = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();

/** One of those who are invited, and that is like this. */
function invited(world: World, isMeant: (invitation: Invitation) => boolean = () => true): { plan: Plan; invitation: Invitation } | undefined {
  const plan = world.random.pick(world.plans);
  const invitation = plan && world.random.pick(plan.invitations.filter(isMeant));
  return invitation && { plan, invitation };
}

/** Sessions are planned, moved and cancelled, and people are invited to them. */
export const planFlows: readonly Flow[] = [
  {
    name: 'plan session',
    weight: 2,
    plan: (world) => {
      if (world.plans.length >= MOST) return undefined;
      const name = world.newName();
      return {
        asked: { method: 'POST', path: '/v1/sessions', data: { session_name: name, start_time: inHours(1), end_time: inHours(2) } },
        fact: `plan ${name} made`,
        learn: (made: { session_id: string }) => void world.plans.push({ sid: made.session_id, moved: false, invitations: [] }),
      };
    },
  },
  {
    name: 'move session',
    weight: 1,
    plan: (world) => {
      const plan = world.random.pick(world.plans.filter(({ moved }) => !moved));
      if (!plan) return undefined;
      const name = world.newName();
      return {
        asked: { method: 'PUT', path: `/v1/sessions/${plan.sid}`, data: { session_name: name, end_time: inHours(3) } },
        fact: `plan ${name} moved`,
        after: () => (plan.moved = true),
      };
    },
  },
  {
    name: 'cancel session',
    weight: 1,
    plan: (world) => {
      const plan = world.random.pick(world.plans);
      if (!plan) return undefined;
      return {
        asked: { method: 'DELETE', path: `/v1/sessions/${plan.sid}` },
        fact: `plan ${plan.sid} cancelled`,
        after: () => drop(world.plans, plan),
      };
    },
  },
  {
    name: 'invite',
    weight: 2,
    plan: (world) => {
      const plan = world.random.pick(world.plans.filter(({ invitations }) => invitations.length < MOST));
      if (!plan) return undefined;
      const name = world.newName();
      return {
        asked: { method: 'POST', path: `/v1/sessions/${plan.sid}/participants`, data: { display_name: name } },
        fact: `invitation ${name} made`,
        learn: (made: { participant_id: string }) => void plan.invitations.push({ id: made.participant_id, isHost: false }),
      };
    },
  },
  {
    name: 'change invitation',
    weight: 1,
    plan: (world) => {
      const found = invited(world, ({ isHost }) => !isHost);
      if (!found) return undefined;
      const { invitation } = found;
      return {
        asked: { method: 'PUT', path: `/v1/participants/${invitation.id}`, data: { role: 'host' } },
        fact: `invitation ${invitation.id} is owner`,
        after: () => (invitation.isHost = true),
      };
    },
  },
  {
    name: 'withdraw invitation',
    weight: 1,
    plan: (world) => {
      const found = invited(world);
      if (!found) return undefined;
      const { plan, invitation } = found;
      return {
        asked: { method: 'DELETE', path: `/v1/participants/${invitation.id}` },
        fact: `invitation ${invitation.id} withdrawn`,
        after: () => drop(plan.invitations, invitation),
      };
    },
  },
];
