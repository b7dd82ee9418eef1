import { runInNewContext } from 'node:vm';
import { eventually, notYet } from '@parley/testing';
import { joinScript } from './join-script.js';

interface Element {
  hidden: boolean;
  disabled: boolean;
  textContent: string;
  click?: () => void;
  addEventListener(type: string, listener: () => void): void;
  focus(): void;
}

const LINK = 'https://calls.example/v1/session/h.p.s';
const granted = { status: 200, body: { content: { entryId: 'e 1', accessToken: 'tok' }, _links: { self: { href: '/v1/orgs/o/sessions/room%201' } } } };
const ok = { status: 200, body: {} };
const ENTRY = '/v1/orgs/o/sessions/room%201/entries/e%201';

/** As much of a browser as the script touches. */
class Page {
  readonly requests: { method: string; url: string; keepalive: boolean; authorization: string | undefined }[] = [];
  readonly elements: Record<string, Element> = {};
  /** What the clock's thread was asked for. */
  readonly timers: { run: () => void; ms: number }[] = [];
  wentTo: string | undefined;
  answers: { status: number; body: object }[] = [];
  private readonly listeners: Record<string, (event: object) => void> = {};

  constructor(returnUrl: string) {
    for (const id of ['state', 'seats', 'join', 'leave', 'back', 'told']) this.elements[id] = newElement(['leave', 'back'].includes(id));
    runInNewContext(joinScript, {
      document: { getElementById: (id: string) => this.elements[id], querySelector: () => ({ dataset: { return: returnUrl } }) },
      location: { href: LINK, assign: (url: string) => (this.wentTo = url) },
      fetch: (url: string, options: { method?: string; keepalive?: boolean; headers: Record<string, string> }) => this.fetch(url, options),
      Worker: this.clock(),
      Blob,
      URL: { createObjectURL: (source: Blob) => source },
      addEventListener: (type: string, listener: (event: object) => void) => (this.listeners[type] = listener),
      encodeURIComponent,
    });
  }

  /** A worker that runs its source, whose timers go off when a test says so. */
  private clock() {
    const { timers } = this;
    return class {
      private readonly listeners: ((event: { data: unknown }) => void)[] = [];
      private readonly scope: { onmessage?: (event: { data: unknown }) => void } = {};
      private readonly started: Promise<void>;

      constructor(source: Blob) {
        const postMessage = (data: unknown) => this.listeners.forEach((listener) => listener({ data }));
        const setTimeout = (post: (data: unknown) => void, ms: number, data: unknown) => timers.push({ run: () => post(data), ms });
        Object.assign(this.scope, { postMessage, setTimeout });
        this.started = source.text().then((text) => void runInNewContext(text, this.scope));
      }

      addEventListener(_type: string, listener: (event: { data: unknown }) => void): void {
        this.listeners.push(listener);
      }

      postMessage(data: unknown): void {
        void this.started.then(() => this.scope.onmessage?.({ data }));
      }
    };
  }

  press(id: string): void {
    this.elements[id]?.click?.();
  }

  hide(): void {
    this.listeners['pagehide']?.({});
  }

  told(text: string): Promise<unknown> {
    return eventually(() => this.elements['told']?.textContent === text || notYet(`it says ${this.elements['told']?.textContent}`));
  }

  private fetch(url: string, { method = 'GET', keepalive = false, headers }: { method?: string; keepalive?: boolean; headers: Record<string, string> }) {
    this.requests.push({ method, url, keepalive, authorization: headers['authorization'] });
    const answer = this.answers.shift();
    return answer ? Promise.resolve({ status: answer.status, json: () => Promise.resolve(answer.body) }) : Promise.reject(new Error('offline'));
  }
}

function newElement(hidden: boolean): Element {
  const element: Element = { hidden, disabled: false, textContent: '', addEventListener: (_type, listener) => (element.click = listener), focus: () => undefined };
  return element;
}

async function joined(returnUrl = ''): Promise<Page> {
  const page = new Page(returnUrl);
  page.answers = [granted, ok];
  page.press('join');
  await page.told('You are in the session.');
  await eventually(() => page.timers.length === 1 || notYet('no next beat'));
  return page;
}

describe('L.7: The page in the browser', () => {
  it('does nothing by being opened', () => expect(new Page('').requests).toEqual([]));

  it('enters by the link itself and keeps the entry alive every 10 s', async () => {
    const page = await joined();
    expect(page.requests).toEqual([
      { method: 'GET', url: LINK, keepalive: false, authorization: undefined },
      { method: 'POST', url: `${ENTRY}/heartbeat`, keepalive: false, authorization: 'Bearer tok' },
    ]);
    expect([page.elements['join']?.hidden, page.elements['leave']?.hidden, page.timers[0]?.ms]).toEqual([true, false, 10_000]);
  });

  it('shows why it may not enter, and lets the person try again', async () => {
    const page = new Page('');
    page.answers = [{ status: 409, body: { error: { message: 'The session is full.' } } }];
    page.press('join');
    await page.told('The session is full.');
    expect([page.elements['join']?.hidden, page.elements['join']?.disabled]).toEqual([false, false]);
  });

  it('gives the entry back on leaving, and goes on', async () => {
    const page = await joined('https://back.example/');
    page.answers = [ok];
    page.press('leave');
    await page.told('You have left.');
    expect(page.requests.at(-1)).toEqual({ method: 'DELETE', url: ENTRY, keepalive: false, authorization: 'Bearer tok' });
    expect(page.wentTo).toBe('https://back.example/');
  });

  it('gives it back when the window is closed', async () => {
    const page = await joined();
    page.answers = [ok];
    page.hide();
    expect(page.requests.at(-1)).toEqual({ method: 'DELETE', url: ENTRY, keepalive: true, authorization: 'Bearer tok' });
  });

  it('stays through an outage', async () => {
    const page = await joined();
    page.timers[0]?.run();
    await page.told('Connecting again…');
    page.answers = [{ status: 503, body: { error: { message: 'x' } } }, ok];
    await eventually(() => page.timers.length === 2 || notYet('no second beat'));
    page.timers[1]?.run();
    await eventually(() => page.timers.length === 3 || notYet('no third beat'));
    page.timers[2]?.run();
    await page.told('You are in the session.');
  });

  it('beats for the entry it has: what was due for one that was left counts no more', async () => {
    const page = await joined();
    page.answers = [ok, granted, ok];
    page.press('leave');
    await page.told('You have left.');
    page.press('join');
    await eventually(() => page.timers.length === 2 || notYet('no next beat'));
    const before = page.requests.length;
    page.timers[0]?.run();
    expect(page.requests).toHaveLength(before);
    page.answers = [ok];
    page.timers[1]?.run();
    expect(page.requests).toHaveLength(before + 1);
  });

  it('says that it is over when it is', async () => {
    const page = await joined('https://back.example/');
    page.answers = [{ status: 409, body: { error: { message: 'The entry has ended.' } } }];
    page.timers[0]?.run();
    await page.told('The entry has ended.');
    expect([page.elements['back']?.hidden, page.elements['join']?.textContent, page.timers.length]).toEqual([false, 'Join again', 1]);
  });
});
