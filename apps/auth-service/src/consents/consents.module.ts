import { Module } from '@nestjs/common';
import { ConsentsRepository } from './consents.repository.js';

/** What users have allowed applications. */
@Module({ providers: [ConsentsRepository], exports: [ConsentsRepository] })
export class ConsentsModule {}
