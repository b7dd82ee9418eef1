import { z } from 'zod';

/** What people send most often is nothing: zod would call that "expected string, received undefined". */
z.config({ customError: ({ code, input }) => (code === 'invalid_type' && input === undefined ? 'is required' : undefined) });
