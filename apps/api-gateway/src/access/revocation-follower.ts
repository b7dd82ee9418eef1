import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { tokensRevoked } from '@parley/dto';
import { Revocations } from '@parley/jwt';
import { LOGGER, type Logger, Readiness } from '@parley/platform';
import { Live } from '@parley/rpc';

/** So often auth is asked what was revoked: so late at most a revocation is that nobody told us. Milliseconds. */
const EVERY_MS = 800;

/** Keeps up with what is revoked: hears it when it happens, and asks all the time, because what is told can get lost. */
@Injectable()
export class RevocationFollower implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private knowledge: 'none yet' | 'current' | 'ageing' = 'none yet';
  private listening = false;

  constructor(
    private readonly revocations: Revocations,
    private readonly live: Live,
    @Inject(LOGGER) private readonly logger: Logger,
    readiness: Readiness,
  ) {
    readiness.add('revocations', async () => revocations.assertCurrent());
  }

  onApplicationBootstrap(): void {
    void this.follow();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** No answer within the time of a request is a failure like any, so that one lost answer delays the next question by 2 s at most. */
  private async follow(): Promise<void> {
    this.listen();
    await this.revocations.refresh().then(
      () => this.note(false),
      (error: unknown) => this.note(true, error),
    );
    if (!this.stopped) this.timer = setTimeout(() => void this.follow(), EVERY_MS).unref();
  }

  /** Listening takes until NATS is there, asking doesn't wait for it. */
  private listen(): void {
    if (this.listening) return;
    this.listening = true;
    this.live.listen(tokensRevoked, ({ revocations }) => this.revocations.add(revocations)).catch(() => (this.listening = false));
  }

  /** The beginning and the end of an outage, once each. Until auth is first reached this process is not ready, and says so there. */
  private note(failing: boolean, error?: unknown): void {
    if (failing && this.knowledge === 'none yet') return;
    if (failing && this.knowledge === 'current') this.logger.warn({ err: error }, 'can’t ask what is revoked; after 60 s no token is accepted');
    if (!failing && this.knowledge === 'ageing') this.logger.info('what is revoked is known again');
    this.knowledge = failing ? 'ageing' : 'current';
  }
}
