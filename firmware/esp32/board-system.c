/* Why the chip started, how it starts again, who watches over it, and which of its two images runs. */
#include "xsmc.h"
#include "sdkconfig.h"
#include <stdlib.h>
#include "app_update/include/esp_ota_ops.h"
#include "esp_app_desc.h"
#include "esp_system.h"
#include "esp_task_wdt.h"

/* Numbers of RESET_REASONS in protocol/door-state.ts. */
enum { UNKNOWN, POWER_ON, RESTART, EXCEPTION, WATCHDOG, BROWN_OUT };

void xs_latchkey_reset_reason(xsMachine *the)
{
	int reason = UNKNOWN;

	switch (esp_reset_reason()) {
		case ESP_RST_POWERON: case ESP_RST_EXT: reason = POWER_ON; break;
		case ESP_RST_SW: case ESP_RST_DEEPSLEEP: reason = RESTART; break;
		case ESP_RST_PANIC: reason = EXCEPTION; break;
		case ESP_RST_INT_WDT: case ESP_RST_TASK_WDT: case ESP_RST_WDT: reason = WATCHDOG; break;
		case ESP_RST_BROWNOUT: reason = BROWN_OUT; break;
		default: break;
	}
	xsmcSetInteger(xsResult, reason);
}

/* Debug builds and instrumented ones speak with the debugger over UART 0. */
void xs_latchkey_is_debug_build(xsMachine *the)
{
#if defined(mxDebug) || defined(mxInstrument)
	xsmcSetBoolean(xsResult, 1);
#else
	xsmcSetBoolean(xsResult, 0);
#endif
}

void xs_latchkey_restart(xsMachine *the)
{
	esp_restart();
}

/*
 * The SDK's main task is watched already where CONFIG_ESP_TASK_WDT_EN is set, and its loop feeds that by itself: it
 * sees a callback that does not end. This is a second user of the same timer, which only the controller feeds: it sees
 * a controller that does nothing any more although callbacks come and go.
 */
static esp_task_wdt_user_handle_t watched;

void xs_latchkey_watchdog_start(xsMachine *the)
{
#if !CONFIG_ESP_TASK_WDT_EN || !CONFIG_ESP_TASK_WDT_PANIC
	#error "A door needs CONFIG_ESP_TASK_WDT_EN=y and CONFIG_ESP_TASK_WDT_PANIC=y (firmware/esp32/sdkconfig)"
#endif
	if (!watched && esp_task_wdt_add_user("latchkey", &watched))
		xsUnknownError("no watchdog");
}

void xs_latchkey_watchdog_feed(xsMachine *the)
{
	if (watched)
		esp_task_wdt_reset_user(watched);
}

#if !CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE
	#error "A door needs CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=y (firmware/esp32/sdkconfig): a bad image would stay"
#endif

static int versionOf(const esp_app_desc_t *image)
{
	/* CONFIG_APP_PROJECT_VER: a whole number. */
	return (int)strtol(image->version, NULL, 10);
}

void xs_latchkey_image_version(xsMachine *the)
{
	xsmcSetInteger(xsResult, versionOf(esp_app_get_description()));
}

/* The version of an image that the bootloader has given up, or undefined. */
void xs_latchkey_image_rolled_back(xsMachine *the)
{
	const esp_partition_t *invalid = esp_ota_get_last_invalid_partition();
	esp_app_desc_t image;

	if (invalid && !esp_ota_get_partition_description(invalid, &image))
		xsmcSetInteger(xsResult, versionOf(&image));
}

void xs_latchkey_image_on_trial(xsMachine *the)
{
	esp_ota_img_states_t state;

	xsmcSetBoolean(xsResult, !esp_ota_get_state_partition(esp_ota_get_running_partition(), &state)
		&& state == ESP_OTA_IMG_PENDING_VERIFY);
}

void xs_latchkey_image_confirm(xsMachine *the)
{
	if (esp_ota_mark_app_valid_cancel_rollback())
		xsUnknownError("image not confirmed");
}
