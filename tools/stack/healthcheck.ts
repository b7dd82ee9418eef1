/** Ends with 0 if the service in this container is ready: what its health check runs. */
const answer = await fetch(`http://127.0.0.1:${process.env['HEALTH_PORT']}/health/ready`).catch(() => undefined);
process.exitCode = answer?.ok ? 0 : 1;

export {};
