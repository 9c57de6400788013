// What is measured: the floor, and the library by where its limits are.

/** By name: a title, and the library's options beside the backend. The floor has none. */
export const SYSTEMS = {
  floor: { title: 'floor' },
  off: { title: 'limits off', options: { limits: false } },
  memory: { title: 'limits in memory', options: { limits: { store: 'memory' } } },
  redis: { title: 'limits in Redis', options: { limits: { store: 'redis' } } },
  defaults: { title: 'all default rules', options: {} },
};
