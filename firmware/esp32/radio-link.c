/*
 * What the SDK's GATT server (8.2.3) lacks, for gatt-server.ts. NimBLE's task is called the host here.
 *
 * Its own `close()` forgets a connection at once: one that is not the newest leaves its list broken, and a request that
 * the peer has under way finds nothing and ends the machine. Here NimBLE is asked to end the connection and nothing is
 * forgotten; what follows is what follows when a phone walks away, and that the server handles well.
 *
 * It learns of a connection by a message to JavaScript, and looks it up in the host for each request, and when the MTU
 * is agreed on, without asking whether it is there. So the host waits, before it goes on with what the peer sends,
 * until JavaScript has heard of the connection.
 */
#include "xsmc.h"
#include "xsHost.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "host/ble_gap.h"
#include "nimble/ble.h"
#include "nimble/nimble_port.h"

/* Longer than JavaScript ever is away, shorter than the watchdog bears it. */
#define WAIT_MS 20000

static struct ble_gap_event_listener listener;
static struct ble_npl_event pause;
static volatile uint32_t begun, known;

static void awaitJavaScript(void)
{
	for (int ms = 0; known != begun && ms < WAIT_MS; ms += portTICK_PERIOD_MS)
		vTaskDelay(1);
}

static void paused(struct ble_npl_event *event)
{
	awaitJavaScript();
}

/* Called before the server's own handler, and by the host, as that is. */
static int heard(struct ble_gap_event *event, void *arg)
{
	if (BLE_GAP_EVENT_CONNECT == event->type && 0 == event->connect.status) {
		begun++;
		/* Not now: the server has not sent its message yet. Next, before what the peer sends after this. */
		ble_npl_eventq_put(nimble_port_get_dflt_eventq(), &pause);
	}
	else if (BLE_GAP_EVENT_MTU == event->type)
		awaitJavaScript();
	return 0;
}

/* Once, when NimBLE is ready and before the board is on the air. */
void xs_latchkey_radio_begin(xsMachine *the)
{
	ble_npl_event_init(&pause, paused, NULL);
	if (ble_gap_event_listener_register(&listener, heard, NULL))
		xsUnknownError("radio");
}

/* JavaScript has heard of a connection: one call for each. */
void xs_latchkey_radio_known(xsMachine *the)
{
	known++;
}

/* How the data of a connection begin in that server: next, server, object, handle. */
struct connection {
	void *next;
	void *server;
	xsSlot *object;
	uint16_t handle;
};

void xs_latchkey_radio_end(xsMachine *the)
{
	struct connection *connection = xsmcGetHostData(xsArg(0));
	if (!connection)
		return;		/* it is gone already */
	/* Another SDK may lay this out otherwise: then nothing here may be believed. */
	if (connection->object != xsmcToReference(xsArg(0)))
		xsUnknownError("not a connection of this SDK");
	ble_gap_terminate(connection->handle, BLE_ERR_REM_USER_CONN_TERM);
}

void xs_latchkey_radio_advertises(xsMachine *the)
{
	xsmcSetBoolean(xsResult, ble_gap_adv_active());
}
