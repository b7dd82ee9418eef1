import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { Lines } from './lines.js';

/** `no` is an outcome for all. */
const lines = () => new Lines<string>((result) => result === 'no');

describe('a line', () => {
  it('lets one work at a time under one name, in the order of coming, and others beside it', async () => {
    const did: string[] = [];
    const line = lines();
    const work = (what: string) => async () => {
      did.push(`${what} begins`);
      await turn();
      did.push(`${what} ends`);
      return what;
    };
    expect(await Promise.all([line.join('a', work('1')), line.join('a', work('2')), line.join('b', work('3'))])).toEqual(['1', '2', '3']);
    expect(did.indexOf('2 begins')).toBeGreaterThan(did.indexOf('1 ends'));
    expect(did.indexOf('3 begins')).toBeLessThan(did.indexOf('1 ends'));
  });

  it('answers all with what holds for all who had come before its work began, and nobody who came later', async () => {
    const line = lines();
    let asked = 0;
    const no = async () => (asked++, await turn(), 'no');
    const early = [line.join('a', () => Promise.resolve('yes')), ...Array.from({ length: 50 }, () => line.join('a', no))];
    await early[0];
    await turn();
    const late = line.join('a', () => Promise.resolve('room again'));

    expect(await Promise.all(early)).toEqual(['yes', ...Array<string>(50).fill('no')]);
    expect([await late, asked]).toEqual(['room again', 1]);
  });

  it('goes on after what fails, each in the request that brought it', async () => {
    const request = new AsyncLocalStorage<string>();
    const line = lines();
    const failed = request.run('one', () => line.join('a', () => Promise.reject(new Error(request.getStore()))));
    const next = request.run('two', () => line.join('a', () => Promise.resolve(request.getStore() ?? '')));

    await expect(failed).rejects.toThrow('one');
    expect(await next).toBe('two');
    expect(await line.join('a', () => Promise.resolve('again'))).toBe('again');
  });
});
