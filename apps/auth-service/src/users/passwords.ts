import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** Argon2id with what OWASP asks for at least: 19 MiB, two passes, one lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of the four threads that Node has for such work and for names of hosts: with all of them hashing, nobody gets a connection. */
const AT_ONCE = 2;

let working = 0;
const waiting: (() => void)[] = [];

/** The composed form: a keyboard that sends `e` and an accent apart must not lock anybody out. */
const bytesOf = (password: string): string => password.normalize('NFC');

const parameters = `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$`;

/** It was made at another cost than what is asked for now (OWASP, Password Storage: upgrading the work factor). */
export const isOutdated = (hashed: string): boolean => !hashed.startsWith(parameters);

export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(bytesOf(password), cost));

/** Nobody's password, for those who are not there. */
let nobodys: Promise<string> | undefined;

/** Costs the same whether there is a hash or not. */
export async function isPassword(password: string, hashed: string | undefined): Promise<boolean> {
  nobodys ??= hashPassword(randomBytes(32).toString('base64url'));
  const against = hashed ?? (await nobodys);
  const right = await inTurn(() => verify(against, bytesOf(password)));
  return right && hashed !== undefined;
}

/** Who ends hands the place on to who waited longest. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (working < AT_ONCE) working += 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else working -= 1;
  }
}
