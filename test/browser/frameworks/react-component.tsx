import { PhoneVerify } from 'nestjs-phone-verify-element/react';
import { type ReactElement, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { PhoneVerifyElement } from '../../../lib/client/index.js';

const TEXTS = { send: 'Go' };

function SignUp(): ReactElement {
  const [said, say] = useState('');
  const [count, setCount] = useState(0);
  const element = useRef<PhoneVerifyElement>(null);
  return (
    <>
      <PhoneVerify
        ref={element}
        className="wide"
        defaultCountry="DE"
        countries={['DE', 'AT']}
        autoSubmit={false}
        texts={TEXTS}
        beforeSend={() => ({ headers: { 'x-count': String(count) } })}
        onSent={({ detail }) => say(`sent to ${detail.phoneNumber}`)}
        onVerified={({ detail }) => say(`verified ${detail.phoneNumber} ${typeof detail.verificationToken}`)}
        onFailed={({ detail }) => say(`failed ${detail.code}`)}
      />
      <button onClick={() => setCount(count + 1)}>count {count}</button>
      <button onClick={() => element.current?.reset()}>reset</button>
      <output>{said}</output>
    </>
  );
}

createRoot(document.querySelector('main') ?? document.body).render(<SignUp />);
