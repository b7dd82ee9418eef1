import { Module } from '@nestjs/common';
import { LeasesModule } from '../leases/leases.module.js';
import { DoorsConsumer } from './doors.consumer.js';
import { DoorsController } from './doors.controller.js';
import { DoorsRepository } from './doors.repository.js';
import { DoorsService } from './doors.service.js';

@Module({ imports: [LeasesModule], controllers: [DoorsController], providers: [DoorsService, DoorsRepository, DoorsConsumer], exports: [DoorsService] })
export class DoorsModule {}
