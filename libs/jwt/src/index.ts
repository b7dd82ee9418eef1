/**
 * JSON Web Tokens of Parley's own kinds: signed with ES256, verified against a key set that follows rotations, one kind never
 * accepted for another (`typ`, `iss`, `aud` and `alg` are pinned). It refuses everything it does not know, always with the same
 * 401. Trap: a verified token says who somebody was when it was made; whether the thing it opens still exists, the row decides.
 */
export * from './access-token.js';
export * from './active-signer.js';
export * from './access-token.strategy.js';
export * from './actor.js';
export * from './dpop.js';
export * from './hs256.js';
export * from './jwt.errors.js';
export * from './key-set.js';
export * from './revocations.js';
export * from './sign.js';
export * from './verify.js';
