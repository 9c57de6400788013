import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import { PhoneVerify } from '../../lib/client/react.js';

it('the component of React renders its attributes on a server, and no handler', () => {
  const html = renderToString(
    createElement(PhoneVerify, {
      baseUrl: '/api/phone',
      defaultCountry: 'DE',
      countries: ['DE', 'AT'],
      autoSubmit: false,
      required: true,
      name: 'phone',
      className: 'wide',
      onVerified: () => undefined,
    }),
  );

  expect(html).toBe(
    '<phone-verify name="phone" auto-submit="off" base-url="/api/phone" class="wide" countries="DE,AT" ' +
      'default-country="DE" required=""></phone-verify>',
  );
});
