import type { previewLink, ReplyOf } from '@parley/dto';
import { html, type Markup, webAddress } from './html.js';
import { joinScript } from './join-script.js';
import type { HtmlPage } from './page-response.js';
import { pageShell } from './page-shell.js';

type Preview = ReplyOf<typeof previewLink>;

/** How many a session holds. Shown only: session-service decides who enters. */
const SEATS = 5;

const stateOf = { waiting: 'Nobody is there yet', open: 'In progress' } as const;

/** Who the link is for and what it leads to. The entry is granted when the person presses Join. */
export function joinPage(preview: Preview): HtmlPage {
  const picture = webAddress(preview.picture);
  return pageShell({ title: `Join ${preview.sid}`, body: body(preview, picture), script: joinScript, pictures: picture !== undefined });
}

const body = ({ name, role, sid, state, participants, returnUrl }: Preview, picture: string | undefined): Markup => html`<main data-return="${webAddress(returnUrl)}">
${face(name, picture)}
<h1>${name}</h1>
<p>You come as ${role === 'owner' ? 'the host' : 'a guest'}</p>
<dl>
<dt>Session</dt><dd>${sid}</dd>
<dt>State</dt><dd id="state">${stateOf[state]}</dd>
<dt>Seats</dt><dd id="seats">${participants} of ${SEATS} taken</dd>
</dl>
<button id="join" type="button">Join</button>
<button id="leave" type="button" hidden>Leave</button>
<a id="back" class="button" href="${webAddress(returnUrl)}" hidden>Go on</a>
<p id="told" role="status"></p>
<noscript><p>Joining needs JavaScript.</p></noscript>
</main>`;

/** A picture, or the first letter of the name. Either only repeats what the heading says. */
const face = (name: string, picture: string | undefined): Markup =>
  picture === undefined
    ? html`<div class="face" aria-hidden="true">${[...name.trim()][0]?.toUpperCase()}</div>`
    : html`<img class="face" src="${picture}" alt="" referrerpolicy="no-referrer">`;
