/** What the page does in the browser: join by the link itself, keep the entry alive every 10 s, give it back on leaving. */
export const joinScript = `
const find = (id) => document.getElementById(id);
const main = document.querySelector('main');
const BEAT_MS = 10000;
let entry, turn = 0;

// Timers of a page that nobody sees go off once a minute, which is too late; a worker's don't.
const clock = new Worker(URL.createObjectURL(new Blob(['onmessage = ({ data: { ms, turn } }) => setTimeout(postMessage, ms, turn)'], { type: 'text/javascript' })));
clock.addEventListener('message', ({ data }) => { if (data === turn) beat(); });

const tell = (text) => { find('told').textContent = text; };
const show = (id, shown) => { find(id).hidden = !shown; };

const request = async (url, options) => {
  const response = await fetch(url, { cache: 'no-store', referrerPolicy: 'no-referrer', ...options });
  const body = await response.json();
  return { status: response.status, body };
};

const ask = (method, path, keepalive) =>
  request(entry.address + path, { method, keepalive, headers: { accept: 'application/json', authorization: 'Bearer ' + entry.token } });

const over = (text) => {
  turn += 1;
  entry = undefined;
  find('state').textContent = 'Over for you';
  show('leave', false);
  show('join', true);
  find('join').textContent = 'Join again';
  show('back', Boolean(main.dataset.return));
  tell(text);
};

const beat = async () => {
  try {
    const { status, body } = await ask('POST', '/heartbeat');
    if (!entry) return;
    if (status === 401 || status === 403 || status === 404 || status === 409) return over(body.error.message);
    tell(status === 200 ? 'You are in the session.' : 'Connecting again\\u2026');
  } catch {
    if (!entry) return;
    tell('Connecting again\\u2026');
  }
  clock.postMessage({ ms: BEAT_MS, turn });
};

const join = async () => {
  find('join').disabled = true;
  tell('Joining\\u2026');
  try {
    const { status, body } = await request(location.href, { headers: { accept: 'application/json' } });
    if (status !== 200) return tell(body.error.message);
    entry = { address: body._links.self.href + '/entries/' + encodeURIComponent(body.content.entryId), token: body.content.accessToken };
    find('state').textContent = 'You are in';
    show('join', false);
    show('back', false);
    show('leave', true);
    find('leave').focus();
    await beat();
  } catch {
    tell('That did not work. Check your connection and try again.');
  } finally {
    find('join').disabled = false;
  }
};

const leave = async () => {
  find('leave').disabled = true;
  try {
    await ask('DELETE', '');
  } catch {
    // The lease runs out by itself.
  }
  find('leave').disabled = false;
  over('You have left.');
  if (main.dataset.return) location.assign(main.dataset.return);
};

find('join').addEventListener('click', join);
find('leave').addEventListener('click', leave);
addEventListener('pagehide', () => {
  if (entry) ask('DELETE', '', true).catch(() => {});
});
addEventListener('pageshow', (event) => {
  if (event.persisted && entry) over('You have left.');
});
`;
