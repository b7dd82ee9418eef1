import { EventEmitter, once } from 'node:events';
import type { Child } from './child.js';
import { Keeper, type Unit } from './keeper.js';

/** A process that exists only here, and dies on command. */
class FakeUnit implements Unit {
  readonly name = 'fake';
  readonly deaths: ((how: string) => void)[] = [];
  readonly started = new EventEmitter();

  start(adopt: (child: Child) => void): Promise<void> {
    const exited = new Promise<string>((resolve) => this.deaths.push(resolve));
    adopt({ exited, stop: () => Promise.resolve() } as Child);
    this.started.emit('start');
    return Promise.resolve();
  }

  die(how: string): void {
    this.deaths.at(-1)?.(how);
  }
}

function keep(unit: Unit) {
  const happened: string[] = [];
  const keeper = new Keeper(unit, {
    died: (name, why) => happened.push(`${name} died: ${why}`),
    back: (name) => happened.push(`${name} is back`),
    gaveUp: (name, why) => happened.push(`${name} was given up: ${why}`),
  });
  return { keeper, happened };
}

describe('Keeper', () => {
  it('starts again what died', async () => {
    const unit = new FakeUnit();
    const { keeper, happened } = keep(unit);
    await keeper.start();

    const again = once(unit.started, 'start');
    unit.die('exit code 1');
    await again;

    expect(happened[0]).toBe('fake died: exit code 1');
    await keeper.stop(0);
  });

  it('leaves alone what it stopped itself', async () => {
    const unit = new FakeUnit();
    const { keeper, happened } = keep(unit);
    await keeper.start();

    await keeper.stop(0);
    unit.die('exit code 0');

    expect(happened).toEqual([]);
    expect(unit.deaths).toHaveLength(1);
  });

  it('lets the first start fail to its caller', async () => {
    const { keeper } = keep({ name: 'broken', start: () => Promise.reject(new Error('no such file')) });

    await expect(keeper.start()).rejects.toThrow('no such file');
  });
});
