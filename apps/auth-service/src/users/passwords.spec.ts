import { hashPassword, isPassword } from './passwords.js';

describe('passwords', () => {
  it('are hashed two at a time, in turn, and all in the end', async () => {
    const hashes = await Promise.all(Array.from({ length: 9 }, (_, i) => hashPassword(`password ${i}`)));

    expect(new Set(hashes).size).toBe(9);
    expect(await Promise.all(hashes.map((hashed, i) => isPassword(`password ${i}`, hashed)))).toEqual(Array(9).fill(true));
    expect(await isPassword('password 1', hashes[0])).toBe(false);
    expect(await isPassword('password 1', undefined)).toBe(false);
  });

  it('that can’t be checked are a failure, and hold up nobody behind them', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => isPassword('x', 'no hash')));

    expect(tries.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(await isPassword('x', await hashPassword('x'))).toBe(true);
  });
});
