import type { Dictionary } from "./dictionary";

const STAND_CLOSER = "Stand closer to the door and tap again.";
const ASK_HOST = "Ask whoever gave you this key.";

export const ENGLISH: Dictionary = {
  granted: (seconds) => ({ said: "Open.", advice: `Pull or push within ${seconds} s.` }),
  grantedAfterNews: (seconds) => ({ said: "Open. The door had not heard of your key; your phone has told it.", advice: `Pull or push within ${seconds} s.` }),
  afterNews: "The door has just had the latest news from your phone.",
  failures: {
    "unknown-credential": { said: "This door does not know your key.", advice: "If you got it just now, go online once and tap again here: your phone brings the door the news." },
    "not-yet-valid": { said: "Your key is not valid yet.", advice: "Try again when it starts." },
    expired: { said: "Your key has ended.", advice: ASK_HOST },
    "outside-schedule": { said: "Your key does not open at this hour.", advice: "Try again in its hours." },
    holiday: { said: "Your key does not open on a holiday.", advice: "Try again on another day." },
    "used-up": { said: "Your key has been used as often as it may be.", advice: ASK_HOST },
    suspended: { said: "Your key is suspended.", advice: ASK_HOST },
    "second-credential-needed": { said: "The door has recognised your phone.", advice: "Now type your PIN on the keypad." },
    "output-not-allowed": { said: "Your key does not open this one.", advice: "Choose another door, or ask whoever gave you this key." },
    "stale-list": { said: "This door has not heard from its cloud for too long to let you in.", advice: "Go online once, come back and tap: your phone brings the door the news." },
    "time-unknown": { said: "This door does not know what time it is, and your key has hours or an end.", advice: "Tap while your phone is online: it brings the door the time." },
    "locked-out": { said: "There were too many wrong attempts at this door.", advice: "Wait and try again, or ask the manager." },
    "locked-down": { said: "The manager has locked this door for everybody.", advice: "Ask the manager." },
    "no-key": { said: "Your phone has no key for this door.", advice: "If you were given one, go online once and try again." },
    "carries-only": { said: "This door is not yours to open.", advice: "If you were given a key, go online once and try again." },
    "handles-used-up": { said: "Your phone has opened this door as often as it can without the internet.", advice: "Go online once and tap again." },
    "no-bluetooth": { said: "Your phone cannot use Bluetooth here.", advice: "Switch Bluetooth on and allow this app to use it." },
    "out-of-reach": { said: "The door does not answer.", advice: STAND_CLOSER },
    "not-chosen": { said: "No door was chosen.", advice: "Tap again and choose the door in the list." },
    "connection-lost": { said: "The connection to the door was lost.", advice: STAND_CLOSER },
    "not-recognised": { said: "The door did not recognise your phone.", advice: "Go online once and tap again: the door may have been set up anew." },
    forged: { said: "What answered is not this door.", advice: "Do not tap again here. Use your PIN or card, and tell the manager." },
    "not-understood": { said: "What answered does not speak as this door should.", advice: "Tap again. If it stays so, tell the manager." },
    "no-storage": { said: "Your phone cannot store what it needs.", advice: "Free some space, leave private browsing, and tap again." },
    cancelled: { said: "Cancelled." },
    offline: { said: "Your phone is offline.", advice: "Doors open without the internet as long as your phone has keys for them." },
    "signed-out": { said: "You are signed out.", advice: "Sign in again: your keys come back with it." },
    busy: { said: "The cloud is busy.", advice: "It will be tried again." },
    refused: { said: "The cloud has refused that.", advice: "Sign in again." },
    trouble: { said: "The cloud has a problem.", advice: "It will be tried again." },
    "bad-keys": { said: "The keys that came are not for this phone.", advice: "Sign out and in again." },
    "phone-ended": { said: "The keys of this phone have been ended: it was reported as lost.", advice: "If it is in your hands again, sign in to get new ones." },
    "too-many-phones": { said: "Your account has too many phones.", advice: "End one that you no longer use, then try again." },
  },
  carried: ({ delivered, collected, uploaded }) => {
    if (delivered === 0 && collected === 0) return { said: "The door has nothing new, and neither have you." };
    if (collected === 0) return { said: "Thank you: the door has the news." };
    if (uploaded) return { said: "Thank you: the door and the cloud have heard from each other." };
    return { said: "Thank you: you are carrying news from this door.", advice: "It goes on by itself when your phone is online." };
  },
  refilled: (doors) => ({ said: doors === 1 ? "Your phone has its key for one door." : `Your phone has its keys for ${doors} doors.` }),
  progress: {
    connecting: "Looking for the door …",
    asking: "Asking the door …",
    "bringing-news": "Hold on: your phone is bringing the door the news …",
    "trying-again": "Trying once more …",
  },
  noVault: { said: "This page cannot keep keys.", advice: "Open it by an https address." },
  fob: {
    staged: { said: "The fob has its new buttons, but does not use them yet.", advice: "Hold buttons 2 and 4 once more until both lights blink, then tap again." },
    committed: { said: "Done: the fob’s buttons are set." },
    untold: "Go online once, so that the doors hear of it.",
    failures: {
      "no-bluetooth": { said: "Bluetooth is off or not allowed.", advice: "Switch it on, and allow it for this app." },
      "no-fob": { said: "No fob answers.", advice: "Hold its buttons 2 and 4 until both lights blink, and keep it close." },
      "not-chosen": { said: "No fob was chosen." },
      "connection-lost": { said: "The fob went silent.", advice: "Keep it close to the phone, and try again." },
      "wrong-fob": { said: "This is another fob.", advice: "Take the one that this key is for." },
      "no-assignment": { said: "There is nothing to bring to this fob yet.", advice: "Go online once." },
      "not-understood": { said: "What answers is not one of our fobs." },
      "button-taken": { said: "A button of this fob opens something already.", advice: "Clear it first, save that, and then assign it." },
      "not-taken": { said: "The fob does not accept this.", advice: "Go online and try again: there may be something newer for it." },
      cancelled: { said: "Cancelled." },
      "signed-out": { said: "You are signed out.", advice: "Sign in, and try again." },
      busy: { said: "That was too often.", advice: "Wait a minute." },
      refused: { said: "You may not change this fob." },
      trouble: { said: "Something went wrong at the server.", advice: "Try again later." },
    },
  },
};
