import type { Scene } from '../run.js';

const schemas = ['auth', 'subscription', 'session', 'call'];

/** What each relay takes for its stream. */
export async function generations({ bed }: Scene): Promise<string[]> {
  const rows = await Promise.all(schemas.map((schema) => bed.sql<{ stream_created: string }>(`select stream_created from ${schema}.relay`)));
  return rows.map(([row]) => row?.stream_created ?? '');
}

/** Waits until the relays have noticed, which takes them 5 s at most. */
export async function changed(scene: Scene, before: readonly string[]): Promise<void> {
  for (let n = 0; n < 60; n++) {
    const now = await generations(scene);
    const count = now.filter((created, i) => created !== before[i]).length;
    if (count > 0) return scene.saw('streams made anew', count);
    await scene.pass(200);
  }
}
