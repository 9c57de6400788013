import { type BaseBackend, FailoverBackend } from 'nestjs-phone-verify';
import { createProvider, PROVIDER_NAMES, type Variables, variablesOf } from './providers.js';

/** The backend in `PHONE_VERIFY_BACKEND`. Several become a failover, which tries the next one when one fails. */
export async function createBackend(chosen: string, variables: Variables): Promise<BaseBackend<unknown>> {
  const backends = await Promise.all(namesIn(chosen).map(async (name) => createProvider(name, variables)));
  const [only, ...others] = backends;
  if (only !== undefined && others.length === 0) return only;
  return new FailoverBackend({ backends: backends.map((backend) => ({ backend })) });
}

/** The errors in `PHONE_VERIFY_BACKEND`: unknown providers, and variables that are required but not set. */
export function deliveryFaults(chosen: string, variables: Variables): readonly string[] {
  return namesIn(chosen).flatMap((name) => {
    if (!PROVIDER_NAMES.includes(name)) {
      return [`PHONE_VERIFY_BACKEND names "${name}", which is none of ${PROVIDER_NAMES.join(', ')}`];
    }
    const missing = variablesOf(name).filter((variable) => variables(variable) === undefined);
    return missing.map((variable) => `${variable} is not set, and PHONE_VERIFY_BACKEND=${chosen} needs it`);
  });
}

function namesIn(chosen: string): readonly string[] {
  return chosen.split(',').map((name) => name.trim());
}
