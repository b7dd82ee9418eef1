import type { AppError, ReplyInputOf, RequestInputOf, RpcContract } from '@parley/dto';
import { currentRequest, type Idempotency } from '@parley/platform';

type Answer = (request: never) => unknown;

/** The services behind the gateway, as far as a spec of the gateway needs them: what they are asked, and what they answer. */
export class FakeServices {
  readonly asked: { subject: string; request: unknown }[] = [];
  /** What came with those requests that take effect once. */
  readonly keyed: { subject: string; idempotency: Idempotency | undefined }[] = [];
  private readonly answers = new Map<string, Answer>();

  on<C extends RpcContract>(contract: C, answer: (request: RequestInputOf<C>) => ReplyInputOf<C>): void {
    this.answers.set(contract.subject, answer);
  }

  refuse(contract: RpcContract, error: AppError): void {
    this.answers.set(contract.subject, () => {
      throw error;
    });
  }

  /** Stands in for `RpcClient.call`. */
  call({ subject, idempotent }: RpcContract, request: unknown): Promise<unknown> {
    this.asked.push({ subject, request });
    if (idempotent) this.keyed.push({ subject, idempotency: currentRequest()?.idempotency });
    const answer = this.answers.get(subject);
    return answer ? Promise.resolve().then(() => answer(request as never)) : Promise.reject(new Error(`nobody answers ${subject}`));
  }

  forget(): void {
    this.asked.length = 0;
    this.keyed.length = 0;
    this.answers.clear();
  }
}
