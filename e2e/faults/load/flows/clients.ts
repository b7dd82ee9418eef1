import { drop, type Flow } from '../world.js';

const MOST = 2;

/** API clients that an operator registers and disables, and what the org may do. */
export const clientFlows: readonly Flow[] = [
  {
    name: 'register client',
    weight: 1,
    plan: (world) => {
      if (world.clients.length >= MOST) return undefined;
      const name = `client ${world.newName()}`;
      return {
        asked: { method: 'POST', path: `/admin/v1/orgs/${world.product.org.orgId}/clients`, bearer: world.product.adminToken, data: { name } },
        fact: `${name} registered`,
        learn: ({ clientId }: { clientId: string }) => void world.clients.push(clientId),
      };
    },
  },
  {
    name: 'limit calls',
    weight: 1,
    plan: (world) => {
      const ongoingCalls = world.newNumber();
      return {
        asked: { method: 'PATCH', path: `/admin/v1/orgs/${world.product.org.orgId}`, bearer: world.product.adminToken, data: { limits: { ongoingCalls } } },
        fact: `calls of the org limited to ${ongoingCalls}`,
      };
    },
  },
  {
    name: 'disable client',
    weight: 1,
    plan: (world) => {
      const [clientId] = world.clients;
      if (clientId === undefined) return undefined;
      return {
        asked: { method: 'PATCH', path: `/admin/v1/orgs/${world.product.org.orgId}/clients/${clientId}`, bearer: world.product.adminToken, data: { active: false } },
        fact: `client ${clientId} disabled`,
        after: () => drop(world.clients, clientId),
      };
    },
  },
];
