// Sign-up and sign-in: both send the server the number's verification token, and it sets the session's cookie.
import { definePhoneVerify } from '../client/index.js';
import { useLanguageSwitch } from './language-switch.js';
import { forgetPhone, showPhoneOf } from './phone-on-screen.js';
import { post } from './post.js';

const page = document.body.dataset;
const form = document.getElementById('entrance');
const username = document.getElementById('username');
const usernameError = document.getElementById('username-error');
const submit = document.getElementById('submit');
const progress = document.getElementById('progress');
const notice = document.getElementById('notice');
const noticeText = document.getElementById('notice-text');
const noticeAction = document.getElementById('notice-action');
const otherNumber = document.getElementById('other-number');
const phoneVerify = form.querySelector('phone-verify');

let verificationToken;
let isBusy = false;
/** Called by the notice's button. */
let takeAction;

useLanguageSwitch(phoneVerify);
definePhoneVerify();

if (page.sandbox === 'true') showPhoneOf(phoneVerify);

phoneVerify.addEventListener('phone-verify-verified', ({ detail }) => {
  verificationToken = detail.verificationToken;
  void submitToken();
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void submitToken();
});

noticeAction.addEventListener('click', () => takeAction());

otherNumber.addEventListener('click', () => {
  verificationToken = undefined;
  notice.hidden = true;
  phoneVerify.reset();
  phoneVerify.focus();
});

// No message is sent for a user name that nobody can have.
phoneVerify.beforeSend = async ({ isResend }) =>
  page.mode === 'sign-in' || isResend || (await isNameFree()) ? {} : false;

username.addEventListener('input', () => {
  username.value = username.value.toLowerCase();
  if (username.validity.valid) showUsernameError('');
});

/** Sends the verification token: once the code is correct, or once the person has corrected an error. */
async function submitToken(as = page.mode) {
  if (isBusy || (as === 'sign-up' && !hasName())) return;
  if (verificationToken === undefined) {
    phoneVerify.focus();
    return;
  }
  setBusy(true);
  const failure = await post(`/users/${as}`, { username: username.value, verification_token: verificationToken });
  if (failure === undefined) {
    forgetPhone();
    // Replaces this page, so that the back button does not lead to a finished form.
    location.replace('/account');
    return;
  }
  setBusy(false);
  showFailure(failure);
}

/** Asks the server whether the user name is free. If that fails, the sign-up finds out. */
async function isNameFree() {
  if (!hasName()) return false;
  const failure = await post('/users/check-username', { username: username.value });
  if (failure?.code !== 'username_taken') return true;
  showUsernameError('This user name is taken. Choose another.');
  return false;
}

function hasName() {
  if (username.validity.valid) return true;
  showUsernameError(
    username.validity.valueMissing ? 'Choose a user name.' : 'Use 2 to 30 lowercase letters, digits or _.',
  );
  return false;
}

/** Shows the server's error and what the person can do. The verification token stays valid unless it was refused. */
function showFailure({ code, message }) {
  if (code === 'username_taken') {
    showUsernameError('This user name is taken. Choose another: your number stays verified.');
  } else if (code === 'phone_number_taken') {
    showNotice('This number already has an account.', 'Sign in to it', () => submitToken('sign-in'));
    otherNumber.hidden = false;
  } else if (code === 'account_not_found') {
    showNotice('This number has no account yet.', 'Create one', createInstead);
  } else if (code === 'phone_not_verified') {
    showNotice('You verified your number too long ago. Verify it again.', 'Verify again', () => location.reload());
  } else {
    showNotice(typeof message === 'string' ? message : 'This did not work.', 'Try again', () => submitToken());
  }
}

/** Turns the page into the sign-up without a reload, so that the verification token is kept. */
function createInstead() {
  history.replaceState(null, '', '/');
  page.mode = 'sign-up';
  document.title = document.title.replace('Sign in', 'Create your account');
  document.getElementById('title').textContent = 'Create your account';
  notice.hidden = true;
  showUsernameError('Choose a user name.');
}

function showUsernameError(text) {
  usernameError.textContent = text;
  username.setAttribute('aria-invalid', String(text !== ''));
  if (text === '') return;
  submit.hidden = verificationToken === undefined;
  username.focus();
}

function showNotice(text, action, onAction) {
  noticeText.textContent = text;
  noticeAction.textContent = action;
  takeAction = onAction;
  otherNumber.hidden = true;
  notice.hidden = false;
}

function setBusy(busy) {
  isBusy = busy;
  submit.setAttribute('aria-disabled', String(busy));
  progress.textContent = busy ? 'One moment …' : '';
  if (busy) notice.hidden = true;
}
