import { uuidv7 } from './uuid.js';

test('an id carries its millisecond, the version 7 and the variant of RFC 9562', () => {
  const id = uuidv7(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
});

test('two ids of one millisecond differ', () => {
  expect(uuidv7(1)).not.toBe(uuidv7(1));
});
