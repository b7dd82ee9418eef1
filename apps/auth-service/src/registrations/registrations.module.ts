import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { OrgsModule } from '../orgs/orgs.module.js';
import { RevocationsModule } from '../revocations/revocations.module.js';
import { RegistrationsController } from './registrations.controller.js';
import { RegistrationsRepository } from './registrations.repository.js';
import { RegistrationsService } from './registrations.service.js';

@Module({ imports: [ClientsModule, OrgsModule, RevocationsModule], controllers: [RegistrationsController], providers: [RegistrationsService, RegistrationsRepository] })
export class RegistrationsModule {}
