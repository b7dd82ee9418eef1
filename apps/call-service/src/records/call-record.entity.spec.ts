import { CallRecordDto } from '@parley/dto';
import { CallRecord } from './call-record.entity.js';

describe('A call record', () => {
  it('gives times in one form, whatever zone the database speaks in', () => {
    const participant = { entryId: '0192f3a1-0000-7000-8000-000000000002', name: 'Ann', role: 'guest', how: null } as const;
    const dto = new CallRecord({
      id: '0192f3a1-0000-7000-8000-000000000001',
      orgId: 'org-1',
      sid: 'room',
      started: new Date('2026-11-01T09:00:00Z'),
      ended: null,
      endReason: null,
      durationSeconds: 60,
      participants: [
        { ...participant, joined: '2026-11-01T10:00:00.5+01:00', left: null },
        { ...participant, joined: '2026-11-01T09:00:00+00:00', left: '2026-11-01T14:30:00+05:30' },
      ],
    }).toDto();

    expect(CallRecordDto.parse(dto).participants.map(({ joined, left }) => [joined, left])).toEqual([
      ['2026-11-01T09:00:00.500Z', null],
      ['2026-11-01T09:00:00.000Z', '2026-11-01T09:00:00.000Z'],
    ]);
  });
});
