import { Module } from '@nestjs/common';
import { FreshAccess } from '../opaque-tokens/fresh-access.js';
import { OpaqueTokensModule } from '../opaque-tokens/opaque-tokens.module.js';
import { AdminAuditController } from './audit.controller.js';
import { AdminCallsController } from './calls.controller.js';
import { AdminClientsController } from './clients.controller.js';
import { AdminGuard } from './for-admin.js';
import { AdminKeysController } from './keys.controller.js';
import { AdminOrgTokensController } from './org-tokens.controller.js';
import { AdminOrgsController } from './orgs.controller.js';
import { AdminRevocationsController } from './revocations.controller.js';
import { AdminSettingsController } from './settings.controller.js';
import { AdminUsersController } from './users.controller.js';

/** Administration: `docs/api/admin.md`. */
@Module({
  controllers: [AdminOrgsController, AdminClientsController, AdminOrgTokensController, AdminUsersController, AdminSettingsController, AdminAuditController, AdminRevocationsController, AdminKeysController, AdminCallsController],
  imports: [OpaqueTokensModule],
  providers: [AdminGuard, FreshAccess],
  exports: [OpaqueTokensModule, AdminGuard],
})
export class AdminModule {}
