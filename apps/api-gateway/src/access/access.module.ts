import { Module } from '@nestjs/common';
import { RevocationFollower } from './revocation-follower.js';

/** What the gateway itself knows of the tokens that it lets in. */
@Module({ providers: [RevocationFollower] })
export class AccessModule {}
