import { Injectable } from '@nestjs/common';
import { useProof } from '@parley/dto';
import { ProofPlace } from '@parley/jwt';
import { RpcClient } from '@parley/rpc';
import { PublicUrl } from '../http/public-url.js';

/** Proofs are for the public URL, and auth-service knows for all gateways which have been used. */
@Injectable()
export class GatewayProofPlace extends ProofPlace {
  readonly origin: string;

  constructor(
    publicUrl: PublicUrl,
    private readonly rpc: RpcClient,
  ) {
    super();
    this.origin = publicUrl.origin;
  }

  async isFirstUse(id: string, seconds: number): Promise<boolean> {
    return (await this.rpc.call(useProof, { id, seconds })).first;
  }
}
