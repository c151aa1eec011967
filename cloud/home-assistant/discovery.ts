import { mayUnlock, type HomeChoice } from "./home-choice";
import type { HomeTopics } from "./home-topics";
import { HOME_WORDS } from "./home-words";

/** What is always the same of a door, as Home Assistant is to know it. */
export interface HomeDoor {
  id: string;
  property: string;
  name: string;
  choice: HomeChoice;
}

/** What happens at doors, as Home Assistant's automations know it. */
export const HOME_EVENTS = ["opened", "refused", "exit", "forced_open", "held_open", "exit_stuck", "contact_chatters", "firmware_fell_back", "unlock_failed"] as const;
export type HomeEventType = (typeof HOME_EVENTS)[number];

/**
 * What Home Assistant is told that a door has (X13): its documented device discovery, all in one message. A lock that it
 * may not open is none in its terms, which always have a button: then it gets a sensor that says the same.
 * @param siteUrl where people see the door, without a slash at its end.
 */
export function discoveryOf({ id, property, name, choice }: HomeDoor, topics: HomeTopics, siteUrl: string): object {
  const words = HOME_WORDS[choice.language];
  const unlocks = mayUnlock(choice);
  const part = (platform: string, what: string, more: object): object => ({ platform, unique_id: `latchkey_${id}_${what}`, ...more });
  const sensor = (what: string, more: object): object => part("binary_sensor", what, { value_template: `{{ value_json.${what} }}`, ...more });
  // A part that says nothing but its platform is taken away: what the choice was before does not matter.
  const gone = (platform: string): object => ({ platform });
  return {
    device: { identifiers: [`latchkey_${id}`], name, manufacturer: "Latchkey", model: words.model, serial_number: id, configuration_url: `${siteUrl}/manage/${property}/doors/${id}` },
    origin: { name: "Latchkey" },
    availability: [{ topic: topics.status }, { topic: topics.doorStatus(id) }],
    availability_mode: "all",
    state_topic: topics.state(id),
    components: {
      lock: unlocks
        ? part("lock", "lock", {
            name: null,
            value_template: "{{ value_json.lock }}",
            command_topic: topics.command(id),
            // When it was pressed: what comes late opens nothing (N14), and the same again is the same press.
            command_template: '{"do": "{{ value }}", "at": {{ now().timestamp() }} }',
            retain: false,
          })
        : gone("lock"),
      lock_state: unlocks ? gone("binary_sensor") : sensor("lock", { unique_id: `latchkey_${id}_lock_state`, name: words.lock, device_class: "lock", payload_on: "UNLOCKED", payload_off: "LOCKED" }),
      contact: sensor("contact", { device_class: "door" }),
      forced: sensor("forced", { name: words.forced, device_class: "tamper" }),
      held: sensor("held", { name: words.held, device_class: "problem" }),
      keypad: sensor("keypad", { name: words.keypad, device_class: "tamper" }),
      problem: sensor("problem", {
        name: words.problem,
        device_class: "problem",
        entity_category: "diagnostic",
        json_attributes_topic: topics.state(id),
        json_attributes_template: "{{ {'alarms': value_json.alarms} | tojson }}",
      }),
      // As long as this cloud is there, it knows.
      connected: sensor("connected", { device_class: "connectivity", entity_category: "diagnostic", availability: [{ topic: topics.status }] }),
      last_access: part("sensor", "last_access", {
        name: words.lastAccess,
        device_class: "timestamp",
        value_template: "{{ value_json.last_access }}",
        json_attributes_topic: topics.state(id),
        json_attributes_template: "{{ value_json.access | tojson }}",
      }),
      activity: part("event", "activity", { name: words.activity, state_topic: topics.event(id), event_types: [...HOME_EVENTS] }),
    },
  };
}
