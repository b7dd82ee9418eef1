import type { Asked, Product } from './product.js';
import type { Random } from './random.js';

/** What lets its holder act for one entry. */
export interface Entry {
  entryId: string;
  accessToken: string;
  role: 'owner' | 'guest';
}

/** A session that people are in, by whichever door they came. */
export interface Room {
  sid: string;
  entries: Entry[];
  /** Somebody ended it: what was signed for it opens nothing any more. */
  over: boolean;
}

export interface Subscription {
  id: string;
  ref: string;
  room: Room;
}

export interface Alias {
  id: string;
  passcode: string;
  jwtSecret: string;
  room: Room;
}

export interface OpentokSession {
  id: string;
  room: Room;
  /** Not used yet. */
  tokens: string[];
  issued: number;
}

export interface Call {
  number: string;
  /** The handle by which its user stops it. */
  token: string;
  /** Once somebody has asked for it. */
  callId?: string | undefined;
  /** By which the callee enters. */
  link?: string | undefined;
  room?: Room | undefined;
  answered?: boolean;
}

/** Somebody who is invited to a planned session. */
export interface Invitation {
  id: string;
  isHost: boolean;
}

/** A session that is planned and has not begun. */
export interface Plan {
  sid: string;
  moved: boolean;
  invitations: Invitation[];
}

/** A person for whom an application places calls. */
export interface Caller {
  accessToken: string;
}

/** More seconds than any run lasts, more calls than it places. */
const NEVER_REACHED = 20_000;

/** What one worker knows of the things that it has made. */
export class World {
  subscriptions: Subscription[] = [];
  aliases: Alias[] = [];
  opentok: OpentokSession[] = [];
  calls: Call[] = [];
  plans: Plan[] = [];
  /** Ids of those in force. */
  bans: string[] = [];
  /** API clients that were registered and still may do something. */
  clients: string[] = [];
  private made = 0;

  constructor(
    readonly product: Product,
    readonly random: Random,
    readonly caller: Caller,
    private readonly worker: number,
  ) {}

  /** No other worker and no other run uses it; at most 20 characters. */
  newName(): string {
    this.made += 1;
    return `w${this.worker}-${this.made}-${this.product.org.orgId.slice(0, 8)}`;
  }

  /** For a limit: no other worker of this run uses it. */
  newNumber(): number {
    this.made += 1;
    return NEVER_REACHED + this.made * 100 + this.worker;
  }

  pathOf({ sid }: Room): string {
    return `${this.product.path}/sessions/${encodeURIComponent(sid)}`;
  }

  /** One of those who are in some session, if anybody there is like this. */
  someone(isMeant: (entry: Entry) => boolean = () => true): { room: Room; entry: Entry } | undefined {
    const room = this.random.pick(this.inhabited());
    const entry = room && this.random.pick(room.entries.filter(isMeant));
    return entry && { room, entry };
  }

  /** Where somebody is. */
  inhabited(): Room[] {
    const doors = [...this.subscriptions, ...this.aliases, ...this.opentok, ...this.calls];
    return doors.flatMap(({ room }) => (room && room.entries.length > 0 ? [room] : []));
  }
}

/** Fewer than there are seats: some that nobody heard of may be taken. */
const MOST_ENTRIES = 4;
export const newRoom = (sid: string): Room => ({ sid, entries: [], over: false });
export const hasSpace = ({ room }: { room: Room }): boolean => !room.over && room.entries.length < MOST_ENTRIES;
export const drop = <T>(from: T[], thing: T): void => void from.splice(from.indexOf(thing), 1);

/** One request, what it writes, and what is learned from a success. Whatever came, `after` is called. */
export interface Step {
  asked: Asked;
  fact?: string;
  learn?: (body: never, location: string) => void;
  after?: () => void;
}

export interface Flow {
  name: string;
  /** How often it is chosen, beside the others. */
  weight: number;
  /** Undefined if there is nothing to do it to. */
  plan(world: World): Step | undefined;
}

/** An answer of the Coviu API. */
export interface Resource<Content> {
  content: Content;
}
