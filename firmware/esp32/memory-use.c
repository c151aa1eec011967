/* How much of its heap XS uses. Its instrumentation knows that too, but only builds made for it have any. */
#include "xsAll.h"

void xs_latchkey_chunk_bytes(txMachine *the)
{
	fxInteger(the, mxResult, the->currentChunksSize);
}

void xs_latchkey_chunk_bytes_peak(txMachine *the)
{
	fxInteger(the, mxResult, the->peakChunksSize);
}

void xs_latchkey_slot_bytes(txMachine *the)
{
	fxInteger(the, mxResult, the->currentHeapCount * (txInteger)sizeof(txSlot));
}

void xs_latchkey_slot_bytes_peak(txMachine *the)
{
	fxInteger(the, mxResult, the->peakHeapCount * (txInteger)sizeof(txSlot));
}
