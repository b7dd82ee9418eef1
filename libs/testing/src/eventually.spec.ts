import { eventually, notYet } from './eventually.js';

describe('eventually', () => {
  it('answers with what the probe finds at last', async () => {
    let asked = 0;
    const probe = () => ((asked += 1) < 3 ? notYet('too early') : `after ${asked}`);

    await expect(eventually(probe)).resolves.toBe('after 3');
  });

  it('takes undefined, null and false for an answer', async () => {
    await expect(eventually(() => undefined)).resolves.toBeUndefined();
    await expect(eventually(() => null)).resolves.toBeNull();
    await expect(eventually(() => false)).resolves.toBe(false);
  });

  it('says the last reason when the time is over', async () => {
    let asked = 0;
    const probe = () => notYet(`asked ${(asked += 1) > 1 ? 'again' : 'once'}`);

    await expect(eventually(probe, { timeoutMs: 60 })).rejects.toThrow('Not after 60 ms: asked again');
  });

  it('says what the probe threw last', async () => {
    const probe = () => Promise.reject(new Error('connection refused'));

    await expect(eventually(probe, { timeoutMs: 30 })).rejects.toThrow('Not after 30 ms: connection refused');
  });
});
