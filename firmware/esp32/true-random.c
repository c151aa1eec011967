/*
 * Random bytes for keys and nonces. The SDK's `rng` is a stream from one seed and its Math.random gives 31 bits a
 * call; keys want the generator itself.
 */
#include "xsmc.h"

#if ESP32
	#include "esp_random.h"
#else
	#include <sys/random.h>
#endif

void xs_latchkey_true_random(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;

	xsmcGetBufferWritable(xsArg(0), &bytes, &length);
#if ESP32
	esp_fill_random(bytes, length);
#else
	if (getrandom(bytes, length, 0) != (ssize_t)length)
		xsUnknownError("no random bytes");
#endif
}
