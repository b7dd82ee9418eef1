import { clickToCallDialect } from '../click-to-call/click-to-call.dialect.js';
import { coviuDialect } from '../coviu/coviu.dialect.js';
import { linkPageDialect } from '../coviu/links/link-page.dialect.js';
import { oauthDialect } from '../proxy/oauth.dialect.js';
import { datagramDialect } from '../datagram/datagram.dialect.js';
import { opentokDialect } from '../opentok/opentok.dialect.js';
import type { ErrorDialect, FailedRequest } from './dialect.js';
import { problemDialect } from './problem.dialect.js';

/** The first that speaks at the address of the request tells its failure. */
const dialects: readonly ErrorDialect[] = [oauthDialect, linkPageDialect, coviuDialect, datagramDialect, opentokDialect, clickToCallDialect, problemDialect];

export const dialectOf = (request: FailedRequest): ErrorDialect => dialects.find((dialect) => dialect.speaksAt(request)) ?? problemDialect;
