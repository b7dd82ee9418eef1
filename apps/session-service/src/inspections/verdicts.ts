import type { AppError, RuleVerdict } from '@parley/dto';
import { type Judged, type Rule, rules } from '../admission/rules.js';
import { CLAIMS_RULE } from '../links/claims-refusal.js';

const GENUINE_RULE = 'genuine';

/** The rules in front of admission's, as far as a link gets. */
const genuine: RuleVerdict = { rule: GENUINE_RULE, pass: true, detail: 'One of the organisation’s API clients signed the link, or Parley itself.' };
const notGenuine: RuleVerdict = {
  rule: GENUINE_RULE,
  pass: false,
  detail: 'The link is malformed, or was not signed with a valid secret of one of the organisation’s API clients.',
};
const claimsRead: RuleVerdict = { rule: CLAIMS_RULE, pass: true, detail: 'The link says everything that it must, and nothing that can’t be.' };

/** A rule that needs to know what an earlier one did not let through. */
const unjudged = (rule: string, why: string): RuleVerdict => ({ rule, pass: false, detail: `Not judged: ${why}` });

const allUnjudged = (why: string): RuleVerdict[] => rules.map(({ name }) => unjudged(name, why));

export const verdictsOnNothing = (): RuleVerdict[] => [notGenuine, unjudged(CLAIMS_RULE, 'the link is not genuine.'), ...allUnjudged('the link is not genuine.')];

export const verdictsOnBadClaims = ({ message }: AppError): RuleVerdict[] => [
  genuine,
  { rule: CLAIMS_RULE, pass: false, detail: message },
  ...allUnjudged('the link can’t be understood.'),
];

/** Each rule by itself, those behind a refusal too. */
export const verdictsOn = (judged: Judged): RuleVerdict[] => [genuine, claimsRead, ...rules.map((rule) => verdictOf(rule, judged))];

const verdictOf = ({ name, judge, detail }: Rule, judged: Judged): RuleVerdict => ({ rule: name, pass: judge(judged) === undefined, detail: detail(judged) });
