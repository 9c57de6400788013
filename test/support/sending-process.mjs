// Another process: it sends two messages to the URL in its argument on one connection, which is idle afterwards.
import 'reflect-metadata';
import { HttpBackend } from '../../dist/index.js';

const backend = new HttpBackend({ url: process.argv[2], body: (to, text) => ({ to, text }) });
for (let message = 0; message < 2; message += 1) await backend.sendSms('+14155552671', 'Your code is 481516.');
