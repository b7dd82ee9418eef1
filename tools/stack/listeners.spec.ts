import { identitiesOfListeners, listenersIn } from './listeners.js';

test('each has a name, and owners whose events it hears', () => {
  expect(listenersIn('presence=session  billing-2=session,call')).toEqual([
    { name: 'presence', consumes: ['session'] },
    { name: 'billing-2', consumes: ['session', 'call'] },
  ]);
  expect(listenersIn(' ')).toEqual([]);
  expect(listenersIn()).toEqual([]);
});

test.each(['presence', 'presence=', 'presence=nobody', 'presence=session,', 'presence=session,nobody', '=session', 'Presence=session', 'a_b=session', 'presence:session'])(
  '%s is none, and the error says what to write',
  (entry) => {
    expect(() => listenersIn(entry)).toThrow(expect.objectContaining({ message: `PARLEY_LISTENERS has \`${entry}\``, advice: expect.stringContaining('presence=session') as string }) as Error);
  },
);

test.each(['session', 'gateway', 'call-events'])('%s is taken', (name) => {
  expect(() => listenersIn(`${name}=session`)).toThrow("is a name of Parley's own");
});

test('it may do what hearing takes, and nothing else', () => {
  const { presence } = identitiesOfListeners(listenersIn('presence=session'));
  expect(presence?.subscribe).toEqual(['_INBOX_presence.>']);
  expect(presence?.publish).toContain('$JS.API.CONSUMER.MSG.NEXT.EVT_SESSION.presence__session');
  expect(presence?.publish.filter((subject) => subject.startsWith('evt.'))).toEqual([]);
});
