/** Why the cloud does not start, in one line that its operator can act on. */
export class StartupError extends Error {}
