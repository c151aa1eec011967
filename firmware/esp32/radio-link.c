/*
 * What the SDK's GATT server (8.2.3) cannot do by itself, for gatt-server.ts.
 *
 * Its own `close()` forgets a connection at once: one that is not the newest leaves its list broken, and a request that
 * the peer has under way finds nothing and ends the machine. Here NimBLE is asked to end the connection and nothing is
 * forgotten; what follows is what follows when a phone walks away, and that the server handles well.
 */
#include "xsmc.h"
#include "xsHost.h"
#include "host/ble_gap.h"
#include "nimble/ble.h"

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
