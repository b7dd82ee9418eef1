import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { OpentokController } from './opentok.controller.js';
import { OpentokService } from './opentok.service.js';
import { SignersRepository } from './signers.repository.js';

@Module({ imports: [ClientsModule], controllers: [OpentokController], providers: [OpentokService, SignersRepository] })
export class OpentokModule {}
